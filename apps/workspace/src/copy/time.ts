/** Words of versions, the past of a space, and branches. */
import { counted } from './general.ts';
import { say } from './say.ts';

/** Named versions. */
export const VERSIONS = {
  title: 'Versions and branches',
  section: 'Versions',
  lead: 'Name how things are now, and you can come back to it later. Nothing is copied, and everyone in the space sees the name.',
  name: 'Name this version',
  nameField: 'Name of the version',
  nameHint: 'Such as “Before the move” or “Sent to the printer”.',
  nameMissing: 'Give it a name.',
  nameTaken: 'There is a version of that name. Choose another one.',
  made: (name: string): string => say`Named “${name}”`,
  none: 'No versions yet.',
  namedBy: (who: string, when: string): string => say`Named by ${who}, ${when}`,
  see: 'See as it was',
  seeOf: (name: string): string => say`See as it was: ${name}`,
  since: 'Changed since',
  sinceOf: (name: string): string => say`Changed since “${name}”`,
  bringBack: 'Bring this back',
  bringBackLabel: (name: string): string => say`Bring back ${name}`,
  broughtBack: (count: number, forgotten: number): string => {
    const gone =
      forgotten === 0
        ? ''
        : ` ${counted(forgotten, 'thing was', 'things were')} deleted too long ago to come back.`;
    if (count === 0) return gone.trim() || 'It is the same now. Nothing was changed.';
    return say`Brought back: ${counted(count, 'thing', 'things')} changed${gone === '' ? '' : '.'}${gone}`;
  },
  unname: 'Take the name away',
  unnamedToast: (name: string): string =>
    say`The name “${name}” was taken away. Nothing else changed.`,
  more: (name: string): string => say`More for ${name}`,
  atMoment: 'Another moment',
  atMomentHint: 'Shows what everybody had written by then.',
  look: 'Look',
  named: (name: string, when: string): string => say`“${name}”, ${when}`,
  unnamed: (name: string): string => say`“${name}”`,
  begins: (when: string): string =>
    `History begins ${when}. What was before it is not kept on this device.`,
  failed: 'That could not be done.',
  dropped: 'What was before the beginning of history is not kept on this device.',
  unknown: 'There is no version of that name any more.',
  fork: 'What the branch grew from is not kept on this device. Merge it on one that keeps that history.',
} as const;

/** A space as it was. */
export const PAST = {
  title: (when: string): string => `You see this space as it was: ${when}.`,
  means: 'Nothing here can be changed.',
  leave: 'Back to now',
  loading: 'Looking back…',
  failed: 'This state cannot be shown.',
} as const;

/** What is different between two states. */
export const CHANGES = {
  none: 'Nothing is different.',
  created: 'New',
  changed: 'Changed',
  deleted: 'Deleted',
  restored: 'Brought back',
  count: (count: number): string => `${counted(count, 'thing', 'things')} different`,
  more: (count: number): string => `Show ${count.toLocaleString()} more`,
  legend: 'Struck words have gone since, marked words have come.',
  loading: 'Comparing…',
  failed: 'This could not be compared.',
} as const;

/** Branches. */
export const BRANCHES = {
  section: 'Branches',
  lead: 'A branch is a copy in which you can try something. This space stays as it is until you merge what you changed, and nobody sees the branch until you invite them to it.',
  try: 'Try something',
  tryTitle: (space: string): string => say`Try something with ${space}`,
  nameField: 'Name of the branch',
  // A name that is kept, no sentence: nothing is isolated in it.
  suggested: (space: string, count: number): string =>
    count === 0 ? `${space}, a try` : `${space}, try ${String(count + 1)}`,
  what: 'What to copy',
  everything: 'Everything',
  onlyThis: (title: string): string => say`Only ${title === '' ? 'this' : `“${title}”`}`,
  make: 'Make the branch',
  none: 'No branches yet.',
  open: 'Open',
  of: (space: string): string => say`Branch of ${space}`,
  elsewhere: 'Branch of a space that is not here',
  inBranch: (space: string): string => say`You are in a branch of ${space}.`,
  inBranchMeans: 'What you change here stays here until you merge it.',
  orphan: 'This is a branch of a space that is not on this device.',
  orphanMeans: 'You can work in it. It can be merged where that space is.',
  merged: (space: string, when: string): string =>
    say`This branch was merged into ${space} ${when}.`,
  mergedMeans: 'What you change here now stays here. For more, make a new branch.',
  compare: 'Compare and merge',
  mergeTitle: 'Compare and merge',
  mergedWhen: (when: string): string => `Merged ${when}`,
  put: 'Thrown away',
  putLead:
    'Branches that were merged or thrown away leave the list. They stay on your devices until you delete them for good, and you can take them out again.',
  throwAway: 'Throw away',
  threwAway: (name: string): string => say`Threw away ${name}`,
  takeOut: 'Take out again',
  here: 'What this branch changes',
  nothingHere: 'Nothing was changed in this branch yet.',
  there: (space: string): string => say`What has changed in ${space} since`,
  nothingThere: (space: string): string => say`Nothing has changed in ${space} since.`,
  conflicts: 'Changed on both sides',
  conflictsLead: (space: string): string =>
    say`These were changed here and in ${space}. Choose what shall stay. Everything else is merged by itself.`,
  was: 'Was',
  choose: (what: string): string => say`What stays: ${what}`,
  fromOrigin: (space: string): string => say`From ${space}`,
  fromBranch: 'From this branch',
  goneOrKept: 'Deleted on one side, changed on the other',
  deletedThere: 'Deleted',
  changedThere: 'Changed',
  nothing: 'nothing',
  merge: (space: string): string => say`Merge into ${space}`,
  undecided: (count: number): string =>
    `${counted(count, 'thing is', 'things are')} still to be decided.`,
  ready: (count: number): string => `${counted(count, 'thing changes', 'things change')}.`,
  readerThere: (space: string): string => say`You can read ${space}, but not change it.`,
  didMerge: (count: number): string => `Merged: ${counted(count, 'thing', 'things')} changed`,
  failed: 'This could not be merged.',
  failedMeans: 'Nothing was changed.',
} as const;
