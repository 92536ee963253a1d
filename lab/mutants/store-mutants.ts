/** Rules of storing, syncing, access and queries, each broken in one place. */
import { lab, sim, unit, type Mutant } from './mutant.ts';

const echo = 'packages/echo/src';
const feed = 'packages/feed/src';
const halo = 'packages/halo/src';

const storing: readonly Mutant[] = [
  {
    name: 'durable-before-sent',
    why: 'Nothing leaves a process before the store has said that it is durable.',
    file: `${feed}/log-replica.ts`,
    find: '    await done;\n',
    replace: '    void done.catch(() => undefined);\n',
    killedBy: sim('--seeds 20 --steps 40'),
  },
  {
    name: 'unclean-end-new-feed',
    why: 'After an end without a word nobody knows what was sent: the feed is not continued.',
    file: 'packages/client/src/slot.ts',
    find: 'this.mayContinue = held.clean;',
    replace: 'this.mayContinue = true;',
    killedBy: lab('lab/faults/profiles.test.ts'),
  },
  {
    name: 'taken-feed-is-left',
    why: 'Who hears of own blocks that it does not have was restored or copied, and begins a new feed.',
    file: `${echo}/space/space.ts`,
    find: 'if (own === undefined || !taken) return;',
    replace: 'if (own === undefined || taken || !taken) return;',
    killedBy: lab('lab/faults/profiles.test.ts'),
  },
  {
    name: 'snapshot-frontier',
    why: 'A snapshot that knows more than the log is of another log.',
    file: `${echo}/snapshot/restore.ts`,
    find: 'if (block?.position === logEnd.position && block.hash === logEnd.hash) return;',
    replace: 'if (block?.position !== -1) return;',
    killedBy: unit(`${echo}/snapshot/faults.test.ts`),
  },
  {
    name: 'page-is-bound-to-its-name',
    why: 'A page in the place of another does not open.',
    file: `${echo}/snapshot/page-store.ts`,
    find: "return concatBytes(utf8('snapshot-page'), idBytes(this.#space), utf8(name));",
    replace:
      "return concatBytes(utf8('snapshot-page'), idBytes(this.#space), utf8(name.slice(0, 0)));",
    killedBy: unit(`${echo}/snapshot/page-store.test.ts`),
  },
  {
    name: 'transferred-chunk-hash',
    why: 'What is fetched of a snapshot is compared with the root that the epoch names.',
    file: `${echo}/snapshot/snapshot-sink.ts`,
    find: 'function requireThat(condition: boolean, rule: string): void {',
    replace:
      'function requireThat(condition: boolean, rule: string): void {\n  if (rule.length > 0) return;',
    killedBy: unit(`${echo}/snapshot/altered-chunks.test.ts`),
  },
  {
    name: 'own-conflict',
    why: 'Two processes do not write one number of one feed twice.',
    file: 'packages/testkit/src/store-image.ts',
    find: "if (origin === 'own' && others.size > 0) {",
    replace: "if (origin === 'own' && others.size > 9) {",
    killedBy: unit('packages/testkit/src/memory-store.test.ts'),
  },
];

const blocks: readonly Mutant[] = [
  {
    name: 'run-signature',
    why: 'A run counts only with the signature of its feed over its end.',
    file: `${feed}/run.ts`,
    find: 'if (signature.length !== SIGNATURE_BYTES || !(await verifyTip(platform, tip, signature))) {',
    replace: 'if (signature.length !== SIGNATURE_BYTES || tip.seq < 0) {',
    killedBy: unit(`${feed}/hostile-run.test.ts ${feed}/log-replica.test.ts ${feed}/block.test.ts`),
  },
  {
    name: 'content-hash',
    why: 'Who cannot read a block still refuses one whose content was changed.',
    file: `${feed}/block.ts`,
    find: 'if (!equalBytes(contentHash(sealedInner, restHash(rest)), frame.contentHash)) {',
    replace: 'if (frame.contentHash.length === 0) {',
    killedBy: unit(`${feed}/block.test.ts`),
  },
  {
    name: 'membership-tag',
    why: 'A block under another membership key is told apart before anything is opened.',
    file: `${feed}/block.ts`,
    find: 'if (!equalBytes(membershipTag(key, frame.feed, frame.seq), frame.membershipTag)) {',
    replace: 'if (frame.membershipTag.length === 0) {',
    killedBy: unit(`${feed}/block.test.ts`),
  },
  {
    name: 'session-tag',
    why: 'A session begins only between devices that have a secret in common.',
    file: 'packages/mesh/src/secure-channel.ts',
    find: 'if (constantTimeEqual(secret.helloTag(candidate, ephemeral), tag)) return secret;',
    replace: 'if (tag.length > 0) return secret;',
    killedBy: unit('packages/mesh/src/mesh.test.ts packages/mesh/src/hostile-peer.test.ts'),
  },
];

