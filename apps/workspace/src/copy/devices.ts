/** Words about one's own devices: what each is, stopping one that is lost, the way back, and this one being stopped. */

import { counted } from './general.ts';
import { say } from './say.ts';

/** The page of devices. */
export const DEVICES = {
  more: (name: string): string => say`More about ${name}`,
  by: (name: string): string => (name === '' ? '' : say` by ${name}`),
  noName: 'A device without a name',
  first: 'Your first device',
  unlisted: (by: string): string =>
    by === '' ? 'Let in by another device, not known when' : say`Let in by ${by}, not known when`,
  rename: 'Rename',
  renameTitle: 'What should this device be called?',
  name: 'Name of the device',
  renamed: (name: string): string => say`It is called ${name} now`,
  stop: 'Stop…',
  stopped: 'Stopped',
  removed: 'Removed',
  stoppedBy: (name: string, when: string): string =>
    name === '' ? `Stopped by another device, ${when}` : say`Stopped by ${name}, ${when}`,
  removedByDevices: 'Put out by most of your devices',
  removedByWords: (when: string): string => `Removed with your words, ${when}`,
  toWipe: (when: string): string =>
    `Removed with your words, ${when}. It deletes what is on it when it connects.`,
  stoppedHeading: 'Stopped devices',
  stoppedLead: 'What they do counts in none of your spaces.',
  bringBack: 'Bring back…',
  removeForGood: 'Remove for good…',
  removeForGoodDetail: 'Needs your 24 words',
  passkey: 'A passkey: it brings you back, and has no say in which devices go.',
  noVote: (by: string): string =>
    by === '' ? 'Another device let it in. Is it yours?' : say`${by} let it in. Is it yours?`,
  noVoteMeans: 'Until another device of yours says so, it has no say in which devices go.',
  mine: 'It is mine',
  noVoteHere: 'It has no say yet in which devices go.',
  noVoteElsewhere:
    'Say that it is yours on another device that has its say, and did not let it in.',
  agreed: (name: string): string => say`${name} has its say now`,
  agreedLater: (name: string, by: string): string =>
    by === ''
      ? say`${name} has its say as soon as the device has that let it in`
      : say`${name} has its say as soon as ${by} has`,
  failed: 'That did not work.',
  codes: {
    CLIENT_UNKNOWN_DEVICE: 'This device is not one of yours any more.',
    CLIENT_THIS_DEVICE: 'A device does not stop itself. Do it on another one.',
    CLIENT_DEVICE_STOPPED: 'This device was stopped.',
    CLIENT_ONLY_WORDS: 'Your words have brought it back: only they stop it. Remove it for good.',
    CLIENT_AGREED_ALREADY: 'It has its say already.',
    CLIENT_AGREE_ELSEWHERE: 'Say so on another device of yours that has its say.',
    CLIENT_WRONG_WORDS: 'These are 24 good words, but not yours. Is it another sheet?',
  } as Readonly<Record<string, string>>,
} as const;

/** Stopping a device. */
export const STOP = {
  title: (name: string): string => say`Stop ${name}?`,
  once: 'At once',
  onceMeans:
    'Whoever hears of it refuses its changes, in every space. It can read nothing written from now on: new keys go to your other devices.',
  next: 'When it next connects',
  nextMeans: 'It locks itself, and says that you did it. Nothing on it is deleted.',
  nobody: 'What nobody can do',
  nobodyMeans:
    'Take back what was readable on it. If it was stolen unlocked, treat what is on it as seen.',
  back: 'It turned up again?',
  backMeans: 'Your 24 words bring it back, with everything it had written.',
  last: (when: string): string =>
    `The last you have from it is from ${when}. What it wrote after that waits on it.`,
  submit: 'Stop it',
  done: (name: string): string => say`${name} is stopped`,
} as const;

