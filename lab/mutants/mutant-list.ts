/** Rules of merging, syncing and storing, each broken on purpose in one place, and the run that must notice. */

/** One broken rule. */
export interface Mutant {
  readonly name: string;
  /** What the rule is for: what would go wrong without it. */
  readonly why: string;
  /** File relative to the repository, and the text in it that occurs exactly once. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The cheapest run that fails with it: arguments after `npx`, or after `npm run sim --`. */
  readonly killedBy: string;
}

const unit = (file: string): string => `vitest run --project unit --bail 1 ${file}`;
const lab = (file: string): string => `vitest run --project sim --bail 1 ${file}`;
const sim = (options: string): string => `sim ${options}`;

const echo = 'packages/echo/src';
const feed = 'packages/feed/src';
const halo = 'packages/halo/src';

const registers: readonly Mutant[] = [
  {
    name: 'register-winner-order',
    why: 'The winner of concurrent writes is the greatest (lamport, hash), not the last to arrive.',
    file: `${echo}/register.ts`,
    find: 'return blocks.compare(a.block, b.block) || a.op - b.op;',
    replace: 'return a.block - b.block || a.op - b.op;',
    killedBy: unit(`${echo}/fold.prop.test.ts`),
  },
  {
    name: 'register-covers-concurrent',
    why: 'A write covers what it has seen; values written meanwhile stay beside it.',
    file: `${echo}/register.ts`,
    find: 'if (write.covers === undefined) return blocks.reaches(dot.block, write.block);',
    replace: 'if (write.covers === undefined) return true;',
    killedBy: unit(`${echo}/fold.prop.test.ts`),
  },
  {
    name: 'resolve-covers-all',
    why: 'Settling a conflict covers exactly the values that were listed.',
    file: `${echo}/register.ts`,
    find: 'cover.op === dot.op &&',
    replace: '',
    killedBy: unit(`${echo}/kinds.test.ts`),
  },
  {
    name: 'add-wins-dots',
    why: 'A removal takes away only the additions that it names: an addition made meanwhile wins.',
    file: `${echo}/apply-op.ts`,
    find: 'const kept = dots.filter((dot) => !isCovered(place.fold.blocks, dot, write));',
    replace: "const kept = op.kind === 'remove' ? [] : [...dots];",
    killedBy: unit(`${echo}/fold.prop.test.ts`),
  },
  {
    name: 'counter-assign',
    why: 'An assignment begins a new count that replaces the ones it has seen.',
    file: `${echo}/apply-op.ts`,
    find: 'const write = { block, covers: undefined, next: { block, op: at, value: key } };',
    replace: 'const write = { block, covers: [], next: { block, op: at, value: key } };',
    killedBy: unit(`${echo}/kinds.test.ts ${echo}/database.test.ts`),
  },
  {
    name: 'counter-increments-add-up',
    why: 'Increments of everybody add up.',
    file: `${echo}/apply-op.ts`,
    find: 'count.sum += BigInt(op.amount);',
    replace: 'count.sum = BigInt(op.amount);',
    killedBy: unit(`${echo}/database.test.ts`),
  },
  {
    name: 'deletion-is-a-register',
    why: 'Of a concurrent deletion and restoration the winner decides, for everyone alike.',
    file: `${echo}/apply-op.ts`,
    find: 'state.deleted = writeRegister(fold.blocks, state.deleted, {',
    replace: 'state.deleted = writeRegister(fold.blocks, [], {',
    killedBy: unit(`${echo}/fold.prop.test.ts`),
  },
];

