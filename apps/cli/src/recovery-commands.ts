/** The commands that bring an identity back, and those that guard it on this device. */
import type { Command } from './command.ts';

/** In the order in which `atoll help` lists them. */
export const RECOVERY_COMMANDS: readonly Command[] = [
  {
    name: 'recover',
    summary: 'become a device of your identity again with its 24 words, in a fresh profile',
    usage: '--words-file FILE|- [--kube URL] [--device NAME] [--timeout S]',
    operands: [],
    options: { 'words-file': 'value', device: 'value', timeout: 'value' },
    load: async () => (await import('./commands/recover.ts')).recover,
  },
  {
    name: 'words check',
    summary: 'check that you have the right 24 words; changes nothing and asks nobody',
    usage: '--words-file FILE|-',
    operands: [],
    options: { 'words-file': 'value' },
    load: async () => (await import('./commands/recover.ts')).checkWords,
  },
  {
    name: 'words make',
    summary:
      'make 24 new words for atoll words change; they are kept nowhere, and worth nothing yet',
    operands: [],
    options: {},
    load: async () => (await import('./commands/recover.ts')).makeWords,
  },
  {
    name: 'words change',
    summary:
      'put new words in place of those that somebody has seen: the old ones are worth nothing',
    usage: '--words-file FILE|- --new-file FILE [--timeout S]',
    operands: [],
    options: { 'words-file': 'value', 'new-file': 'value', timeout: 'value' },
    load: async () => (await import('./commands/recover.ts')).changeWords,
  },
  {
    name: 'passkey list',
    summary: 'list the passkeys that bring you back; they are added in a browser',
    operands: [],
    options: {},
    load: async () => (await import('./commands/passkey.ts')).listPasskeys,
  },
  {
    name: 'passkey remove',
    summary: 'remove a passkey: its device is stopped in every space, and it brings nobody back',
    operands: ['PASSKEY'],
    options: {},
    load: async () => (await import('./commands/passkey.ts')).removePasskey,
  },
  {
    name: 'passkey add',
    summary: 'not here: a terminal has no passkeys, and this says where they are added',
    usage: '',
    operands: [],
    options: {},
    load: async () => (await import('./commands/passkey.ts')).addPasskey,
  },
  {
    name: 'passphrase',
    summary: 'put the keys of this profile under a passphrase, another one, or none',
    usage: '--new-file FILE|- | --remove',
    operands: [],
    options: { 'new-file': 'value', remove: 'switch' },
    load: async () => (await import('./commands/lock.ts')).passphrase,
  },
  {
    name: 'unlock',
    summary: 'let the keyring of the system open this profile',
    operands: [],
    options: {},
    load: async () => (await import('./commands/lock.ts')).unlock,
  },
  {
    name: 'lock',
    summary: 'take it back: every run needs the passphrase again',
    operands: [],
    options: {},
    load: async () => (await import('./commands/lock.ts')).lock,
  },
];
