/** Words of inviting and joining. */
import type { GuestInvitationState, InviteOptions, Role } from '@atoll/client';
import { ROLES, moment } from './general.ts';
import { say } from './say.ts';

/** What happened, and what it means. */
export type Line = readonly [what: string, means: string];

/** The dialog of the one who invites. */
export const INVITE = {
  title: (space: string): string => say`Invite to ${space}`,
  deviceTitle: 'Add a device of yours',
  deviceMeans: 'This makes the other device yours: it can do everything you can.',
  link: '1. Send the link, or let them scan',
  deviceLink: '1. Open the link there, or scan it',
  linkLabel: 'Invitation link',
  linkHint: 'The link alone opens nothing.',
  copy: 'Copy',
  copied: 'Link copied',
  qr: 'QR code of the invitation link',
  digits: '2. Tell them these six digits',
  deviceDigits: '2. Type these six digits there',
  digitsHint:
    'By voice, or in another app than the link. One wrong try and these digits stop working.',
  waiting: ['Waiting', 'for someone to open the link.'] as Line,
  opened: ['Someone opened the link.', 'You will see who it is when the digits match.'] as Line,
  checking: ['Checking the digits…', ''] as Line,
  wrong: ['Wrong digits.', 'Those no longer work.'] as Line,
  dropped: ['The line broke in the middle.', 'The digits are used up; show new ones.'] as Line,
  declined: [
    'They did not join.',
    'The digits are used up; show new ones for another try.',
  ] as Line,
  refused: ['That could not be checked.', 'The digits are used up; show new ones.'] as Line,
  newDigits: 'Show new digits',
  closed: [
    'Three wrong tries.',
    'This link is closed. If that was not your guest, send a new one by another way.',
  ] as Line,
  joined: (name: string, role: Role): Line => [say`${name} joined`, say`as ${aRole(role)}.`],
  deviceJoined: ['Your other device is in.', 'Your spaces come to it now.'] as Line,
  offline: ['You are not connected.', 'The link works once you are.'] as Line,
  expired: (atMs: number, nowMs: number): Line => [
    'This invitation ended',
    `at ${moment(atMs, nowMs)}.`,
  ],
  cancelled: ['Cancelled.', 'Nobody can use it.'] as Line,
  failed: 'This invitation stopped.',
  makeNew: 'Make a new one',
  another: 'Invite another',
  cancel: 'Cancel invitation',
  kind: 'Who can use it',
  kinds: [
    { label: 'One person', detail: 'With six digits that you tell them.', options: {} },
    {
      label: 'One person, any admin answers',
      detail: 'Works while you are away, if another admin is here.',
      options: { delegated: true },
    },
    {
      label: 'Several people',
      detail: 'You tell each one their own digits when they are there.',
      options: { uses: 10 },
    },
    {
      label: 'Anyone with the link, to read',
      detail: 'No digits: whoever gets hold of the link can read everything here.',
      options: { way: 'link', role: 'reader', uses: 10 },
    },
    {
      label: 'Anyone may ask',
      detail: 'They say who they are; you or another admin agrees later.',
      options: { way: 'ask', delegated: true },
    },
  ] as readonly {
    readonly label: string;
    readonly detail: string;
    readonly options: InviteOptions;
  }[],
  /** Somebody whom one has kept. */
  knownKind: (name: string): string => say`Only ${name}`,
  knownDetail: 'One of your contacts. No digits: only their identity can use it.',
  knownHint: (name: string): string =>
    say`Only ${name} can use it, whoever else gets hold of the link. No digits are needed.`,
  knownSomebody: 'one person you know',
  kindOne: 'One person, with six digits',
  withoutHistory: 'Reads nothing from before',
  kindShared: 'One person, any admin answers',
  kindAsk: 'Anyone may ask',
  kindLink: (uses: number): string =>
    uses === 1 ? 'Anyone with the link, once' : `Anyone with the link, up to ${uses} people`,
  linkOnlyHint: (uses: number): string =>
    say`${uses === 1 ? 'The first person' : `The first ${uses} people`} who open it can read everything here, whoever they are. Nobody else can stop them but you: cancel it when you have enough.`,
  usesLabel: 'How many',
  usesOf: (uses: number): string => `Up to ${uses} people`,
  usesChoices: [3, 10, 30, 100, 1000] as readonly number[],
  askHint: 'Whoever opens the link can ask to join. Nobody joins before one of you agrees.',
  sharedHint: 'The link alone opens nothing. Any admin who is here lets your guest in.',
  severalHint: (uses: number): string =>
    `It works for ${uses} people. When one opens it, their digits appear here.`,
  role: 'They join as',
  length: 'It works for',
  once: (length: string): string => `It works once, for ${length}.`,
  lengths: [
    { label: '10 minutes', ms: 10 * 60_000 },
    { label: '24 hours', ms: 24 * 60 * 60_000 },
    { label: '7 days', ms: 7 * 24 * 60 * 60_000 },
  ] as readonly { readonly label: string; readonly ms: number }[],
  noRight: (names: string): string =>
    names === '' ? 'Only admins can invite here.' : say`Only admins can invite here. Ask ${names}.`,
} as const;

