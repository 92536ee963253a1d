/** Words about what only some members read: making it, who reads it, what others see of it. */
import { counted } from './general.ts';
import { say } from './say.ts';

/** Names in a sentence, whoever looks first. */
function listed(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(names);
}

/** On a private thing, wherever it is shown. */
export const PRIVATE = {
  only: (names: readonly string[]): string => say`Only ${listed(names)} can read this`,
  open: (names: readonly string[]): string =>
    say`Everybody here reads this. Only ${listed(names)} can change it`,
  names: (names: readonly string[]): string => listed(names),
  everybody: 'Everybody reads it',
  frozen: 'Whoever decided here has left the space.',
  frozenMeans:
    'You go on reading and writing as before, but nobody else can be let in. To go on with others, make a new one and copy into it what you need.',
  unreadRef: 'Something private',
  unreadRefMeans: 'This is private to others: you see that it is there, and not what it is.',
  you: 'you',
  nobody: 'nobody any more',
  change: 'Change…',
  look: 'Who?',
  placeholder: (names: readonly string[]): string =>
    say`Write here. Only ${listed(names)} can read it.`,
  notBelow:
    'That note has people of its own: only what is theirs, too, can lie below it. It stays where it is.',
  readOnly: 'You may read this, not change it.',
  failed: 'That did not work.',
  codes: {
    SPACE_NO_RIGHT: 'Only who decides here can let somebody in or out. Ask them.',
    SPACE_READ_ONLY: 'Your role does not allow private things. Ask an admin for another one.',
    SPACE_NOT_READY: 'Your right to write here has not arrived yet. Try again in a moment.',
    SPACE_KEY_MISSING: 'The keys of this have not arrived on this device yet. Try again later.',
    CLIENT_UNKNOWN_ZONE: 'This is not here any more.',
    CLIENT_UNKNOWN_MEMBER: 'This person is not in the space any more.',
    CLIENT_UNKNOWN_TEAM: 'This team is no more.',
    CLIENT_LAST_OWNER: 'Nobody else decides here. Make somebody else decide first.',
    CLIENT_ZONE_NAME: 'Give it a name that is not too long.',
  } as Readonly<Record<string, string>>,
} as const;

/** The dialog that makes a private thing. */
export const NEW_PRIVATE = {
  button: 'Private…',
  title: 'New, for a few',
  titleOpen: 'New, for all to read',
  leadOpen: (space: string): string =>
    say`It lies in ${space} for everybody to read. Only those you choose can change it, whoever owns the space.`,
  lead: (space: string): string =>
    say`It lies in ${space}, but only those you choose can open it. The others see that something is there, and not what.`,
  kind: 'What it is',
  note: 'Note',
  task: 'Task',
  called: 'Title',
  where: 'Where it goes',
  reach: 'Who reads it',
  few: 'Only some',
  all: 'Everybody',
  writers: 'Who changes it, besides you',
  others: 'Other people…',
  people: 'Private to you and',
  alone: 'Nobody else is in this space yet. Until you let somebody in, only you read it.',
  name: 'What to call this circle',
  nameHint: 'Only those in it see the name. More things can be put into it later.',
  openName: 'What to call this part',
  openNameHint: 'More things can be put into it later.',
  aloneOpen: 'Nobody else is in this space yet. Until you choose somebody, only you change it.',
  justYours: 'Only you write here',
  justYou: 'Just for you',
  create: 'Make it',
  made: (names: readonly string[]): string => say`Only ${listed(names)} can read it`,
  madeOpen: 'Everybody here can read it',
} as const;

/** Who reads, and changing that. */
export const READERS = {
  title: (name: string): string => say`Who reads “${name}”`,
  titleUnread: 'Who reads this',
  lead: 'These people read everything in it, and nobody else does. Who owns the space cannot let themselves in.',
  titleOpen: (name: string): string => say`Who changes “${name}”`,
  leadOpen:
    'Everybody in this space reads it. These people change it, and nobody else does. Who owns the space cannot let themselves in.',
  leadUnread: 'You cannot read what is in it. Nobody but who decides there can let you in.',
  roles: {
    reader: { name: 'Can read', can: 'Reads everything in it' },
    writer: { name: 'Can change', can: 'Also adds and changes things' },
    owner: { name: 'Decides', can: 'Also lets people in and out' },
  },
  addOpen: 'Let somebody change it',
  openMeans: (name: string): string => say`${name} can then add and change things here.`,
  addedOpen: (name: string): string => say`${name} can change it now`,
  nextOpen: (name: string): string => say`${name} changes nothing here any more, and reads on.`,
  leaveOpen: 'You change nothing here any more, and read on.',
  staysOpen: 'What was written here stays.',
  removedOpen: (name: string): string => say`${name} changes nothing in it any more`,
  leftOpen: 'You change nothing in it any more',
  roleOf: (name: string, role: string): string => say`${name}: ${role}`,
  changed: (name: string, role: string): string => say`${name}: ${role.toLowerCase()}`,
  team: 'Team',
  later: 'Only what was written since they came',
  add: 'Let somebody in',
  everybodyIn: 'Everybody in this space is in it.',
  addTitle: (name: string): string => say`Let ${name} in?`,
  history: (name: string): string => say`What ${name} reads`,
  all: 'Everything',
  allMeans: 'Also what was written before.',
  from: 'From now on',
  fromMeans: 'What was written before stays closed to them.',
  let: 'Let in',
  added: (name: string): string => say`${name} reads it now`,
  remove: (name: string): string => say`Put ${name} out`,
  leave: 'Leave',
  removeTitle: (name: string): string => say`Put ${name} out?`,
  leaveTitle: 'Leave this?',
  next: 'From now on',
  nextMeans: (name: string): string =>
    say`The keys change. What is written from now on, ${name} cannot read.`,
  leaveMeans: 'The keys change. What is written from now on, you cannot read.',
  stays: 'What stays',
  staysMeans: (name: string): string =>
    say`What ${name} has read is read: it may still be on their devices, and nobody can take it back.`,
  leaveStays: 'What you have read may still be on this device.',
  last: 'You are the only one who decides here. First let somebody else decide.',
  lastOf: (name: string): string =>
    say`${name} is the only one who decides here. Afterwards nobody can let anybody in, not even you.`,
  removeSubmit: 'Put out',
  leaveSubmit: 'Leave',
  removed: (name: string): string => say`${name} reads nothing new in it`,
  left: 'You read nothing new in it',
  back: 'Cancel',
} as const;

/** On the page of members, and where things of others lie. */
export const PARTS = {
  title: 'Circles',
  lead: 'Parts of this space that only some of you can open, or that all read and only some change.',
  unreadName: (founder: string): string => say`Something private of ${founder}`,
  readBy: (names: readonly string[]): string => say`Only ${listed(names)}`,
  openTo: (names: readonly string[]): string =>
    say`Everybody reads it, ${listed(names)} can change it`,
  frozen: 'Nobody can be let in any more',
  unread: (changes: number): string =>
    `${counted(changes, 'change', 'changes')} here that you cannot read`,
  unreadBy: (names: readonly string[]): string => say`They are private to ${listed(names)}.`,
  open: (name: string): string => say`Who? ${name}`,
  button: 'Who?',
} as const;
