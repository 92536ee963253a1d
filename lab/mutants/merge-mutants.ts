/** Rules of merging and folding, each broken in one place: what, instead of what, and why not. */
import { lab, rulesOf, sim, unit, type Mutant } from './mutant.ts';

const echo = 'packages/echo/src';
const feed = 'packages/feed/src';

/** All of this file. */
export const MERGE_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${echo}/register.ts`, unit(`${echo}/fold.prop.test.ts`), {
    'register-winner-order': [
      'The winner of concurrent writes is the greatest (lamport, hash), not the last to arrive.',
      'return blocks.compare(a.block, b.block) || a.op - b.op;',
      'return a.block - b.block || a.op - b.op;',
    ],
    'register-covers-concurrent': [
      'A write covers what it has seen; values written meanwhile stay beside it.',
      'if (write.covers === undefined) return blocks.reaches(dot.block, write.block);',
      'if (write.covers === undefined) return true;',
    ],
  }),
  ...rulesOf(`${echo}/register.ts`, unit(`${echo}/merge-rules.test.ts`), {
    'resolve-covers-all': [
      'Settling a conflict covers exactly the values that were listed.',
      'if (write.covers === undefined) return blocks.reaches(dot.block, write.block);\n  return',
      'if (write.covers !== null) return blocks.reaches(dot.block, write.block);\n  return',
    ],
  }),
  ...rulesOf(`${echo}/apply-op.ts`, unit(`${echo}/merge-rules.test.ts`), {
    'add-wins-dots': [
      'A removal takes away only the additions that it names: an addition made meanwhile wins.',
      'const kept = dots.filter((dot) => !isCovered(place.fold.blocks, dot, write));',
      "const kept = op.kind === 'remove' ? [] : [...dots];",
    ],
    'counter-assign': [
      'An increment counts for the count that its writer saw, not for one that an assignment began.',
      'const key = countOf(place, op.counter, counter.counts);',
      'const key = counter.siblings.at(-1)?.value ?? countOf(place, op.counter, counter.counts);',
    ],
    'map-keeps-concurrent': [
      'Under one key of a map values written meanwhile stay beside each other.',
      'const before = map.entries.get(key) ?? [];',
      'const before = (map.entries.get(key) ?? []).slice(0, 0);',
    ],
    'type-is-published': [
      'A field is written through a version of its type that its writer can have known.',
      'if (type !== own && !fold.isPublished(type, scope.block.no, scope.block.zone)) return undefined;',
      '',
    ],
  }),
  ...rulesOf(`${echo}/apply-op.ts`, unit(`${echo}/database.test.ts`), {
    'counter-increments-add-up': [
      'Increments of everybody add up.',
      'count.sum += BigInt(op.amount);',
      'count.sum = BigInt(op.amount);',
    ],
  }),
  ...rulesOf(`${echo}/apply-op.ts`, unit(`${echo}/fold.prop.test.ts`), {
    'deletion-is-a-register': [
      'Of a concurrent deletion and restoration the winner decides, for everyone alike.',
      'state.deleted = writeRegister(fold.blocks, state.deleted, {',
      'state.deleted = writeRegister(fold.blocks, [], {',
    ],
    'set-keeps-concurrent': [
      'Additions of one value by several people are several: who removes one has not seen the others.',
      "if (op.kind === 'add') kept.push({ block, op: place.at });",
      "if (op.kind === 'add') kept.splice(0, kept.length, { block, op: place.at });",
    ],
  }),
  ...rulesOf(`${echo}/fold.ts`, unit(`${echo}/merge-rules.test.ts`), {
    'void-does-not-supersede': [
      'Ops without a right change nothing, and so replace nothing.',
      "if (scope.isVoid && op.kind !== 'sequence') return 'ECHO_OP_VOID';",
      "if (scope.isVoid && op.kind !== 'sequence' && op.kind !== 'set') return 'ECHO_OP_VOID';",
    ],
    'edit-before-creation': [
      'An op on an object that its writer cannot know of is void.',
      "if (!isHere || !this.creations.isKnown(row, no)) return 'ECHO_OP_TARGET';",
      "if (!isHere) return 'ECHO_OP_TARGET';",
    ],
  }),
  ...rulesOf(`${echo}/fold.ts`, unit(`${echo}/fold.prop.test.ts`), {
    'refold-from-nothing': [
      'Folding an object again begins with nothing of what was there.',
      'const { deleted = NONE, fields = new Map() } = from ?? {};',
      'const { deleted = NONE, fields = new Map() } = from ?? before ?? {};',
    ],
  }),
  ...rulesOf(`${echo}/space/block-applier.ts`, sim('--seeds 20 --steps 40'), {
    'dep-omission': [
      'A block names what its writer has seen, or its ops build on what is not in their past.',
      'this.#parts.folded.note(no);',
      '',
    ],
  }),
  ...rulesOf(`${echo}/space/space-index.ts`, lab('lab/faults/hostile-peer.test.ts'), {
    'lamport-check': [
      'A block that states a greater lamport number than its past gives would win everything.',
      'if (inner.lamport !== greatest + 1)',
      'if (inner.lamport < 0)',
    ],
    'dep-is-true': [
      'What a block states of its deps is compared with the blocks.',
      'else if (!this.#states(dep, number))',
      'else if (number < 0)',
    ],
  }),
  ...rulesOf(`${feed}/causal-index.ts`, unit(`${feed}/causal-index.prop.test.ts`), {
    'causal-context': [
      'Who knows a block knows all that its writer knew.',
      'this.#raise(branch, seq, { other: third, otherSeq: valueAt(timeline, depSeq) });',
      '',
    ],
    'causal-context-of-a-fork': [
      'A branch knows of its parent what lay before the fork, and no more.',
      'until = Math.min(until, this.#branches.branchFork(at) - 1);',
      '',
    ],
  }),
  ...rulesOf(`${echo}/sequence/list-sequence.ts`, unit(`${echo}/merge-rules.test.ts`), {
    'list-move-winner': [
      'Of two moves of one element the winner counts, whichever arrives first.',
      'this.#order.compareStamps(stamp, before.stamp) > 0;',
      'stamp > before.stamp;',
    ],
  }),
  ...rulesOf(
    `${echo}/sequence/list-sequence.ts`,
    unit(`${echo}/sequence/list-sequence.prop.test.ts`),
    {
      'list-move-hides-the-old-place': [
        'An element that is moved stands in one place only.',
        'sequence.setShown(old, false, changes);',
        '',
      ],
    },
  ),
  ...rulesOf(
    `${echo}/sequence/fugue-placement.ts`,
    unit(`${echo}/sequence/text-sequence.prop.test.ts`),
    {
      'fugue-siblings-order': [
        'Insertions at one place stand in an order that all replicas know.',
        'const order = this.#order.compareAgents(agentA, agentB);',
        'const order = agentA - agentB;',
      ],
      'fugue-side': [
        'An insertion hangs on the left of its right neighbour where its left one is taken: runs do not mix.',
        'return this.ids.continues(unit) || this.#children.has(keyOf(unit, RIGHT));',
        'return this.ids.continues(unit);',
      ],
    },
  ),
  ...rulesOf(`${echo}/rich-text/mark-line.ts`, unit(`${echo}/rich-text/rich-text.prop.test.ts`), {
    'mark-winner': [
      'Of two marks of one key over one stretch the winner holds, in whatever order they came.',
      'if (old === undefined || wins(old, next)) this.writes[at] = next;',
      'this.writes[at] = next;',
    ],
  }),
  ...rulesOf(
    `${echo}/rich-text/rich-text-view.ts`,
    unit(`${echo}/rich-text/rich-text.prop.test.ts`),
    {
      'block-parts-together': [
        'Of a block only what differs is written, so who checks a box leaves its depth alone.',
        'return after[part] !== undefined && after[part] !== (before[part] ?? UNWRITTEN[part]);',
        'return after[part] !== undefined;',
      ],
    },
  ),
  ...rulesOf(`${echo}/tree/tree-structure.ts`, unit(`${echo}/tree/tree-structure.prop.test.ts`), {
    'tree-skip-order': [
      'Of a cycle the greatest edge is left out, whichever came last.',
      'if (this.#order.compareEdges(other, this.#edges.get(greatest) as Edge) > 0) greatest = at;',
      '',
    ],
    'tree-edge-comes-back': [
      'An edge that was left out counts again when the cycle is gone.',
      'if (freed !== undefined && freed !== node) this.#list(this.parentOf(freed), freed);',
      'if (freed !== undefined && freed !== node) this.#list(ROOT, freed);',
    ],
    'tree-siblings-order': [
      'Siblings that were put at one position stand in an order that all replicas know.',
      'return compareBytes(left, right) || compareBytes(this.#order.idOf(a), this.#order.idOf(b));',
      'return compareBytes(left, right);',
    ],
  }),
  ...rulesOf(`${echo}/undo-invert.ts`, unit(`${echo}/undo-log.test.ts`), {
    'undo-overrides-others': [
      'Undo takes back own writes that stand, and never what somebody wrote since.',
      'const own = named.filter((dot) => dots.some((mine) => sameDot(mine, dot)));',
      'const own = named;',
    ],
    'undo-of-anothers-text': [
      'Undo shows and hides only text that the same person was the last to show or hide.',
      'const own = (stamp: number): boolean => fold.blocks.get(stamp).author === author;',
      'const own = (): boolean => author !== undefined;',
    ],
  }),
  ...rulesOf(`${echo}/rich-text/apply-block.ts`, unit(`${echo}/rich-text/rich-text.prop.test.ts`), {
    'block-register': [
      'What a block of a rich text is, is a register as any other.',
      'writeRegister(blocks, before, write)',
      'writeRegister(blocks, [], write)',
    ],
  }),
  ...rulesOf(`${echo}/rich-text/mark-line.ts`, unit(`${echo}/rich-text/mark-table.prop.test.ts`), {
    'mark-is-cut': [
      'A mark over a part of another leaves the rest of that as it was.',
      'this.writes.splice(at, 0, this.writes[at - 1]);',
      'this.writes.splice(at, 0, undefined);',
    ],
  }),
  ...rulesOf(`${echo}/models/model-state.ts`, unit(`${echo}/models/model-fields.test.ts`), {
    'model-needs': [
      'An op of a model counts only if what it builds on counts.',
      "if (!op.needs.every(isMet)) return 'ECHO_OP_ORPHAN';",
      '',
    ],
  }),
];
