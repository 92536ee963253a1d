/** The commands about private parts of a space. */
import type { Command } from './command.ts';

/** In the order in which `atoll help` lists them. */
export const ZONE_COMMANDS: readonly Command[] = [
  {
    name: 'zone create',
    summary:
      'begin a private part of a space, which only you read until you let others in; with --open, one that all read and only you write',
    usage: '[--open]',
    operands: ['SPACE', 'NAME'],
    options: { open: 'switch' },
    load: async () => (await import('./commands/zone.ts')).createZone,
  },
  {
    name: 'zone list',
    summary: 'list the private parts of a space with their readers, those that you cannot read too',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/zone.ts')).listZones,
  },
  {
    name: 'zone members',
    summary: 'list who was let into a private part',
    operands: ['SPACE', 'ZONE'],
    options: {},
    load: async () => (await import('./commands/zone.ts')).listZoneMembers,
  },
  {
    name: 'zone grant',
    summary:
      'let a member or a group into a private part, as a writer unless --role says otherwise',
    usage: '[--role reader|writer|owner] [--with-history | --without-history]',
    operands: ['SPACE', 'ZONE', 'MEMBER|GROUP'],
    options: { role: 'value', 'with-history': 'switch', 'without-history': 'switch' },
    load: async () => (await import('./commands/zone.ts')).grantZone,
  },
  {
    name: 'zone revoke',
    summary: 'put a member or a group out of a private part, whose keys change',
    operands: ['SPACE', 'ZONE', 'MEMBER|GROUP'],
    options: {},
    load: async () => (await import('./commands/zone.ts')).revokeZone,
  },
  {
    name: 'zone rename',
    summary: 'call a private part otherwise',
    operands: ['SPACE', 'ZONE', 'NAME'],
    options: {},
    load: async () => (await import('./commands/zone.ts')).renameZone,
  },
];
