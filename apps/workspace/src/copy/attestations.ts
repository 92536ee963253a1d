/** Words about what people say of each other, signed: saying it, showing it, taking it back. */
import { say } from './say.ts';

/** A kind of thing that is said, with the facts that it usually has. */
export interface SaidKind {
  readonly kind: string;
  readonly label: string;
  readonly detail: string;
  readonly facts: readonly string[];
}

/** Saying something. */
export const SAY = {
  open: (name: string): string => say`Say something about ${name}`,
  title: (name: string): string => say`Say something about ${name}`,
  lead: (name: string): string =>
    say`You sign it, so others can be sure that it is from you. Only what you tick is shown in this space; ${name} can show it elsewhere.`,
  kind: 'What is it about',
  kinds: [
    {
      kind: 'org.atoll.said.Membership',
      label: 'A membership',
      detail: 'They belong to a club, a team, a household.',
      facts: ['Of', 'Since'],
    },
    {
      kind: 'org.atoll.said.Skill',
      label: 'A skill',
      detail: 'They can do something, and you have seen it.',
      facts: ['Can', 'Seen'],
    },
    {
      kind: 'org.atoll.said.Recommendation',
      label: 'A recommendation',
      detail: 'What you would tell somebody who asks about them.',
      facts: ['Words'],
    },
  ] as readonly SaidKind[],
  fact: 'Fact',
  value: 'What you say',
  show: 'Show here',
  add: 'Add a fact',
  remove: (name: string): string => say`Leave out ${name === '' ? 'this fact' : name}`,
  ends: 'It holds for',
  lengths: [
    { label: 'As long as I do not take it back', days: undefined },
    { label: '1 year', days: 365 },
    { label: '30 days', days: 30 },
  ] as readonly { readonly label: string; readonly days: number | undefined }[],
  means: (space: string, shown: number): string =>
    shown === 0
      ? 'Nothing is shown anywhere yet. It is kept for you under Settings.'
      : say`Everybody in ${space} sees what is ticked, with your name. You can stop showing it and take it back; who has seen it has seen it.`,
  submit: (shown: number): string => (shown === 0 ? 'Sign' : 'Sign and show'),
  empty: 'Write at least one fact.',
  twice: 'Two facts have the same name.',
  failed: 'That could not be signed. Try again.',
  done: (name: string): string => say`Said about ${name}`,
} as const;

/** What was said: in settings, and in a space. */
export const ATTESTATIONS = {
  heading: 'Said about people',
  empty:
    'You have said nothing, and nobody has given you anything. Open a member of a space to say something.',
  made: (subject: string): string => say`You say of ${subject}`,
  about: (issuer: string): string => say`${issuer} says of you`,
  somebody: 'somebody',
  facts: 'What it says',
  showIn: 'Show it in',
  noSpaces: 'You are in no space.',
  show: 'Show',
  hide: 'Stop showing',
  hidden: (space: string): string => say`No longer shown in ${space}`,
  shown: (space: string): string => say`Shown in ${space}`,
  hideMeans: 'Who has seen it has seen it.',
  takeBack: 'Take it back',
  takeBackTitle: 'Take it back?',
  takeBackMeans:
    'It is marked as taken back wherever it is shown, for everybody and for good. Copies that others have say so once they hear of it.',
  takenBack: 'Taken back',
  forget: 'Forget it',
  forgetMeans: 'It goes from your devices. Where it is shown, it stays.',
  failed: 'That did not work. Try again when you are connected.',
} as const;
