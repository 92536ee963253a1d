/** Words of coming back with the 24 words, and of what is kept for it. */
import { say } from './say.ts';

/** Coming back on a device that knows nothing yet. */
export const RECOVER = {
  choice: 'I have my 24 words',
  choiceDetail: 'Or a passkey: come back, with everything you had',
  title: 'Come back with your 24 words',
  lead: 'Type them from your sheet, in order. They stay in this window and are forgotten as soon as you are back.',
  words: 'Your 24 words',
  wordsHint: (count: number): string => `${String(count)} of 24`,
  server: 'Server',
  serverHint: 'It is printed on your sheet, beside the words.',
  go: 'Come back',
  working: 'Looking for you…',
  failed: {
    CRYPTO_WORDS_COUNT: 'That is not 24 words yet.',
    CRYPTO_WORDS_CHECKSUM:
      'The words do not belong together: one is wrong, or two have changed places.',
    CLIENT_NOTHING_TO_RECOVER:
      'These are 24 good words, but this server has nothing for them. Look at the server on your sheet.',
    CLIENT_UNREACHABLE: 'The server does not answer. Check its address and your connection.',
    CLIENT_NO_SERVER: 'That is no address of a server.',
  } as Readonly<Record<string, string>>,
  unknownWord: (place: string): string => say`Word ${place} is not one of the list. Look again.`,
  otherFailure: 'Atoll could not bring you back. Nothing was changed; try again.',
} as const;

/** The sheet to print. */
export const SHEET = {
  print: 'Print',
  title: 'Atoll: the way back',
  whose: (name: string): string => say`The 24 words of ${name}`,
  server: 'Server',
  noServer: 'none yet',
  how: 'On a new device open Atoll, choose “I have my 24 words”, and type the words and the server.',
  care: 'Whoever has these words is you. Keep this sheet where you keep your passport, and never as a photo.',
  date: (date: string): string => say`Printed on ${date}`,
} as const;

/** The first page of somebody who has just come back, until what he had is here. */
export const COMING_BACK = {
  title: 'What you had is on its way',
  lead: (when: string): string =>
    `You are back, as of ${when}. Your spaces appear here as they come from the server.`,
  wait: 'If nothing comes for a few minutes, open Atoll on another device of yours: it has the rest.',
} as const;

/** The part of the settings about coming back. */
export const RECOVERY = {
  heading: 'If you lose your devices',
  intro:
    'Your 24 words, and what the servers below keep sealed for them, bring everything back. Nobody else can open it.',
  kept: (when: string): string => `Ready, renewed ${when}`,
  waiting: 'Not there yet',
  waitingMeans: 'It is left there as soon as the server answers.',
  refused: 'This server keeps nothing for you',
  refusedMeans: 'Add another server, so that your words lead somewhere.',
  lost: 'It had lost what you left there, and was given it again.',
  none: 'You use no server. Without one, the words alone bring nothing back.',
  drill: 'Check my words',
  drillHint: (when: string | undefined): string =>
    when === undefined ? 'You have never tried them.' : `You last tried them ${when}.`,
  drillDue: 'Can you still find your 24 words?',
  drillDueMeans: 'Look for the sheet and try them once. Nothing is changed by it.',
  drillTitle: 'Check your words',
  drillLead:
    'Type them from your sheet. This only compares them: nothing is changed, and they leave nowhere.',
  check: 'Check',
  right: 'These are your words. Put the sheet back where it was.',
  other: 'These are 24 good words, but not yours. Is it another sheet?',
  done: 'Done',
  back: (when: string): string => `You came back, as of ${when}.`,
  backComplete: 'Everything that was known then is here.',
  backWaiting:
    'Some of it has not come yet. It comes when a server or another device that has it is there.',
} as const;