/** Bringing a device back. */
export const BRING_BACK = {
  title: (name: string): string => say`Bring ${name} back?`,
  lead: 'It counts again, with everything that it wrote meanwhile. From then on only your words can stop it. On the device itself, type them once more.',
  submit: 'Bring it back',
  done: (name: string): string => say`${name} is back`,
} as const;

/** Removing a device for good. */
export const REMOVE_DEVICE = {
  title: (name: string): string => say`Remove ${name} for good?`,
  lead: 'Your words decide finally: no device can change it. What it had written and sent stays.',
  wipe: 'Delete what is on it, too',
  wipeMeans:
    'When it next connects, it leaves what it had not sent for your other devices, and deletes the rest: keys, texts and files. If a thief keeps it offline or has copied it, nothing is deleted.',
  submit: 'Remove it',
  done: (name: string): string => say`${name} is removed`,
} as const;

/** This device was stopped. */
export const STOPPED = {
  title: 'This device is stopped',
  titleRemoved: 'This device was removed',
  titleOldWords: 'These words do not count any more',
  byOldWords: (when: string): string =>
    `Your 24 words were changed, ${when}. This device came back with those from before, and is stopped.`,
  backOldWords: 'With the 24 words of now, from the newer sheet. Type them here on this device.',
  notChanged: 'You did not change them?',
  notChangedMeans:
    'Ask whoever may have your sheet. If nobody did, somebody has your old words and one of your devices: save what you need on another device of yours, and begin as somebody new.',
  titleOrdered: 'This device is about to be emptied',
  titleWiped: 'This device was emptied',
  hereOrdered:
    'Keys, texts and files are deleted as soon as a server has what you had not sent, or in a week. There is nothing to do: leave Atoll open and connected.',
  unsentOrdered: 'It goes to the server, for your other devices. They show it as set aside.',
  backOrdered: 'With your 24 words, as long as nothing is deleted yet.',
  hereWiped: 'Nothing. Keys, texts and files were deleted.',
  unsentWiped: 'It lies at the server. Your other devices show it as set aside.',
  unsentLost: (spaces: number): string =>
    `No server took it for a week: what had not been sent in ${counted(spaces, 'space', 'spaces')} is gone.`,
  backWiped: 'Add it as a new device, from another one of yours or with your 24 words.',
  anew: 'Begin anew',
  by: (name: string, when: string): string => say`${name} stopped it, ${when}.`,
  byUnknown: (when: string): string => `Another device of yours stopped it, ${when}.`,
  ordered: (when: string): string => `Your 24 words ordered it, ${when}.`,
  byWords: (when: string): string => `It was done with your 24 words, ${when}.`,
  byDevices: 'Most of your devices agreed on it.',
  here: 'What is on this device',
  hereMeans: 'It stays here, sealed, and its keys are not in memory. Nothing was deleted.',
  unsent: 'What you had not sent yet',
  unsentMeans: 'It waits here too. The others get it when this device comes back.',
  back: 'How it comes back',
  backMeans: 'With your 24 words, here on this device.',
  notYou: 'It was not you?',
  notYouMeans:
    'Then somebody has another device of yours. Stop it from here: that needs no words, and counts although this device is stopped. Once most of your devices have stopped it, those that hear of it are back by themselves; the others come back with your words.',
  stopIt: (name: string): string =>
    name === '' ? 'It was stolen: stop it' : say`It was stolen: stop ${name}`,
  stoppingIt: 'Telling your servers…',
  stoppedIt: (name: string): string =>
    name === '' ? 'That device is stopped, too' : say`${name} is stopped, too`,
  all: 'All your devices are stopped',
  allMeans: 'They have stopped each other. Only your 24 words decide which of them go on.',
  show: 'I have my 24 words',
  showNewer: 'I have the newer words',
  lead: 'Type them from your sheet, in order. They stay in this window and are forgotten at once.',
  submit: 'Bring this device back',
  working: 'Looking for what has changed…',
  notNow: 'Not now',
} as const;
