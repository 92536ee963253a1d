/** Words about files: attachments, pictures, where they are. */
import { say } from './say.ts';

/** Files of an object, and a file on its own. */
export const FILES = {
  section: 'Files',
  add: 'Add files',
  addPicture: 'Add a picture or file',
  dropHere: 'Drop files here',
  none: 'Drop files here, paste them, or add them with the button.',
  nonePhone: 'No files yet.',
  adding: (name: string): string => say`Adding ${name}`,
  stop: (name: string): string => say`Stop adding ${name}`,
  untitled: 'Untitled file',
  actions: (name: string): string => say`More for ${name}`,
  open: (name: string): string => say`Open ${name}`,
  view: 'Open',
  download: 'Download',
  pin: 'Keep on this device',
  unpin: 'Do not keep on this device',
  remove: 'Remove',
  takeOut: 'Take out of the text',
  removed: (name: string): string => say`Removed ${name}`,
  caption: 'Caption',
  picture: 'Picture',
  pictureOf: (name: string): string => say`Picture: ${name}`,
  size: (width: number, height: number): string =>
    `${width.toLocaleString()} × ${height.toLocaleString()}`,
  /** An object in the text that is none here. */
  missing: 'This is not in the space any more',
  missingMeans: 'It was deleted, or has not reached this device yet.',
  elsewhere: 'In another space',
  empty: 'No file here yet',
} as const;

/** Where a file is. */
export const FILE_STATES = {
  away: 'Not on this device yet',
  awayAlone: 'Not on this device. It comes when somebody who has it is here.',
  partly: (percent: string): string => `${percent} on this device`,
  coming: (percent: string): string => `Receiving, ${percent}`,
  waitingForOthers: (percent: string): string => `${percent} here, waiting for somebody who has it`,
  pinned: 'Kept on this device',
  sending: (percent: string): string => `Sending, ${percent}`,
  waiting: 'Only on this device until you are connected',
  full: 'The server has no room for it. Others get it from you while you are here.',
} as const;

/** What went wrong, in one sentence each. */
export const FILE_FAILURES = {
  damaged: 'This file is damaged. Ask whoever added it to add it again.',
  noRoom: (name: string): string =>
    say`There is no room for ${name} on this device. Free some space, then add it again.`,
  notReadable: (name: string): string =>
    say`${name} cannot be added before this space has reached this device.`,
  notAdded: (name: string): string => say`${name} could not be added.`,
  notShown: 'This picture cannot be shown here. You can download it.',
  notFetched: 'This file could not be brought here.',
} as const;
