/** Words about members: roles, what somebody can do and why, removing people and the way back, teams. */
import { counted } from './general.ts';
import { say } from './say.ts';

/** The page of members. */
export const MEMBERS = {
  people: 'People',
  letInBy: (name: string): string => say`Let in by ${name}`,
  founder: 'Made this space',
  roleOf: (name: string, role: string): string => say`Role of ${name}: ${role}`,
  open: (name: string): string => say`What ${name} can do`,
  changed: (name: string, role: string): string => say`${name} is ${role} now`,
  stays: (name: string, role: string, from: string): string =>
    say`${name} is still ${role}: ${from} gave that`,
  failed: 'That did not work.',
  codes: {
    CLIENT_NO_VOTE:
      'This device has no say in that yet, as it came after the last agreed state. Ask another admin to do it.',
    CLIENT_NOT_ROOT: 'This space is somebody else’s, or was handed over already.',
    CLIENT_NOT_ALLOWED: 'Your role does not allow this. Ask an owner.',
    CLIENT_SENIOR_RIGHT:
      'Somebody who was here before you gave this. Only they, or an owner, can change it.',
    CLIENT_EPOCH_PAST: 'The space has just agreed on a state. Try again.',
    CLIENT_LAST_OWNER: 'Nobody else owns this space. Make somebody else an owner first.',
    CLIENT_UNKNOWN_MEMBER: 'This person is not in the space any more.',
    CLIENT_UNKNOWN_TEAM: 'This team is no more.',
    CLIENT_UNKNOWN_REMOVAL: 'This was taken back already.',
    CLIENT_TEAM_CIRCLE: 'That team is above this one: it cannot be in it as well.',
    CLIENT_TEAM_NAME: 'Another team has this name, or it is too long.',
  } as Readonly<Record<string, string>>,
} as const;

/** What somebody can do, and why. */
export const PERSON = {
  title: (name: string): string => say`What ${name} can do here`,
  titleMe: 'What you can do here',
  reads: 'Read everything',
  readsSince: (me: boolean): string =>
    me
      ? 'Read what was written since you were let in'
      : 'Read what was written since they were let in',
  comments: 'Write comments',
  writes: 'Add and change everything',
  controls: 'Invite people, change roles, remove people',
  owns: 'Make admins and owners',
  because: 'Why',
  founded: 'Made this space',
  by: (role: string, name: string, when: string): string => say`${role}, by ${name}, ${when}`,
  through: (teams: string): string => say`through ${teams}`,
  gone: 'Not a member any more.',
  alike:
    'Somebody else here has a name that looks the same. The figures behind it belong to this person alone.',
  remove: (name: string): string => say`Remove ${name} from this space`,
  removeMeans: (name: string): string =>
    say`${name} keeps what is already on their devices. New changes will be sealed with a new key that ${name} does not get.`,
} as const;

/** Making somebody an admin or owner who was let in with nothing from before. */
export const SHOWS_ALL = {
  what: (name: string): string => say`${name} is shown everything from before.`,
  means: (name: string, role: string): string =>
    say`${name} was let in without it. As ${role.toLowerCase()}, ${name} reads all of it, and nobody can take that back.`,
  title: (name: string): string => say`Show ${name} everything from before?`,
  now: 'Now',
  nowMeans: (name: string): string =>
    say`${name} was let in with nothing from before, and reads what was written since.`,
  then: (role: string): string => say`As ${role.toLowerCase()}`,
  thenMeans: (name: string): string =>
    say`${name} reads all of this space, back to its first day: admins and owners agree on what is in it.`,
  nobody: 'What nobody can do',
  nobodyMeans: (name: string): string =>
    say`Take that back. Whatever role ${name} has later, what was shown stays readable.`,
  submit: (name: string, role: string): string => say`Make ${name} ${role.toLowerCase()}`,
} as const;

/** A role that ends by itself. */
export const FOR_A_WHILE = {
  entry: 'For a while …',
  entryMeans: 'A role that ends by itself.',
  title: (name: string): string => say`A role for ${name} that ends`,
  role: 'Role',
  untilThen: 'Until the next agreed state',
  then: 'Then',
  again: (name: string, role: string): string => say`${name} is ${role} again.`,
  out: (name: string): string =>
    say`${name} is not in this space any more. What ${name} wrote stays, and you can invite them again.`,
  when: 'When that is',
  whenMeans:
    'The devices of admins agree on what is in the space after some thousand changes, or when you ask for it.',
  submit: 'Give this role',
  done: (name: string, role: string): string => say`${name} is ${role} until the next agreed state`,
  ends: 'This role ends by itself',
  endsMeans:
    'It ends when the devices of admins next agree on what is in the space. That happens after some thousand changes, or when you ask for it.',
  agree: 'Agree on a state now',
  agreed: 'The space has agreed on a state',
  asked: 'Asked. More than half of the devices of admins have to answer.',
} as const;

