/**
 * What it takes to look back: folding the past, comparing, timelines, bringing back. A part of its own,
 * which a page loads when somebody first asks.
 */
export { bringBack, isForgotten } from './bring-back.ts';
export { compareAll, compareObject } from './compare.ts';
export { baseOf, isYounger, objectIn, objectsPast, wholePast } from './past.ts';
export { timelineOf } from './timeline.ts';
