/** Words of passkeys: opening this device, and coming back. */
import { say } from './say.ts';

/** The section of the settings, and the screens that use one. */
export const PASSKEYS = {
  heading: 'Passkeys',
  intro:
    'A passkey on your phone, key or computer brings you back without the 24 words, and opens Atoll here where there is a passphrase. It belongs to this address, and whoever holds the account that synchronises it can use it. The 24 words stay above it.',
  unsupported:
    'This browser has no passkeys that can open anything. Your passphrase and your 24 words do it all.',
  none: 'No passkey yet',
  another: 'Another one',
  add: 'Add a passkey',
  addTitle: 'Add a passkey',
  addLead:
    'Your browser asks where to keep it. Choose a name that tells you later which one it is.',
  name: 'Name of the passkey',
  nameMissing: 'Type a name, so that you find it again.',
  nameNew: (count: number): string => (count === 0 ? 'Passkey' : `Passkey ${String(count + 1)}`),
  added: (name: string): string => say`${name} brings you back from now on.`,
  addedAndOpens: (name: string): string =>
    say`${name} opens Atoll here and brings you back from now on.`,
  since: (when: string): string => `Added ${when}`,
  opens: 'opens Atoll here',
  kept: 'ready to bring you back',
  waiting: 'brings you back as soon as a server answers',
  openWith: 'Open Atoll here with it',
  openWithName: (name: string): string => say`Open Atoll here with ${name}`,
  opensNow: (name: string): string => say`${name} opens Atoll here from now on.`,
  remove: 'Remove',
  removeName: (name: string): string => say`Remove ${name}`,
  removeTitle: (name: string): string => say`Remove ${name}?`,
  removeLead:
    'It brings nobody back any more and opens nothing here, even if somebody else has it. What your browser keeps of it you delete in the list of passkeys of your browser or phone.',
  removed: (name: string): string => say`${name} is removed.`,
  unlock: 'Unlock with a passkey',
  orPassphrase: 'Or with your passphrase',
  comeBack: 'Use a passkey instead',
  failed: {
    CLIENT_NO_PASSKEYS: 'There are no passkeys here. Use your passphrase or your 24 words.',
    CLIENT_PASSKEY_CANCELLED: 'No passkey was given. Try again, or go on without one.',
    CLIENT_PASSKEY_NO_SECRET:
      'This kind of passkey cannot open anything. Try one of your phone or another key; your 24 words always work.',
    CLIENT_PASSKEY_OTHER: 'That is another passkey. Choose the one that you added here.',
    CLIENT_PASSKEY_KNOWN: 'This phone, key or computer has a passkey of yours already.',
    CLIENT_PASSKEY_REMOVED: 'This passkey was removed. Use another one, or your 24 words.',
    CLIENT_NOTHING_TO_RECOVER:
      'This server has nothing for this passkey. Look at the server on your sheet, or use your 24 words.',
    CLIENT_UNREACHABLE: 'The server does not answer. Check its address and your connection.',
    CLIENT_NO_SERVER: 'That is no address of a server.',
    STORE_PASSKEY: 'This passkey does not open Atoll here. Use your passphrase.',
    STORE_UNPROTECTED: 'Set a passphrase first: a passkey is never the only way.',
  } as Readonly<Record<string, string>>,
  otherFailure: 'That did not work, and nothing was changed. Try again.',
} as const;

/** What went wrong, as a sentence. */
export function passkeyProblem(code: string | undefined): string {
  const known = code === undefined ? undefined : PASSKEYS.failed[code];
  return known ?? say`${PASSKEYS.otherFailure} (${code ?? ''})`;
}
