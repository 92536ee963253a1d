/** Words about one thing: who sees it, who changes it and why, and rights over just this. */
import { counted } from './general.ts';
import { say } from './say.ts';

/** "3rd". */
function ordinal(count: number): string {
  const last = count % 10;
  const isTeen = Math.floor((count % 100) / 10) === 1;
  const ending = isTeen ? 'th' : last === 1 ? 'st' : last === 2 ? 'nd' : last === 3 ? 'rd' : 'th';
  return say`${count.toLocaleString()}${ending}`;
}

/** How long something lasts, of the space's states. */
export const UNTIL = {
  next: 'until the next agreed state of the space',
  later: (epoch: number): string => say`until the ${ordinal(epoch)} agreed state of the space`,
} as const;

/** What a right depends on. */
export const WHILE = {
  inSpace: (name: string, role: string): string => say`as long as ${name} is at least ${role}`,
  over: (name: string, thing: string): string => say`as long as ${name} may change “${thing}”`,
} as const;

/** Who can see one thing, and who can change it. */
export const WHO_CAN = {
  section: 'Who can see and change this',
  button: 'Who?',
  title: (name: string): string => say`Who can see and change “${name}”`,
  lead: (space: string): string => say`Everyone in ${space} sees it. Servers see none of it.`,
  leadPrivate: 'It is private: nobody but these people sees it, and no server does.',
  leadOpen: (space: string): string =>
    say`Everyone in ${space} sees it. Only those who were chosen for it can change it, whoever owns the space.`,
  summary: (people: number, change: number): string =>
    `${counted(people, 'person sees', 'people see')} it, ${change.toLocaleString()} can change it`,
  public: 'This space is public: whoever has its link sees this as well.',
  may: {
    gives: 'Can change it, and let others',
    changes: 'Can change it',
    part: 'Can change a part',
    sees: 'Can see it',
  },
  why: {
    founder: 'Made this space',
    space: (role: string, from: string): string => say`${role} in this space, because of ${from}`,
    zoneFounder: 'Made it private',
    zone: (from: string): string => say`In its private circle, because of ${from}`,
    openFounder: 'Chose who changes it',
    open: (from: string): string => say`Chosen to change it, by ${from}`,
    type: (from: string): string => say`May change all things of this kind, because of ${from}`,
    above: (name: string, from: string): string =>
      say`A right over “${name}”, which it lies below, from ${from}`,
    'just-this': (from: string): string => say`A right over just this, from ${from}`,
    part: (field: string, from: string): string => say`A right over “${field}” alone, from ${from}`,
  },
  through: (teams: string): string => say`through ${teams}`,
} as const;

/** Rights over single things. */
export const PARTS_GIVEN = {
  title: 'Rights over single things',
  lead: 'Besides their roles, these people may change just these things and what lies below them.',
  here: 'Rights over just this',
  hereLead: 'They hold for what lies below it too, now and later.',
  writer: 'can change it',
  admin: 'can change it, and let others',
  part: (field: string): string => say`only “${field}”`,
  someEntry: 'only a part of it',
  from: (name: string): string => say`from ${name}`,
  team: 'Team',
  unknown: 'Something that is not here',
  deleted: (name: string): string => say`${name} (deleted)`,
  takeBack: 'Take back',
  takeBackOf: (name: string, of: string): string => say`Take back the right of ${name} over ${of}`,
  taken: (name: string): string => say`${name} has no right over just this any more`,
  stays: (name: string, from: string): string => say`${name} keeps what ${from} gave`,
  person: (name: string): string => say`What ${name} may change besides`,
  me: 'What you may change besides',
} as const;

/** Giving such a right. */
export const GIVE = {
  button: 'Let somebody change this',
  title: (name: string): string => say`Let ${name} change this?`,
  lead: 'Also what lies below it, now and later. Everything else stays as it is for them.',
  what: 'What they may do',
  writer: 'Change it',
  writerMeans: 'Also add, move and delete what lies below it.',
  admin: 'And let others',
  adminMeans: 'Also give others a right to change it, and take that back.',
  howLong: 'How long',
  good: 'For good',
  goodMeans: 'Until you or an owner takes it back.',
  next: 'Until the next agreed state',
  nextMeans:
    'From time to time the devices of admins agree on what is in the space. With the next time it ends by itself; what they changed until then stays.',
  submit: 'Give the right',
  done: (name: string): string => say`${name} can change this now`,
} as const;