const folding: readonly Mutant[] = [
  {
    name: 'void-does-not-supersede',
    why: 'Ops without a right change nothing, and so replace nothing.',
    file: `${echo}/fold.ts`,
    find: "if (scope.isVoid && op.kind !== 'sequence') return 'ECHO_OP_VOID';",
    replace: "if (scope.isVoid && op.kind !== 'sequence' && op.kind !== 'set') return 'ECHO_OP_VOID';",
    killedBy: unit(`${echo}/fold.prop.test.ts`),
  },
  {
    name: 'refold-from-nothing',
    why: 'Folding an object again begins with nothing of what was there.',
    file: `${echo}/fold.ts`,
    find: 'new ObjectState({ blocks, fields: new Map(), deleted: [] })',
    replace: 'new ObjectState({ blocks, fields: before.fields, deleted: before.deleted })',
    killedBy: unit(`${echo}/fold.prop.test.ts`),
  },
  {
    name: 'edit-before-creation',
    why: 'An op on an object that its writer cannot know of is void.',
    file: `${echo}/fold.ts`,
    find: 'if (row < 0 || !this.blocks.reaches(this.rows.block(row), scope.block.no)) {',
    replace: 'if (row < 0) {',
    killedBy: unit(`${echo}/malformed.prop.test.ts ${echo}/fold.prop.test.ts ${echo}/database.test.ts`),
  },
  {
    name: 'dep-omission',
    why: 'A block names what its writer has seen, or its ops build on what is not in their past.',
    file: `${echo}/space/block-applier.ts`,
    find: 'this.#parts.folded.note(no);',
    replace: '',
    killedBy: sim('--seeds 20 --steps 40'),
  },
  {
    name: 'lamport-check',
    why: 'A block that states a greater lamport number than its past gives would win everything.',
    file: `${echo}/space/space-index.ts`,
    find: 'if (inner.lamport !== greatest + 1)',
    replace: 'if (inner.lamport < 0)',
    killedBy: lab('lab/faults/hostile-peer.test.ts'),
  },
  {
    name: 'dep-is-true',
    why: 'What a block states of its deps is compared with the blocks.',
    file: `${echo}/space/space-index.ts`,
    find: 'else if (!this.#states(dep, number))',
    replace: 'else if (number < 0)',
    killedBy: lab('lab/faults/hostile-peer.test.ts'),
  },
  {
    name: 'causal-context',
    why: 'Who knows a block knows all that its writer knew.',
    file: `${feed}/causal-index.ts`,
    find: 'this.#raise(branch, seq, { other: third, otherSeq: valueAt(timeline, depSeq) });',
    replace: '',
    killedBy: unit(`${feed}/causal-index.prop.test.ts`),
  },
  {
    name: 'causal-context-of-a-fork',
    why: 'A branch knows of its parent what lay before the fork, and no more.',
    file: `${feed}/causal-index.ts`,
    find: 'until = Math.min(until, this.#branches.branchFork(at) - 1);',
    replace: '',
    killedBy: unit(`${feed}/causal-index.prop.test.ts`),
  },
];

const sequences: readonly Mutant[] = [
  {
    name: 'list-move-winner',
    why: 'Of two moves of one element the winner counts, whichever arrives first.',
    file: `${echo}/sequence/list-sequence.ts`,
    find: 'this.#order.compareStamps(stamp, before.stamp) > 0;',
    replace: 'stamp > before.stamp;',
    killedBy: unit(`${echo}/sequence/list-sequence.prop.test.ts`),
  },
  {
    name: 'list-move-hides-the-old-place',
    why: 'An element that is moved stands in one place only.',
    file: `${echo}/sequence/list-sequence.ts`,
    find: 'sequence.setShown(old, false, changes);',
    replace: '',
    killedBy: unit(`${echo}/sequence/list-sequence.prop.test.ts`),
  },
  {
    name: 'fugue-siblings-order',
    why: 'Insertions at one place stand in an order that all replicas know.',
    file: `${echo}/sequence/fugue-placement.ts`,
    find: 'const order = this.#order.compareAgents(agentA, agentB);',
    replace: 'const order = agentA - agentB;',
    killedBy: unit(`${echo}/sequence/text-sequence.prop.test.ts`),
  },
  {
    name: 'fugue-side',
    why: 'An insertion hangs on the left of its right neighbour where its left one is taken: runs do not mix.',
    file: `${echo}/sequence/fugue-placement.ts`,
    find: 'return this.ids.continues(unit) || this.#children.has(keyOf(unit, RIGHT));',
    replace: 'return this.ids.continues(unit);',
    killedBy: unit(`${echo}/sequence/text-sequence.prop.test.ts`),
  },
  {
    name: 'mark-winner',
    why: 'Of two marks of one key over one stretch the winner holds, in whatever order they came.',
    file: `${echo}/rich-text/mark-line.ts`,
    find: 'if (old === undefined || wins(old, next)) this.writes[at] = next;',
    replace: 'this.writes[at] = next;',
    killedBy: unit(`${echo}/rich-text/rich-text.prop.test.ts`),
  },
];

