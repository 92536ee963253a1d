/** Words about knowing people: comparing numbers, keeping them, and what is said of them. */
import type { ContactStanding, SafetyScanOutcome } from '@atoll/client';
import { counted } from './general.ts';
import { say } from './say.ts';

/** Knowing a person. */
export const KNOWN = {
  heading: 'Is it really them?',
  unverified: (name: string): string =>
    say`You have not checked yet that nobody stands between you and ${name}.`,
  verified: (when: string): string => `You compared numbers ${when}. They were the same.`,
  compare: 'Compare numbers',
  again: 'Compare again',
  keep: 'Keep as a contact',
  kept: 'One of your contacts',
  forget: 'Forget this contact',
  chip: {
    unverified: 'Not checked',
    verified: 'Verified',
    changed: 'Changed',
    contested: 'Be careful',
  },
  said: 'Said about them',
  nothingSaid: 'Nobody shows anything here.',
  by: (name: string): string => say`says ${name}`,
  hidden: (count: number): string => `${counted(count, 'field', 'fields')} not shown`,
  state: {
    holds: 'Signed',
    revoked: 'Taken back',
    expired: 'Expired',
    other: 'Cannot be confirmed',
  },
} as const;

/** Comparing. */
export const COMPARE = {
  title: (name: string): string => say`Compare numbers with ${name}`,
  lead: (name: string): string =>
    say`Call ${name}, or meet. Read the numbers to each other. If they are the same, nobody stands between you.`,
  number: 'Your number together',
  qr: 'The same number as a code to scan',
  same: 'They are the same',
  different: 'They are different',
  differentMeans: (name: string): string =>
    say`Then do not trust this yet. Wait until both of you are connected and compare again: one of you may not know of a new device. If they stay different, somebody may stand between you and ${name}.`,
  paste: 'Or paste the text of their code',
  pasteHint: 'It begins with atoll:verify:',
  check: 'Check',
  failed: 'The numbers cannot be shown now. Open a space that you share with them, and try again.',
  changed: 'A device has come or gone meanwhile. Compare the new numbers.',
  scanned: {
    'not-a-code': 'This is not the text of such a code.',
    'other-people': 'This code is of two other people.',
    'my-devices-differ': 'They do not know all of your devices yet. Connect both, and try again.',
    'their-devices-differ':
      'You do not know all of their devices yet. Connect both, and try again.',
  } as Readonly<Record<Exclude<SafetyScanOutcome, 'verified'>, string>>,
} as const;

/** The list of contacts. */
export const CONTACTS = {
  heading: 'People you keep',
  empty: 'Nobody yet. Open the members of a space and keep somebody.',
  from: (space: string): string => say`From ${space}`,
  alike:
    'Somebody else has a name that looks the same. The figures behind it belong to this person alone.',
} as const;

/** What has changed since the numbers were compared. */
export function standingText(standing: ContactStanding, name: string, when: string): string {
  switch (standing.at) {
    case 'unverified':
      return KNOWN.unverified(name);
    case 'verified':
      return KNOWN.verified(when);
    case 'changed': {
      const devices =
        standing.devices === 0
          ? []
          : [`${counted(standing.devices, 'new device', 'new devices')} since then`];
      const words = standing.words ? ['other recovery words'] : [];
      return say`${name} has ${[...devices, ...words].join(' and ')}. Compare again before you rely on it.`;
    }
    case 'contested':
      return say`Somebody else may have the recovery words of ${name}. Ask in person.`;
  }
}
