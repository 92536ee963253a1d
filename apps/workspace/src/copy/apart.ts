/** Words for what was written in an old copy of a profile while the others went on without it. */
import { counted } from './general.ts';

const changes = (count: number): string => counted(count, 'change', 'changes');

/** Above a space. */
export const APART = {
  coming: (count: number): string =>
    `${changes(count)} from an older copy of this device ${count === 1 ? 'is' : 'are'} on the way.`,
  comingMeans:
    'What you wrote after a backup was put back is missing here for a moment. It appears again by itself, for everyone, beside what the others wrote.',
  came: (count: number): string =>
    `${changes(count)} from an older copy of this device ${count === 1 ? 'is' : 'are'} here now, for everyone.`,
  cameMeans:
    'Nothing of the others was written over. Words from just before the backup may be there twice.',
  others: (count: number): string =>
    `${changes(count)} of somebody else ${count === 1 ? 'was' : 'were'} made in an older copy of their device.`,
  othersMeans:
    'They are kept here, out of sight, and appear for everyone when that device is back.',
  twice: 'This space has come apart: a copy of a device has gone its own way.',
  twiceMeans:
    'Here and there, people do not see what the others write. Agree on which side goes on. On each device of the other side, save the space as a file, leave it, and come back by a new invitation: the file shows what has to be written again.',
  gotIt: 'Got it',
  stuck: (count: number): string =>
    `${changes(count)} from an older copy of this device cannot join what the others have.`,
  stuckMeans:
    'They stay on this device, and what the others write does not arrive here. Save the space as a file to keep them, then leave them behind.',
};
