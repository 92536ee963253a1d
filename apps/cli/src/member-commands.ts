/** The commands about who may do what in a space. */
import type { Command } from './command.ts';

const LIMITS = {
  'until-epoch': 'value',
  while: 'value',
  'while-role': 'value',
  'while-object': 'value',
} as const;
const LIMITS_USAGE =
  '[--until-epoch N|next] [--while MEMBER|GROUP [--while-role ROLE] [--while-object ID]]';
const PLACE = { object: 'value', field: 'value', key: 'value' } as const;

/** In the order in which `atoll help` lists them. */
export const MEMBER_COMMANDS: readonly Command[] = [
  {
    name: 'member list',
    summary: 'list the members of a space, their roles, and who let them in',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/member.ts')).listMembers,
  },
  {
    name: 'member show',
    summary: 'show what somebody can do in a space, and why',
    operands: ['SPACE', 'MEMBER'],
    options: {},
    load: async () => (await import('./commands/member.ts')).showMember,
  },
  {
    name: 'member role',
    summary:
      'make a member or a group reader, commenter, writer, admin or owner; --with-history also whom that shows what was before him',
    usage: `${LIMITS_USAGE} [--with-history]`,
    operands: ['SPACE', 'MEMBER|GROUP', 'ROLE'],
    options: { ...LIMITS, 'with-history': 'switch' },
    load: async () => (await import('./commands/member.ts')).setRole,
  },
  {
    name: 'member parts',
    summary: 'list the rights that were given over single things',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/who.ts')).listParts,
  },
  {
    name: 'member remove',
    summary:
      'remove a member; --dry-run only says what it would do, --with-invited also removes whom he let in',
    usage: '[--dry-run] [--with-invited] [--purge]',
    operands: ['SPACE', 'MEMBER'],
    options: { 'dry-run': 'switch', 'with-invited': 'switch', purge: 'switch' },
    load: async () => (await import('./commands/member.ts')).removeMember,
  },
  {
    name: 'member hand-over',
    summary:
      'give the space to a member, for good: from the next epoch on he is above everybody; --with-history also to whom that shows what was before him',
    usage: '[--with-history]',
    operands: ['SPACE', 'MEMBER'],
    options: { 'with-history': 'switch' },
    load: async () => (await import('./commands/member.ts')).handOver,
  },
  {
    name: 'member removals',
    summary: 'list who was removed by whom',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/member.ts')).listRemovals,
  },
  {
    name: 'member restore',
    summary: 'take a removal back: who was removed has what he had',
    operands: ['SPACE', 'MEMBER|REMOVAL'],
    options: {},
    load: async () => (await import('./commands/member.ts')).restoreMember,
  },
  {
    name: 'member agree',
    summary: 'agree to a removal that takes away also what others have seen',
    operands: ['SPACE', 'MEMBER|REMOVAL'],
    options: {},
    load: async () => (await import('./commands/member.ts')).agreeToPurge,
  },
  {
    name: 'grant',
    summary:
      'give a member or a group a role, unless it has as much or more; with --object, just over that and what lies below it',
    usage: `[--object ID [--field NAME [--key KEY]]] ${LIMITS_USAGE} [--with-history]`,
    operands: ['SPACE', 'MEMBER|GROUP', 'ROLE'],
    options: { ...LIMITS, ...PLACE, 'with-history': 'switch' },
    load: async () => (await import('./commands/grant.ts')).grant,
  },
  {
    name: 'revoke',
    summary:
      'take everything from a member or from a group; with --object, what it was given over just that',
    usage: '[--object ID [--field NAME [--key KEY]]]',
    operands: ['SPACE', 'MEMBER|GROUP'],
    options: PLACE,
    load: async () => (await import('./commands/grant.ts')).revoke,
  },
  {
    name: 'who',
    summary: 'say who sees a thing, who may change it, and why',
    usage: '[--field NAME [--key KEY]]',
    operands: ['SPACE', 'ID'],
    options: { field: 'value', key: 'value' },
    load: async () => (await import('./commands/who.ts')).who,
  },
  {
    name: 'group create',
    summary: 'make a group of members',
    operands: ['SPACE', 'NAME'],
    options: {},
    load: async () => (await import('./commands/group.ts')).createGroup,
  },
  {
    name: 'group list',
    summary: 'list the groups of a space with their members',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/group.ts')).listGroups,
  },
  {
    name: 'group add',
    summary: 'put a member or another group into a group; --lead: may add and remove others',
    usage: '[--lead]',
    operands: ['SPACE', 'GROUP', 'MEMBER|GROUP'],
    options: { lead: 'switch' },
    load: async () => (await import('./commands/group.ts')).addToGroup,
  },
  {
    name: 'group rename',
    summary: 'give a group another name',
    operands: ['SPACE', 'GROUP', 'NAME'],
    options: {},
    load: async () => (await import('./commands/group.ts')).renameGroup,
  },
  {
    name: 'group remove',
    summary: 'take somebody out of a group; without a member, end the group',
    operands: ['SPACE', 'GROUP', '[MEMBER|GROUP]'],
    options: {},
    load: async () => (await import('./commands/group.ts')).removeFromGroup,
  },
];
