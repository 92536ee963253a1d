/** Rules of feeds that fork beside epochs, each broken in one place. */
import { rulesOf, unit, type Mutant } from './mutant.ts';

const echo = 'packages/echo/src';
const feed = 'packages/feed/src';
const forked = unit(`${echo}/epoch/forked-feeds.test.ts`);

/** All of this file. */
export const FORK_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${echo}/unit-timeline.ts`, forked, {
    'late-fork-counts': [
      'Where a chain stood at each of its blocks stays known as long as the blocks are here.',
      'line.settled = units;',
      'line.settled = line.base = units;\n      line.blocks = [];\n      line.units = [];',
    ],
  }),
  ...rulesOf(`${echo}/element-ids.ts`, forked, {
    'exact-past-first': [
      'A name means what its writer has seen, before it means what an epoch lets everybody name.',
      'const fits = seen.length > 0 ? seen : fitting(({ reach, to }) => reach ?? to);',
      'const fits = fitting(({ reach, to }) => reach ?? to);',
    ],
  }),
  ...rulesOf(`${feed}/branch-index.ts`, unit(`${feed}/branch-index.test.ts`), {
    'no-place-below-what-is-whole': [
      'What is new below what an epoch has let go has no place, for everyone alike.',
      "if (seq < entry.whole) return 'FEED_FORGOTTEN';",
      '',
    ],
  }),
  ...rulesOf(`${echo}/space/block-applier.ts`, forked, {
    'unheard-rights-are-waited-for': [
      'Who was let in on a branch that was refused is waited for, and what he wrote is not void.',
      'return isUnheard ? letGo.hash : undefined;',
      'return isUnheard && false ? letGo.hash : undefined;',
    ],
  }),
  ...rulesOf(`${echo}/epoch/drop-history.ts`, forked, {
    'dropping-lets-go-at-once': [
      'Who has dropped refuses what has no place any more, and not only once it is opened again.',
      'for (const branches of [index.branches, parts.replica()]) branches.letGo(feed, whole);',
      'void feed;\n    void whole;',
    ],
  }),
  ...rulesOf(`${echo}/epoch/epoch-archive.ts`, forked, {
    'parted-branch-keeps-history': [
      'History stays for a branch that parts under an epoch, until one has it.',
      'if (this.#isPartedFrom(terms)) return false;',
      '',
    ],
    'kept-epoch-is-given-up': [
      'A kept epoch that has no place for a branch that is here is of no use.',
      'if (epoch === undefined || terms === undefined || !this.#isPartedFrom(terms)) return;',
      'if (epoch === undefined || terms !== undefined || epoch !== undefined) return;',
    ],
  }),
  ...rulesOf(`${echo}/epoch/frontier.ts`, forked, {
    'whole-from-the-parting': [
      'Of a feed whose chains part under an epoch all stays in order from there on.',
      'wholes.set(feed, parts.length === 0 ? branches.seqOf(first) + 1 : Math.min(...parts));',
      'wholes.set(feed, parts.length < 0 ? 0 : branches.seqOf(first) + 1);',
    ],
  }),
  ...rulesOf(`${echo}/epoch/work-apart.ts`, unit(`${echo}/epoch/work-apart.test.ts`), {
    'work-apart-is-looked-for': [
      'An epoch that has no place for work of this device is not taken over as if there were none.',
      'if (firsts.length === 0) return [];',
      'if (firsts.length >= 0) return [];',
    ],
    'work-apart-knows-what-others-have': [
      'What others were known to have is no work apart.',
      'this.#shared = ends.shared.flatMap(known);',
      'this.#shared = ends.shared.slice(0, 0).flatMap(known);',
    ],
    'work-apart-in-other-feeds': [
      'What builds on work apart in another feed is apart, too.',
      'first === no || causal.isInPast(first, no);',
      'first === no;',
    ],
  }),
];
