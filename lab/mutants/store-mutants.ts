/** Rules of storing, syncing and access, each broken in one place. */
import { lab, rulesOf, sim, unit, type Mutant } from './mutant.ts';

const echo = 'packages/echo/src';
const feed = 'packages/feed/src';

/** All of this file. */
export const STORE_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${feed}/log-replica.ts`, sim('--seeds 20 --steps 40'), {
    'durable-before-sent': [
      'Nothing leaves a process before the store has said that it is durable.',
      'const first = await done;',
      'void done.catch(() => undefined);\n    const first = undefined as number | undefined;',
    ],
  }),
  ...rulesOf(
    'packages/platform-node/src/block-tables.ts',
    unit('packages/platform-node/src/damaged-feeds.test.ts'),
    {
      'lost-feeds-leave-nothing': [
        'Where the table of feeds has lost one, its blocks do not seem to be gone.',
        "'LEFT JOIN feeds ON",
        "'JOIN feeds ON",
      ],
      'lost-feeds-are-taken': [
        'No number of a feed that was lost is given to another one.',
        'coalesce((SELECT max(feed) FROM blocks), 0)',
        '0',
      ],
    },
  ),
  ...rulesOf('packages/client/src/slot.ts', lab('lab/faults/profiles.test.ts'), {
    'unclean-end-new-feed': [
      'After an end without a word nobody knows what was sent: the feed is not continued.',
      'this.mayContinue = held.clean;',
      'this.mayContinue = true;',
    ],
  }),
  ...rulesOf(`${echo}/space/space.ts`, lab('lab/faults/profiles.test.ts'), {
    'taken-feed-is-left': [
      'Who hears of own blocks that it does not have was restored or copied, and begins a new feed.',
      'if (own === undefined || !taken) return;',
      'if (own === undefined || taken || !taken) return;',
    ],
  }),
  ...rulesOf(
    'packages/testkit/src/store-image.ts',
    unit('packages/testkit/src/memory-store.test.ts'),
    {
      'own-conflict': [
        'Two processes do not write one number of one feed twice.',
        "if (origin === 'own' && others.size > 0) {",
        "if (origin === 'own' && others.size > 9) {",
      ],
    },
  ),
  ...rulesOf(
    `${feed}/run.ts`,
    unit(`${feed}/hostile-run.test.ts ${feed}/log-replica.test.ts ${feed}/block.test.ts`),
    {
      'run-signature': [
        'A run counts only with the signature of its feed over its end.',
        'if (signature.length !== SIGNATURE_BYTES || !(await verifyTip(platform, tip, signature))) {',
        'if (signature.length !== SIGNATURE_BYTES || tip.seq < 0) {',
      ],
    },
  ),
  ...rulesOf(`${feed}/block.ts`, unit(`${feed}/block.test.ts`), {
    'content-hash': [
      'Who cannot read a block still refuses one whose content was changed.',
      'if (!equalBytes(contentHash(sealedInner, restHash(rest)), frame.contentHash)) {',
      'if (frame.contentHash.length === 0) {',
    ],
    'membership-tag': [
      'A block under another membership key is told apart before anything is opened.',
      'if (!equalBytes(membershipTag(key, frame.feed, frame.seq), frame.membershipTag)) {',
      'if (frame.membershipTag.length === 0) {',
    ],
  }),
  ...rulesOf(
    'packages/mesh/src/secure-channel.ts',
    unit('packages/mesh/src/mesh.test.ts packages/mesh/src/hostile-peer.test.ts'),
    {
      'session-tag': [
        'A session begins only between devices that have a secret in common.',
        'if (constantTimeEqual(secret.helloTag(candidate, ephemeral), tag)) return secret;',
        'if (tag.length > 0) return secret;',
      ],
    },
  ),
  ...rulesOf(
    'packages/mesh/src/stored-chunks.ts',
    lab('packages/client/src/blobs/blobs.sim.test.ts'),
    {
      'blob-pieces-are-checked': [
        'A piece of a file that the disk has changed counts as missing.',
        'if (bytes === undefined || chunkIdOf(bytes) === id) return bytes;',
        'if (bytes === undefined || id.length > 0) return bytes;',
      ],
    },
  ),
  ...rulesOf(
    'packages/client/src/blobs/blob-collector.ts',
    lab('packages/client/src/blobs/blobs.sim.test.ts'),
    {
      'blob-collector-named': [
        'A file that an object names stays, with all of its pieces.',
        'pieces.need(finder.found);',
        '',
      ],
    },
  ),
  ...rulesOf(
    'packages/client/src/blobs/blob-collector.ts',
    lab('packages/client/src/blobs/grace.sim.test.ts'),
    {
      'blob-collector-grace': [
        'A file that was just put is not yet named by anything.',
        'atMs > nowMs - graceMs);',
        'atMs > nowMs && graceMs > 0);',
      ],
    },
  ),
  ...rulesOf(
    'packages/client/src/blobs/blob-uploads.ts',
    lab('packages/client/src/blobs/grace.sim.test.ts'),
    {
      'blob-upload-mark-goes': [
        'What a server has is not held here as something that waits for it.',
        "await this.#index.mark(root, 'upload', false);",
        '',
      ],
    },
  ),
  ...rulesOf(
    'packages/client/src/blobs/blob-collector.ts',
    unit('packages/client/src/blobs/blob-collector.test.ts'),
    {
      'blob-collector-unsure': [
        'Nothing is removed while a part of the history cannot be read.',
        'if (unreadable === 0) return position;',
        'if (unreadable < 1e9) return position;',
      ],
    },
  ),
  ...rulesOf(`${echo}/undo-store.ts`, unit(`${echo}/undo-store.test.ts`), {
    'undo-is-sealed': [
      'Stacks of undo that were changed are not taken for steps.',
      'if (plaintext !== undefined) return plaintext;',
      'if (plaintext !== undefined || sealed.length > 0) return plaintext ?? sealed;',
    ],
  }),
];
