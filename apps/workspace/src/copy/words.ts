/** Words about changing the 24 words: on the device that does it, and on those that hear of it. */
import { say } from './say.ts';

/** The way to other words, and what is still to come of it. */
export const CHANGE_WORDS = {
  row: 'Change my words',
  hint: 'If somebody may have seen them, or you made more than one sheet.',
  changed: (when: string, name: string): string =>
    name === '' ? `You changed them ${when}.` : say`They were changed ${when}, on ${name}.`,
  title: 'Change your 24 words',
  before: 'What it does',
  beforeMeans:
    'You get 24 new words. The old ones then decide nothing, and open nothing that is written from then on.',
  devices: 'Your devices',
  devicesMeans:
    'They stay yours. Each one learns of it by itself when it next connects; you have nothing to do on them.',
  not: 'What it cannot do',
  notMeans:
    'Take back what was here before. Whoever had the old words could read it, and may have a copy.',
  need: 'What you need',
  needMeans:
    'The old sheet, and paper for the new one. Without the old words nobody can change them, not even you: so a thief who has your device cannot either.',
  noServer:
    'You use no server, so neither the old words nor the new ones bring anything back. Add one first.',
  next: 'Continue',
  oldTitle: 'Type the old words',
  oldLead: 'From the sheet you have now, in order. They stay in this window.',
  newTitle: 'Write down the new words',
  newLead:
    'They are shown only here. Nothing is changed yet: until you have checked them, the old ones count.',
  checkTitle: 'Check three of the new ones',
  checkLead: 'Look at the new sheet, not at the screen.',
  submit: 'Change the words',
  working: 'Changing them in all your spaces…',
  doneTitle: 'Your words are changed',
  failed: {
    CLIENT_WRONG_WORDS: 'These are 24 good words, but not yours. Is it another sheet?',
    CLIENT_SAME_WORDS: 'These words were used before. Begin again, for other ones.',
    CLIENT_DEVICE_STOPPED: 'This device was stopped: it cannot change the words.',
  } as Readonly<Record<string, string>>,
  otherFailure: 'The words could not be changed. Look here again before you throw a sheet away.',
  bothSheets: 'Keep both sheets for now.',
  bothSheetsMeans:
    'Not every server leads from the new words yet. It happens by itself as soon as they answer, and this page says so.',
  oneSheet: 'Destroy the old sheet.',
  oneSheetMeans: 'Your servers lead from the new words.',
  noServerYet: 'Add a server: without one, the words alone bring nothing back.',
  awaited: (names: string): string => say`Has not heard of it yet: ${names}.`,
  awaitedMeans:
    'It hears of it when it next connects. Until then the old words still open what it left at a server, as it was before the change. Who comes back that way is stopped. Is the device lost? Stop it under Devices.',
  nameless: 'a device without a name',
} as const;

/** What other devices say of it, until somebody answers. */
export const WORDS_CHANGED = {
  what: (name: string, when: string): string =>
    name === ''
      ? `Your 24 words were changed on another device, ${when}.`
      : say`Your 24 words were changed on ${name}, ${when}.`,
  means: 'The sheet from before brings nobody back any more. Only the new one counts.',
  mine: 'It was me',
  notMine: 'It was not me…',
  contested: 'Your 24 words were changed twice, into different ones.',
  contestedMeans:
    'Only one of the two new sheets counts: try yours under “Check my words”. If you did not change them twice, somebody has your old words and one of your devices.',
  checkThem: 'Check my words',
  title: 'It was not you?',
  lead: 'Then somebody has your old words and a device of yours. Do this now, in this order.',
  ask: 'Ask',
  askMeans: 'Is there anybody else who has your sheet, and may have changed them for you?',
  stop: 'Stop the device',
  stopMeans: (name: string): string =>
    say`Stop ${name === '' ? 'the device that did it' : name}, and every device you do not have in your hands. That works at once, but whoever has the new words can undo it.`,
  save: 'Save your spaces',
  saveMeans: 'As files, with what is in them. What is on this device stays readable here.',
  anew: 'Begin anew',
  anewMeans:
    'The new words stand above all your devices, and you do not have them: nobody can take them back. Make a new identity, have the others invite it, and have them remove the old one.',
  toDevices: 'Go to devices',
} as const;
