/**
 * What it takes to fold the state of an epoch again and to prune it. A part of its own, which a page loads
 * when there is an epoch to vote for or to keep.
 */
export { enterKept } from './enter-kept.ts';
export { EpochReplay } from './epoch-replay.ts';
export { PrunedState } from './pruned-state.ts';
