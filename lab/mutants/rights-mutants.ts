/** Rules by which rights hold on every replica, whoever lies: those that attackers ask for, each broken. */
import { lab, rulesOf, unit, type Mutant } from './mutant.ts';

const feed = 'packages/feed/src';
const halo = 'packages/halo/src';
const byzantine = lab('lab/byzantine/directed.test.ts lab/byzantine/authority-world.test.ts');
const model = lab('lab/models/access-tree.test.ts');

/** All of this file. */
export const RIGHTS_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${halo}/credential-book.ts`, byzantine, {
    'cut-names-what-is-not-known': [
      'What a cut names is there for who has heard of it, whatever has come here since.',
      'return no !== undefined && this.#isIn(no, block) ? no : undefined;',
      'return no;',
    ],
  }),
  ...rulesOf(`${halo}/access/credentials-in-force.ts`, model, {
    'arrival-order': [
      'What is known to a block is what its past has, never what had come before it.',
      'return this.#isUpTo(act.place.block, block);',
      'return act.place.block <= block;',
    ],
    'no-cut': [
      'A removal takes away nothing that who removes had seen.',
      "if (effect !== 'purges' && this.#isUpTo(block, place.block)) return true;",
      "if (effect === 'none' && this.#isUpTo(block, place.block)) return true;",
    ],
    'cut-by-number': [
      'A cut names a block, and keeps what that builds on: a number of another branch is none of it.',
      'return tip !== undefined && this.#isUpTo(block, tip);',
      'return tip !== undefined && block <= tip;',
    ],
    'unlisted-feeds-stay': [
      'A feed that a cut does not name is void from where who removes had seen it.',
      'return cut.some((hash) => {',
      'return cut.length === 0 || cut.some((hash) => {',
    ],
  }),
  ...rulesOf(`${halo}/access/credentials-in-force.ts`, byzantine, {
    'grant-counts-where-first-seen': [
      'A grant that is stated in two branches counts in each, whichever came first.',
      'for (const held of this.places(id)) if (this.isKnownIn(block, held)) return held;',
      'for (const held of this.places(id)) return held;',
    ],
    'root-without-beginning': [
      'Who does not know what a space began with has no rights from it, in whatever order blocks come.',
      'if (act === undefined) return this.#rootBlocks.some((stated) => this.#isUpTo(stated, block));',
      'if (act === undefined) return true;',
    ],
  }),
  ...rulesOf(`${halo}/space-authority.ts`, byzantine, {
    'keys-by-arrival': [
      'Whether somebody may make keys follows from what his block knows, and never changes.',
      "const right = this.#judgeAsKnown({ block: block.no, credential: section.credential }, 'read');",
      "const right = this.#judge({ block: block.no, credential: section.credential }, 'read');",
    ],
  }),
  ...rulesOf(`${halo}/space-authority.ts`, unit(`${halo}/space-authority.test.ts`), {
    'sender-instead-of-author': [
      'A grant counts in a block of who signed it, and not of who passes it on.',
      'if (author.identity !== grant.issuer || author.device !== grant.device) {',
      'if (author.identity.length !== grant.issuer.length) {',
    ],
  }),
  ...rulesOf(`${halo}/rank.ts`, byzantine, {
    'hash-order': [
      'Seniority follows the order in which somebody gave rights: a hash can be ground.',
      'compare(a.deviceDepth, b.deviceDepth) ||',
      'compare(a.block, b.block) ||\n    compare(a.deviceDepth, b.deviceDepth) ||',
    ],
  }),
  ...rulesOf(
    `${halo}/key-book.ts`,
    unit('packages/echo/src/space/removal.test.ts packages/echo/src/space/fresh-keys.test.ts'),
    {
      'highest-generation-wins': [
        'Nobody seals under keys whose maker did not know of every removal that he himself knows.',
        'losses.every((loss) => loss.some((reason) => this.#knows(generation, reason, block))) &&',
        'losses.length >= 0 &&',
      ],
    },
  ),
  ...rulesOf(
    'packages/echo/src/space/block-folding.ts',
    unit('packages/echo/src/space/late-keys.test.ts'),
    {
      'keys-of-late-blocks': [
        'Keys are opened also when their block had to wait for another.',
        'next.push(...(isFolded ? await this.#behind(hash) : await this.#opened()));',
        'next.push(...(isFolded ? this.#parts.parked.takeWaitingFor(hash) : await this.#opened()));',
      ],
    },
  ),
  ...rulesOf(`${feed}/branch-index.ts`, unit(`${feed}/log-replica.test.ts`), {
    'freeze-at-a-fork': [
      'A fork voids nothing: all branches of a feed count.',
      "return entry.branches.length < BRANCHES_PER_FEED_MAX ? undefined : 'FEED_BRANCHES_MAX';",
      "return entry.branches.length < 1 ? undefined : 'FEED_BRANCHES_MAX';",
    ],
  }),
  ...rulesOf(
    'packages/echo/src/space/block-applier.ts',
    unit('packages/echo/src/space/no-room.test.ts'),
    {
      'a-limit-voids': [
        'What finds no room waits, and counts when there is some: a limit makes nothing void.',
        "return waits === undefined ? { refuse: 'FEED_UNUSED_FULL' } : { wait: waits };",
        "return { refuse: 'FEED_UNUSED_FULL' };",
      ],
    },
  ),
  ...rulesOf(
    `${halo}/host-machine.ts`,
    unit(`${halo}/machines.test.ts ${halo}/invitation-faults.test.ts ${halo}/invitation.test.ts`),
    {
      'host-confirms-first': [
        'A guess is spent before anything tells whether it was right: the guest confirms first.',
        "return [next, [{ do: 'send', line, message: { say: 'share', share: run.share } }]];",
        "const early = { say: 'confirmed', confirmation: confirmations.responder } as const;\n  return [next, [{ do: 'send', line, message: { say: 'share', share: run.share } }, { do: 'send', line, message: early }]];",
      ],
    },
  ),
];
