/** Rules of merging and folding, each broken in one place. */
import { lab, sim, unit, type Mutant } from './mutant.ts';

const echo = 'packages/echo/src';
const feed = 'packages/feed/src';

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
    find: 'if (write.covers === undefined) return blocks.reaches(dot.block, write.block);\n  return',
    replace: 'if (write.covers !== null) return blocks.reaches(dot.block, write.block);\n  return',
    killedBy: unit(`${echo}/merge-rules.test.ts`),
  },
  {
    name: 'add-wins-dots',
    why: 'A removal takes away only the additions that it names: an addition made meanwhile wins.',
    file: `${echo}/apply-op.ts`,
    find: 'const kept = dots.filter((dot) => !isCovered(place.fold.blocks, dot, write));',
    replace: "const kept = op.kind === 'remove' ? [] : [...dots];",
    killedBy: unit(`${echo}/merge-rules.test.ts`),
  },
  {
    name: 'counter-assign',
    why: 'An increment counts for the count that its writer saw, not for one that an assignment began.',
    file: `${echo}/apply-op.ts`,
    find: 'const key = countOf(place, op.counter, counter.counts);',
    replace:
      'const key = counter.siblings.at(-1)?.value ?? countOf(place, op.counter, counter.counts);',
    killedBy: unit(`${echo}/merge-rules.test.ts`),
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
    replace:
      "if (scope.isVoid && op.kind !== 'sequence' && op.kind !== 'set') return 'ECHO_OP_VOID';",
    killedBy: unit(`${echo}/merge-rules.test.ts`),
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
    killedBy: unit(`${echo}/merge-rules.test.ts`),
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
    killedBy: unit(`${echo}/merge-rules.test.ts`),
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

/** All of this file. */
export const MERGE_MUTANTS: readonly Mutant[] = [
  ...registers,
  ...folding,
  ...sequences,
  ...trees,
  ...undo,
];
