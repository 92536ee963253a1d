/** Words about work that does not count, since its writer might not write any more. */
import { counted } from './general.ts';
import { say } from './say.ts';

/** Above a space, and in its list of versions. */
export const UNCOUNTED = {
  section: 'Changes that do not count',
  lead: 'Whoever wrote these could not write here any more, mostly without knowing it yet. Nothing is lost: have a look, and take up what should count. It is then written again, as yours.',
  you: 'You',
  by: (who: string, when: string): string => say`${who}, ${when}`,
  count: (count: number): string => counted(count, 'thing changed', 'things changed'),
  look: 'Have a look',
  hide: 'Hide',
  takeUp: 'Take this up',
  takeUpLabel: (who: string): string => say`Take up work: ${who}`,
  took: (count: number): string => `Taken up: ${counted(count, 'thing', 'things')} changed`,
  takenUp: (who: string, when: string): string => say`Taken up by ${who}, ${when}`,
  failed: 'This could not be taken up.',
  own: (count: number): string =>
    `${counted(count, 'thing', 'things')} that you changed ${count === 1 ? 'does' : 'do'} not count.`,
  late: (who: string, count: number): string =>
    say`${who} changed ${counted(count, 'thing', 'things')} after being removed.`,
  lateMeans: 'They may not have known. It does not count: have a look, and take up what should.',
  notNow: 'Not now',
  unknown: 'What does not count could not be looked up.',
  again: 'Try again',
  ownMeans: 'You could not write here any more at that time. Nothing of it is lost.',
} as const;
