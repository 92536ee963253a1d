/** Words about leaving a space, throwing a branch away for good, and leaving work behind. */
import { counted } from './general.ts';
import { say } from './say.ts';

/** Leaving a space. */
export const LEAVE = {
  menu: 'Leave this space',
  menuBranch: 'Delete this branch',
  title: (space: string): string => say`Leave ${space}?`,
  titleForGood: (space: string): string => say`Delete ${space} for good?`,
  here: 'On this device',
  hereMeans: 'Everything in it goes at once: things, files, their history, and what Undo could do.',
  devices: 'On your other devices',
  devicesMeans: 'It goes when they next connect. What only they have is kept until others have it.',
  others: 'For the others',
  othersMeans: (names: string): string =>
    say`${names} keep everything, and still see you as a member.`,
  otherMeans: (name: string): string =>
    say`${name} keeps everything, and still sees you as a member.`,
  manyOthers: (count: number): string => `${counted(count, 'other member', 'other members')}`,
  and: ' and ',
  back: 'You can come back in Settings, unless they remove you.',
  last: 'Nobody else is in it.',
  lastMeans:
    'Once it is gone it comes back only if your server still has its sealed copy. If you may want it again, save it first.',
  lastAdmin: 'Only you can invite people here.',
  lastAdminMeans: 'Once you have left, nobody can.',
  unsent: 'Others may not have everything yet.',
  unsentOffline:
    'You are not connected, so nobody can be asked. Connect first, or lose what they lack.',
  unsentMeans: 'Wait until they have, or lose what they lack.',
  leave: 'Leave',
  leaveAndLose: 'Leave and lose it',
  forGood: 'Delete for good',
  left: (space: string): string => say`You left ${space}`,
  deleted: (space: string): string => say`Deleted ${space}`,
  failed: 'This did not work. The space is as it was.',
  leaving: 'You left this space on another device.',
  leavingMeans:
    'It is still here because nobody else is known to have all of it. It goes by itself once others do, or a week after you gave it up. What you wrote on this device alone stays until then.',
  keep: 'Keep it',
} as const;

/** Spaces that were left, in the settings. */
export const LEFT = {
  heading: 'Spaces you left',
  intro:
    'You are still a member of these unless somebody removed you. What is in one comes back from the others, or from your server while that has its sealed copy.',
  notYou:
    'Was it not you who left? Then somebody else has a device of yours: stop that device first.',
  devices: 'Look at your devices',
  on: (day: string): string => say`Left on ${day}`,
  bringBack: 'Bring back',
  bringBackName: (space: string): string => say`Bring back ${space}`,
  back: (space: string): string => say`${space} is back, on all your devices`,
  failed: 'This did not work. Try again.',
  someLeft: (count: number): string =>
    `You left ${counted(count, 'space', 'spaces')}: bring ${count === 1 ? 'it' : 'them'} back in Settings`,
} as const;

/** Giving up what was written in an old copy. */
export const BEHIND = {
  button: 'Leave it behind',
  title: (count: number): string => `Leave ${counted(count, 'change', 'changes')} behind?`,
  means:
    'What you wrote here in an older copy of this device goes, and you see again what the others have. Nobody has it but this device, and Undo cannot bring it back.',
  save: 'Save the space as a file first if you may want it again.',
  submit: 'Leave it behind',
  done: 'Left behind. The others’ changes arrive now.',
  failed: 'This did not work. Nothing was given up.',
} as const;
