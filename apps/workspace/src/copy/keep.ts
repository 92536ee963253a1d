/** Words about files that hold a space, a part of it, or everything. */
import { counted } from './general.ts';
import { say } from './say.ts';

/** Saving a space. */
export const SAVE = {
  menu: 'Save as a file',
  title: (space: string): string => say`Save ${space} as a file`,
  form: 'What kind of file',
  forms: {
    atoll: 'The whole space',
    md: 'Notes as Markdown',
    csv: 'Tables as CSV',
    json: 'Everything as JSON',
  },
  means: {
    atoll:
      'All of it: every thing, its history, who may see it, and the files that are on this device. It can be opened here again, and nothing in it can be changed unnoticed.',
    md: 'One Markdown file for each note, in folders as the notes lie below each other, with the files in a folder of their own.',
    csv: 'One table for each kind of thing, as spreadsheets read them.',
    json: 'Every thing with its fields as plain data, for other programs.',
  },
  whoPlain: 'Anyone who has this file can read it.',
  passphrase: 'Passphrase of the file',
  passphraseHint:
    'Whoever has the file and this can read the space. Five words or more; nobody can find it out for you.',
  passphraseNone:
    'Without a passphrase the keys stay out: the file helps only devices that have this space already.',
  show: 'Show it',
  files: 'With pictures and other files',
  save: 'Save',
  saving: (bytes: string): string => `Collecting, ${bytes}`,
  saved: (name: string): string => say`Saved ${name}`,
  savedWithout: (name: string, missing: number): string =>
    say`Saved ${name} without ${counted(missing, 'file', 'files')} that ${missing === 1 ? 'is' : 'are'} not on this device`,
  nothing: 'There is nothing of that kind in this space yet.',
  failed: 'The file could not be made.',
  pruned:
    'History that the file would hold is not kept on this device. Save it on a device that has it.',
} as const;

/** Opening a file. */
export const OPEN_FILE = {
  menu: 'Open a file',
  title: 'Open a file',
  lead: 'A space that was saved as a file, or a backup of everything. What is here already stays; only what is missing is added.',
  pick: 'Choose a file',
  drop: 'or drop it onto this window',
  reading: (percent: string): string => `Reading, ${percent}`,
  locked: (name: string): string => say`${name} has a passphrase.`,
  passphrase: 'Passphrase of the file',
  open: 'Open',
  wrong: 'That is not the passphrase of this file.',
  needed: 'This file needs its passphrase.',
  noKeys:
    'This file was saved without keys. It helps only devices that have its space already; ask somebody in the space to invite you.',
  damaged: 'This file is damaged, or is no file of a space. Nothing was taken from it.',
  failed: 'The file could not be opened.',
  opened: (name: string): string => say`Opened ${name}`,
  nothingNew: (name: string): string => say`${name} is here already. The file has nothing new.`,
  added: (name: string): string => say`${name} was here already. What was missing was added.`,
  openedMany: (count: number): string => `Opened ${counted(count, 'space', 'spaces')}`,
  notHere:
    'Drop files onto a task or a note to add them. A space that was saved as a file can be dropped anywhere.',
} as const;

/** Backup of everything. */
export const BACKUP = {
  row: 'Save everything as one file',
  rowHint: 'All spaces under one passphrase. Your 24 words are not in it.',
  rowOpen: 'Open a saved file',
  rowOpenHint: 'A space or a backup. What is here already stays.',
  button: 'Save a backup',
  openButton: 'Open a file',
  title: 'Save everything',
  lead: 'One file with all your spaces, their history and the files that are on this device. It brings the spaces back, not your identity: for that you need your 24 words or another device.',
  passphraseMissing: 'A backup needs a passphrase, or nobody could open it after a loss.',
  progress: (at: number, of: number, name: string): string =>
    say`${String(at)} of ${String(of)}: ${name}`,
  saved: (count: number): string => `Saved ${counted(count, 'space', 'spaces')}`,
  without: (names: string): string => say`Saved without ${names}: it cannot be opened here`,
} as const;