const access: readonly Mutant[] = [
  {
    name: 'credential-causality',
    why: 'A right is judged from the causal past of the block, never from what is known now.',
    file: `${halo}/credential-book.ts`,
    find: 'if (held === undefined || !held.presence.at(block)) return',
    replace: 'if (held === undefined) return',
    killedBy: unit(`${halo}/space-authority.prop.test.ts ${halo}/space-authority.test.ts`),
  },
  {
    name: 'rights-shrink',
    why: 'Nobody gives a right that is as great as the own one, but who owns.',
    file: `${halo}/credential-book.ts`,
    find: "return held === 'own' || levelNumber(given) < levelNumber(held);",
    replace: "return held === 'own' || levelNumber(given) <= levelNumber(held);",
    killedBy: unit(`${halo}/space-authority.test.ts`),
  },
  {
    name: 'credential-is-held',
    why: 'Citing the credential of another gives no right.',
    file: `${halo}/credential-book.ts`,
    find: "if (held.subject.to === 'identity' && held.subject.identity !== identity) {",
    replace: "if (held.subject.to === 'anyone') {",
    killedBy: unit(`${halo}/space-authority.test.ts`),
  },
  {
    name: 'epoch-majority',
    why: 'An epoch is sealed by more than half of the listed voters.',
    file: `${echo}/epoch/epoch-instance.ts`,
    find: 'return Math.floor(voters / 2) + 1;',
    replace: 'return Math.ceil(voters / 2);',
    killedBy: unit(`${echo}/epoch/epoch-book.prop.test.ts ${echo}/epoch/epoch-book.test.ts`),
  },
  {
    name: 'epoch-promise-binds',
    why: 'Who has promised a ballot acknowledges in none below it.',
    file: `${echo}/epoch/epoch-instance.ts`,
    find: '|| floor > ballot || acknowledged >= ballot) return false;',
    replace: ') return false;',
    killedBy: unit(`${echo}/epoch/epoch-book.prop.test.ts ${echo}/epoch/epoch-book.test.ts`),
  },
  {
    name: 'epoch-keeps-what-may-be-sealed',
    why: 'A later ballot proposes what an earlier one may have sealed.',
    file: `${echo}/epoch/epoch-instance.ts`,
    find: "if (open.at === 'wait' || (open.at === 'only' && open.epoch !== epoch)) return false;",
    replace: "if (open.at === 'wait') return false;",
    killedBy: unit(`${echo}/epoch/epoch-book.test.ts`),
  },
];

const queries: readonly Mutant[] = [
  {
    name: 'kept-query-removes',
    why: 'A kept query lets go of what does not fit any more.',
    file: `${echo}/query/live-query.ts`,
    find: 'else if (view.has(row)) view.remove(row);',
    replace: '',
    killedBy: unit(`${echo}/query/query.prop.test.ts`),
  },
  {
    name: 'kept-query-window',
    why: 'A window is filled up from what stands behind it.',
    file: `${echo}/query/result-list.ts`,
    find: 'this.#window = this.#readWindow();',
    replace:
      'this.#window = this.#window.length > 0 ? before.filter((row) => this.has(row)) : this.#readWindow();',
    killedBy: unit(`${echo}/query/query.prop.test.ts`),
  },
  {
    name: 'equality-index-after-change',
    why: 'A row that has changed may stand under a value that it no longer has.',
    file: `${echo}/query/equality-index.ts`,
    find: 'return [...rows].filter((row) => !this.#changed.has(row) || has(row));',
    replace: 'return has(-1) ? [] : rows;',
    killedBy: unit(`${echo}/query/query.prop.test.ts`),
  },
  {
    name: 'ordered-index-after-change',
    why: 'An ordered index has a row once.',
    file: `${echo}/query/ordered-index.ts`,
    find: 'if (before !== undefined) this.#laterInOrder.delete(before);\n',
    replace: '',
    killedBy: unit(`${echo}/query/ordered-index.prop.test.ts`),
  },
];

/** All of this file. */
export const STORE_MUTANTS: readonly Mutant[] = [...storing, ...blocks, ...access, ...queries];
