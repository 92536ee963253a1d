/** The commands about letting people into a space. */
import type { Command } from './command.ts';

/** In the order in which `atoll help` lists them. */
export const INVITATION_COMMANDS: readonly Command[] = [
  {
    name: 'invite',
    summary: 'invite somebody into a space; with six digits it waits until they have joined',
    usage:
      '[--role reader|commenter|writer|admin|owner] [--uses N] [--expires 7d] [--delegated]' +
      ' [--for ID | --ask | --link] [--without-history] [--timeout S]',
    operands: ['SPACE'],
    options: {
      role: 'value',
      timeout: 'value',
      uses: 'value',
      expires: 'value',
      for: 'value',
      delegated: 'switch',
      'without-history': 'switch',
      ask: 'switch',
      link: 'switch',
    },
    load: async () => (await import('./commands/invite.ts')).inviteToSpace,
  },
  {
    name: 'join',
    summary: 'join a space with an invitation code or its address, or ask to be let in',
    usage: '[--auth DIGITS] [--say TEXT] [--timeout S]',
    operands: ['CODE'],
    options: { auth: 'value', say: 'value', timeout: 'value' },
    load: async () => (await import('./commands/join.ts')).joinSpace,
  },
  {
    name: 'invitation list',
    summary: 'list the open invitations of a space that this profile knows',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/invitation.ts')).listInvitations,
  },
  {
    name: 'invitation revoke',
    summary: 'end an open invitation: nobody can use it any more',
    operands: ['SPACE', 'ID'],
    options: {},
    load: async () => (await import('./commands/invitation.ts')).revokeInvitation,
  },
  {
    name: 'requests list',
    summary: 'list who asks to be let into a space',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/requests.ts')).listRequests,
  },
  {
    name: 'requests approve',
    summary: 'let somebody in who asked',
    usage: '[--role reader|commenter|writer|admin [--with-history]]',
    operands: ['SPACE', 'ID'],
    options: { role: 'value', 'with-history': 'switch' },
    load: async () => (await import('./commands/requests.ts')).approveRequest,
  },
  {
    name: 'requests refuse',
    summary: 'say no to somebody who asked',
    operands: ['SPACE', 'ID'],
    options: {},
    load: async () => (await import('./commands/requests.ts')).refuseRequest,
  },
];
