/** The commands about the devices of one's own. */
import type { Command } from './command.ts';

const WORDS = { 'words-file': 'value' } as const;

/** In the order in which `atoll help` lists them. */
export const DEVICE_COMMANDS: readonly Command[] = [
  {
    name: 'device invite',
    summary: 'let a further device of yours in; waits for it',
    usage: '[--timeout S]',
    operands: [],
    options: { timeout: 'value' },
    load: async () => (await import('./commands/invite.ts')).inviteDevice,
  },
  {
    name: 'device join',
    summary: 'become a further device of an identity, in a fresh profile',
    usage: '--auth DIGITS [--timeout S]',
    operands: ['CODE'],
    options: { auth: 'value', timeout: 'value' },
    load: async () => (await import('./commands/join.ts')).joinDevice,
  },
  {
    name: 'device list',
    summary: 'list your devices, which of them act, and who has stopped the others',
    operands: [],
    options: {},
    load: async () => (await import('./commands/device.ts')).listDevices,
  },
  {
    name: 'device rename',
    summary: 'give a device of yours another name',
    operands: ['DEVICE', 'NAME'],
    options: {},
    load: async () => (await import('./commands/device.ts')).renameDevice,
  },
  {
    name: 'device suspend',
    summary: 'stop a device that is lost, at once and in every space; the 24 words bring it back',
    operands: ['DEVICE'],
    options: {},
    load: async () => (await import('./commands/device.ts')).suspendDevice,
  },
  {
    name: 'device agree',
    summary: 'say that a device that another one has let in is yours: then it has a vote',
    operands: ['DEVICE'],
    options: {},
    load: async () => (await import('./commands/device.ts')).agreeWithDevice,
  },
  {
    name: 'device remove',
    summary:
      'remove a device for good with the 24 words; --wipe: it deletes what it has when it hears of it',
    usage: '--words-file FILE|- [--wipe]',
    operands: ['DEVICE'],
    options: { ...WORDS, wipe: 'switch' },
    load: async () => (await import('./commands/device.ts')).removeDevice,
  },
  {
    name: 'device restore',
    summary: 'bring a stopped device back with the 24 words; without DEVICE, this one',
    usage: '--words-file FILE|-',
    operands: ['[DEVICE]'],
    options: WORDS,
    load: async () => (await import('./commands/device.ts')).restoreDevice,
  },
];
