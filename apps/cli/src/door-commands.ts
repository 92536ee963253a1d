/** The commands about what people send who only follow a space. */
import type { Command } from './command.ts';

/** In the order in which `atoll help` lists them. */
export const DOOR_COMMANDS: readonly Command[] = [
  {
    name: 'post',
    summary:
      'send an object to a public space that you follow; its moderators will know it is yours',
    operands: ['SPACE', 'TYPE', 'FIELD=VALUE…'],
    options: {},
    load: async () => (await import('./commands/moderate.ts')).post,
  },
  {
    name: 'moderate open',
    summary: 'let people who follow a space send objects of these types',
    usage: '[--itself] [--per-author N] [--per-hour N] [--bytes N]',
    operands: ['SPACE', 'TYPE…'],
    options: { itself: 'switch', 'per-author': 'value', 'per-hour': 'value', bytes: 'value' },
    load: async () => (await import('./commands/moderate.ts')).openDoor,
  },
  {
    name: 'moderate close',
    summary: 'take nothing more; what was taken stays',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/moderate.ts')).closeDoor,
  },
  {
    name: 'moderate renew',
    summary: 'leave behind what fills the mailboxes of the door',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/moderate.ts')).renewDoor,
  },
  {
    name: 'moderate list',
    summary:
      'list what waits, what was contributed and hidden, what you have sent, and who is banned',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/moderate.ts')).listContributions,
  },
  {
    name: 'moderate take',
    summary: 'make the object of something that waits',
    operands: ['SPACE', 'ID'],
    options: {},
    load: async () => (await import('./commands/moderate.ts')).takeContribution,
  },
  {
    name: 'moderate decline',
    summary: 'put away what waits',
    operands: ['SPACE', 'ID'],
    options: {},
    load: async () => (await import('./commands/moderate.ts')).declineContribution,
  },
  {
    name: 'moderate hide',
    summary: 'hide an object, whoever wrote it; it stays in the log',
    operands: ['SPACE', 'OBJECT'],
    options: {},
    load: async () => (await import('./commands/moderate.ts')).hideObject,
  },
  {
    name: 'moderate show',
    summary: 'show a hidden object again',
    operands: ['SPACE', 'OBJECT'],
    options: {},
    load: async () => (await import('./commands/moderate.ts')).showObject,
  },
  {
    name: 'moderate ban',
    summary: 'take nothing of somebody any more; --everything hides what there is of theirs',
    usage: '[--everything]',
    operands: ['SPACE', 'IDENTITY'],
    options: { everything: 'switch' },
    load: async () => (await import('./commands/moderate.ts')).banAuthor,
  },
  {
    name: 'moderate allow',
    summary: 'take a ban back',
    operands: ['SPACE', 'IDENTITY'],
    options: {},
    load: async () => (await import('./commands/moderate.ts')).allowAuthor,
  },
];
