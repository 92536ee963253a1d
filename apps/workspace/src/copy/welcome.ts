/** Words of the first run. */
import { say } from './say.ts';

const FIRST_NOTE: string = [
  'This space is on this device, and on nobody else’s yet.',
  '',
  'Press N in Tasks for a new task, or ⌘K (Ctrl K) to find or do anything.',
  'Invite someone with the button at the top. You send a link, and you tell them six digits.',
  'Everything works without a connection, and everything can be undone.',
  '',
  'You can delete this note.',
].join('\n');

/** The welcome page and the three steps after it. */
export const WELCOME = {
  title: 'Welcome to Atoll',
  lead: 'Your work lives on your devices. No account, no email address, and nobody in between who can read it.',
  lost: (name: string): string => say`This browser has lost what ${name} kept in it.`,
  lostMeans:
    'What had reached your other devices, other people or a server is still there. On another device of yours choose “Add a device”, then “I have an invitation” here; or come back with your 24 words.',
  startNew: 'Start new',
  startNewDetail: 'Make an identity on this device',
  invited: 'I have an invitation',
  invitedDetail: 'From a person, or my other device',
  calm: 'Works without a connection. You can close this window at any point and continue later.',
  step: (step: number): string => `Step ${String(step)} of 3`,
  nameTitle: 'What should others call you?',
  nameLead: 'Only people you share a space with see this name. You can change it at any time.',
  nameLabel: 'Your name',
  nameMissing: 'Type a name, so that others know who you are.',
  deviceLabel: 'Name of this device',
  back: 'Back',
  next: 'Continue',
  wordsTitle: 'Write down your 24 words',
  wordsLead:
    'They are the only way back if you lose every device. Nobody can send them to you again, not even us.',
  wordsPaper:
    'Paper is best. A photo, or a note in a service, is a copy others could find. Whoever has these words is you.',
  wordsList: 'Your 24 words',
  show: 'Show the words',
  wrote: 'I wrote them down',
  later: 'Later',
  copyWords: 'Copy',
  copied: 'Copied. The clipboard is emptied after a minute.',
  copiedOnly: 'Copied.',
  emptied: 'The clipboard is empty again.',
  checkTitle: 'Check three of them',
  checkLead: 'Look at your paper, not at the screen.',
  wordLabel: (number: number): string => `Word ${String(number)}`,
  wrongWord: (number: number): string => `That is not word ${String(number)}. Look again.`,
  finish: 'Open Atoll',
  firstSpace: (name: string): string => say`${name}’s space`,
  firstNoteTitle: 'Start here',
  firstNote: FIRST_NOTE as string,
  failed: 'Atoll could not make your identity.',
  failedMeans: 'Nothing was stored. Try again.',
} as const;

/** What is said where the words were put off. */
export const WORDS_REMINDER = {
  waiting: 'Your words are not written down yet.',
  waitingMeans: 'They can be shown until you close this window.',
  show: 'Show them',
  gone: 'Your words are not written down.',
  goneMeans: 'They were shown once and are not kept here. A second device is the other way back.',
} as const;
