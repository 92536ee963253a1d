/** Words of an object's history. */
import { say } from './say.ts';
/** The section in the panel, and the view of the past. */
export const OBJECT_HISTORY = {
  title: 'History',
  loading: 'Looking back…',
  more: 'Show earlier',
  begins: (when: string, dropped: string | undefined): string =>
    dropped === undefined
      ? `History begins ${when}. Earlier changes are not on this device.`
      : say`History begins ${when}. Earlier changes were let go ${dropped}.`,
  failed: 'The history could not be read.',
  today: 'Today',
  yesterday: 'Yesterday',
  somebody: 'Somebody',
  made: (who: string): string => say`${who} made this`,
  deleted: (who: string): string => say`${who} deleted this`,
  restored: (who: string): string => say`${who} brought this back`,
  changed: (who: string): string => say`${who} changed this`,
  moved: 'Moved',
  formatting: 'other formatting',
  look: 'What to look at',
  then: 'As it was',
  since: 'Changed since',
  sinceLegend: 'Struck words have gone since, marked words have come.',
  refused: (who: string): string =>
    say`${who} tried to change this without the right to. It does not count.`,
  clockOff: (who: string): string => say`The clock of ${who}’s device was off.`,
  nothing: 'nothing',
  seeAsItWas: 'See as it was…',
  asItWas: (when: string): string => `As it was ${when}`,
  asItWasLead: 'You are looking at the past. Nothing here can be changed.',
  differs: 'differs from now',
  bringBack: 'Bring this back',
  sameAsNow: 'It is the same now.',
  broughtBack: 'Brought back',
  label: 'Bring back',
} as const;
