/** The commands about spaces as wholes. */
import type { Command } from './command.ts';

/** In the order in which `atoll help` lists them. */
export const SPACE_COMMANDS: readonly Command[] = [
  {
    name: 'space create',
    summary: 'create a space',
    operands: ['NAME'],
    options: {},
    load: async () => (await import('./commands/space.ts')).createSpace,
  },
  {
    name: 'space list',
    summary: 'list the spaces of this profile; --left those that you left',
    usage: '[--left]',
    operands: [],
    options: { left: 'switch' },
    load: async () => (await import('./commands/space.ts')).listSpaces,
  },
  {
    name: 'space info',
    summary: 'count objects and blocks, and show the state root',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/space.ts')).spaceInfo,
  },
  {
    name: 'space epoch',
    summary:
      'show the last agreed state and who votes next; --seal wishes for a new one, --drop lets the history under it go',
    usage: '[--seal] [--drop] [--retire DEVICE] [--leave] [--older-than DAYS] [--timeout S]',
    operands: ['SPACE'],
    options: {
      seal: 'switch',
      drop: 'switch',
      retire: 'value',
      leave: 'switch',
      'older-than': 'value',
      timeout: 'value',
    },
    load: async () => (await import('./commands/epoch.ts')).spaceEpoch,
  },
  {
    name: 'space leave',
    summary: 'leave a space: everything of it goes from this device, and from your others',
    usage: '[--discard] [--timeout S]',
    operands: ['SPACE'],
    options: { discard: 'switch', timeout: 'value' },
    load: async () => (await import('./commands/leave.ts')).leaveSpace,
  },
  {
    name: 'space restore',
    summary: 'come back to a space that you left, or that somebody with a device of yours has left',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/leave.ts')).restoreSpace,
  },
  {
    name: 'space publish',
    summary: 'make a space public: whoever has the link that this shows can read it',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/public.ts')).publishSpace,
  },
  {
    name: 'space follow',
    summary: 'read a public space by its link; members do not learn who follows',
    operands: ['LINK'],
    options: {},
    load: async () => (await import('./commands/public.ts')).followSpace,
  },
  {
    name: 'space unpublish',
    summary: 'end all links to a space: who follows it reads nothing new',
    operands: ['SPACE'],
    options: {},
    load: async () => (await import('./commands/public.ts')).unpublishSpace,
  },
];