const trees: readonly Mutant[] = [
  {
    name: 'tree-skip-order',
    why: 'Of a cycle the greatest edge is left out, whichever came last.',
    file: `${echo}/tree/tree-structure.ts`,
    find: 'if (this.#order.compareEdges(other, this.#edges.get(greatest) as Edge) > 0) greatest = at;',
    replace: '',
    killedBy: unit(`${echo}/tree/tree-structure.prop.test.ts`),
  },
  {
    name: 'tree-edge-comes-back',
    why: 'An edge that was left out counts again when the cycle is gone.',
    file: `${echo}/tree/tree-structure.ts`,
    find: 'if (freed !== undefined && freed !== node) this.#list(this.parentOf(freed), freed);',
    replace: 'if (freed !== undefined && freed !== node) this.#list(ROOT, freed);',
    killedBy: unit(`${echo}/tree/tree-structure.prop.test.ts`),
  },
];

const undo: readonly Mutant[] = [
  {
    name: 'undo-overrides-others',
    why: 'Undo takes back own writes that stand, and never what somebody wrote since.',
    file: `${echo}/undo-invert.ts`,
    find: 'const own = named.filter((dot) => dots.some((mine) => sameDot(mine, dot)));',
    replace: 'const own = named;',
    killedBy: unit(`${echo}/undo-log.test.ts`),
  },
  {
    name: 'undo-of-anothers-text',
    why: 'Undo shows and hides only text that the same person was the last to show or hide.',
    file: `${echo}/undo-invert.ts`,
    find: 'const own = (stamp: number): boolean => fold.blocks.get(stamp).author === author;',
    replace: 'const own = (): boolean => author !== undefined;',
    killedBy: unit(`${echo}/undo-log.test.ts`),
  },
];

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
    killedBy: lab('lab/faults/machines.test.ts lab/faults/profiles.test.ts'),
  },
  {
    name: 'taken-feed-is-left',
    why: 'Who hears of own blocks that it does not have was restored or copied, and begins a new feed.',
    file: `${echo}/space/space.ts`,
    find: 'if (own === undefined || !taken) return;',
    replace: 'if (own === undefined || taken || !taken) return;',
    killedBy: unit(`${echo}/space/forks.test.ts`),
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
    replace: "return concatBytes(utf8('snapshot-page'), idBytes(this.#space), utf8(name.slice(0, 0)));",
    killedBy: unit(`${echo}/snapshot/faults.test.ts`),
  },
  {
    name: 'transferred-chunk-hash',
    why: 'What is fetched of a snapshot is compared with the root that the epoch names.',
    file: `${echo}/snapshot/snapshot-sink.ts`,
    find: "requireThat(equalBytes(tree.root(), hash), 'rows have their hash');",
    replace: '',
    killedBy: unit(`${echo}/snapshot/transfer.prop.test.ts`),
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
    name: 'section-digest',
    why: 'A section is the one that the header names.',
    file: `${feed}/block.ts`,
    find: "if (!equalBytes(digest('section', sealed), section.digest))",
    replace: 'if (section.digest.length === 0)',
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
    killedBy: unit(`${echo}/epoch/epoch-book.prop.test.ts ${echo}/epoch/epoch-book.test.ts`),
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
    replace: 'this.#window = this.#window.length > 0 ? before.filter((row) => this.has(row)) : this.#readWindow();',
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
    find: 'if (known !== undefined) this.#entries.delete(known);\n      this.#entries.add(entry);',
    replace: 'this.#entries.add(entry);',
    killedBy: unit(`${echo}/query/field-index.prop.test.ts ${echo}/query/query.prop.test.ts`),
  },
];

/** All of them. */
export const MUTANTS: readonly Mutant[] = [
  ...registers,
  ...folding,
  ...sequences,
  ...trees,
  ...undo,
  ...storing,
  ...blocks,
  ...access,
  ...queries,
];
