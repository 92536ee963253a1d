/** Writers, replicas and mutations for tests of this package and of those above it. Never shipped. */
export { fuzzBlocks, fuzzRuns, mutate, type FuzzOutcome, type FuzzRng } from './fuzz.ts';
export { Bench } from './replica-bench.ts';
export { TestFeed, depOn, testSection, testSpace, type TestSpace } from './test-feed.ts';
