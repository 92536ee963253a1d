/** The commands for files of a space: their names, and what each takes. */
import type { Command } from './command.ts';

/** `blob put | get | list | gc | usage`. */
export const BLOB_COMMANDS: readonly Command[] = [
  {
    name: 'blob put',
    summary: 'put files into a space, each into an object; --wait until a server has them',
    usage: '[--type MEDIA/TYPE] [--wait]',
    operands: ['SPACE', 'FILE…'],
    options: { type: 'value', wait: 'switch' },
    load: async () => (await import('./commands/blob.ts')).put,
  },
  {
    name: 'blob get',
    summary: 'write the file of an object; fetched from others if it is not here',
    usage: '[--field FIELD]',
    operands: ['SPACE', 'ID', 'FILE'],
    options: { field: 'value' },
    load: async () => (await import('./commands/blob.ts')).get,
  },
  {
    name: 'blob list',
    summary: 'list the files that objects name, and how much of each is here',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/blob.ts')).list,
  },
  {
    name: 'blob gc',
    summary: 'remove pieces of files that no object and no history here names',
    usage: '[--dry-run] [--grace HOURS] [--servers]',
    operands: ['SPACE'],
    options: { 'dry-run': 'switch', grace: 'value', servers: 'switch' },
    load: async () => (await import('./commands/blob.ts')).gc,
  },
  {
    name: 'blob usage',
    summary: 'say how much room the files of a space, or of all, take here, and what was freed',
    operands: ['[SPACE]'],
    options: {},
    load: async () => (await import('./commands/blob.ts')).usage,
  },
];