/** Removing somebody. */
export const REMOVE = {
  title: (name: string): string => say`Remove ${name}?`,
  once: 'At once',
  onceMeans: (name: string): string =>
    say`${name} can change nothing here any more. What ${name} wrote so far stays.`,
  next: 'When they next connect',
  nextMeans: (name: string): string =>
    say`${name} is told that you did it. What they wrote without knowing is kept aside, and you can take it up.`,
  nobody: 'What nobody can do',
  nobodyMeans: (name: string): string =>
    say`Take back what ${name} has already: it stays on their devices. From now on new changes have a new key.`,
  teams: (teams: string): string => say`Also leaves ${teams}.`,
  letIn: (name: string): string => say`${name} let in`,
  keep: 'They stay',
  keepMeans: 'Whoever they let in stays too.',
  drop: 'They go as well',
  dropMeans: 'As far as nobody else let them in.',
  staysTitle: (name: string, role: string): string => say`${name} will still be ${role}.`,
  staysMeans: (from: string): string => say`${from} gave that, and you cannot take it away.`,
  impossible: (name: string): string => say`You cannot remove ${name}.`,
  purge: 'Also take out what they wrote',
  purgeMeans: 'Everything they wrote stops counting once another owner agrees.',
  submit: 'Remove',
  done: (name: string): string => say`${name} is removed`,
} as const;

/** Giving the space to somebody else. */
export const HAND_OVER = {
  yours: 'This space is yours: nobody can remove you.',
  button: (name: string): string => say`Hand this space over to ${name}`,
  title: (name: string): string => say`Hand this space over to ${name}?`,
  once: 'At once',
  onceMeans: 'Nothing changes yet. Everybody sees that you want to hand it over.',
  then: 'From the next agreed state of the space on',
  thenMeans: (name: string): string =>
    say`${name} is above everybody, you too. You stay an owner until ${name} changes that.`,
  nobody: 'What nobody can do',
  nobodyMeans: 'Take this back. Not you, and not with your 24 words.',
  stays: 'What stays',
  staysMeans: 'Everything in the space, and everybody with what they may do.',
  submit: 'Hand it over',
  done: (name: string): string => say`The space goes to ${name}`,
  pending: (name: string): string =>
    say`The space goes to ${name} with its next agreed state. That cannot be taken back.`,
} as const;

/** People who were removed. */
export const REMOVALS = {
  title: 'Removed',
  by: (name: string, when: string): string => say`Removed by ${name}, ${when}`,
  left: (when: string): string => `Left, ${when}`,
  restore: 'Let back in',
  restored: (name: string): string => say`${name} is back`,
  asked: 'Asks that what they wrote goes too.',
  agreed: 'What they wrote does not count any more.',
  agree: 'Agree',
  agreedDone: 'What they wrote does not count any more',
} as const;

/** This identity was removed. */
export const REMOVED = {
  what: (name: string): string => say`${name} removed you from this space`,
  unknown: 'You were removed from this space',
  ended: 'Your role in this space has ended.',
  means:
    'You see it as it was. Nothing new comes, and nothing you write is sent. What is on this device is yours to keep.',
  /** Said to who was let in by an invitation that others had used up meanwhile. */
  usedUp: (name: string): string =>
    name === ''
      ? 'You are not in this space: the invitation was used up'
      : say`${name} let you in, but the invitation was used up already`,
  usedUpMeans:
    'While you could not reach each other, it let in as many people as it may. Ask an admin for another invitation: what you wrote here is kept until then.',
  save: 'Save as a file',
  leave: 'Leave this space',
} as const;

/** Teams. */
export const TEAMS = {
  title: 'Teams',
  lead: 'What a team may do, everybody in it may do.',
  add: 'New team',
  name: 'Name of the team',
  create: 'Make the team',
  edit: (name: string): string => say`Team ${name}`,
  alike:
    'Another team here has a name that looks the same. The figures behind it belong to this team alone.',
  count: (people: number): string => counted(people, 'person', 'people'),
  noRole: 'No role of its own',
  noRoleMeans: 'Says who belongs together.',
  roleOf: (name: string, role: string): string => say`Role of the team ${name}: ${role}`,
  members: 'In this team',
  nobody: 'Nobody yet.',
  addMember: 'Add somebody',
  remove: (name: string): string => say`Take ${name} out`,
  team: 'Team',
  leads: 'Leads it: adds people and takes them out',
  mayLead: 'Let them lead',
  letLead: (name: string): string => say`Let ${name} lead this team`,
  nowLeads: (name: string): string => say`${name} leads the team now`,
  rename: 'Rename',
  renamed: (name: string): string => say`The team is called ${name} now`,
  end: 'End this team',
  ended: (name: string): string => say`${name} is no more`,
} as const;