/** Spaces into which one has asked to be let. */
export const PENDING = {
  heading: 'Asked to join',
  states: {
    waiting: (from: string, when: string): string =>
      say`You asked ${when}. ${from} or another admin has to agree.`,
    'turned-away': (): string => 'They said no. Nothing was joined.',
    ended: (): string => 'The invitation ended before anybody agreed. Ask for a new one.',
  } as Readonly<
    Record<'waiting' | 'turned-away' | 'ended', (from: string, when: string) => string>
  >,
  cancel: (space: string): string => say`Ask no more to join ${space}`,
  clear: (space: string): string => say`Take ${space} off this list`,
} as const;

/** The flow of the one who joins. */
export const JOIN = {
  title: 'Join with an invitation',
  lead: 'Paste the link or the code that you were sent.',
  codeLabel: 'Invitation link or code',
  next: 'Continue',
  notNow: 'Not now',
  nameTitle: 'You have an invitation',
  nameLead: 'Before you answer it: what should others call you?',
  deviceChoice: 'It is from my own other device',
  deviceChoiceDetail: 'Then this device becomes yours too, with the same name.',
  connecting: ['Looking for the person who invited you…', ''] as Line,
  away: [
    'Nobody there yet.',
    'The person who invited you is offline. Leave this open, or come back: the link stays good.',
  ] as Line,
  busy: [
    'Somebody else is joining just now.',
    'Leave this open: it is your turn in a few minutes at most.',
  ] as Line,
  askLead: (from: string, space: string): string =>
    say`${from} lets people ask to join ${space}. Somebody there has to agree.`,
  askTitle: 'Ask to join',
  askLabel: 'Say who you are (optional)',
  askHint: 'Shown to those who decide. At most 140 characters.',
  ask: 'Ask',
  asked: (space: string): Line => [
    say`You have asked to join ${space}.`,
    'When somebody agrees it appears in your list, also if you close this.',
  ],
  askedDone: 'OK',
  digitsTitle: 'Enter the six digits',
  digitsLead:
    'The person who invited you has them. When they match, you both see who the other is and which space this is.',
  digitsLabel: 'Six digits',
  wrong: [
    'Those are not the digits.',
    'For safety they work for one try only. Ask for new ones; your link is still good.',
  ] as Line,
  old: ['These digits are old.', 'The person who invited you has new ones.'] as Line,
  checking: ['Checking the digits…', ''] as Line,
  confirmTitle: 'It matches',
  space: (from: string, space: string, role: Role): string =>
    say`${from} invites you to ${space} as ${aRole(role)}.`,
  device: (from: string): string =>
    say`${from}, this makes the device yours: it can do everything you can.`,
  join: 'Join',
  decline: 'No, thanks',
  joining: ['Joining…', ''] as Line,
  alreadyTitle: 'You are in this space already.',
  open: 'Open it',
  tryAgain: 'Try another code',
  failed: 'Joining stopped.',
  failedMeans: 'Nothing was changed. The link may still be good.',
  malformed: 'This is not an invitation.',
  malformedMeans: 'It may have been cut off when it was sent; ask for it again.',
  newer: 'This invitation comes from a newer Atoll.',
  newerMeans: 'Update and reopen; the link stays good.',
} as const;

type Ending = Extract<GuestInvitationState, { readonly at: 'ended' }>['why'];

/** Why an invitation is over, to the one who wanted to use it. */
export const JOIN_ENDED: Readonly<Record<Ending, Line>> = {
  expired: ['This invitation ended.', 'Ask for a new one.'],
  cancelled: ['Cancelled', 'by the person who made it. Ask for a new one.'] as Line,
  used: ['Already used.', 'It worked once, for somebody else. Ask for a new one.'],
  closed: ['Closed after three wrong tries.', 'Ask for a new one.'] as Line,
  declined: ['You said no.', 'Nothing was joined, and nobody was told who you are.'],
  'already-member': [JOIN.alreadyTitle, ''],
  'not-for-you': [
    'This invitation is for somebody else.',
    'Nobody was told who you are. Ask for one of your own.',
  ],
  'turned-away': ['They said no.', 'Nothing was joined.'],
};

function aRole(role: Role): string {
  const name = ROLES[role].name.toLowerCase();
  return /^[aeiou]/u.test(name) ? say`an ${name}` : say`a ${name}`;
}
