/** Rules of queries, undo, history and branches, each broken in one place. */
import { unit, rulesOf, type Mutant } from './mutant.ts';

const echo = 'packages/echo/src';

/** All of this file. */
export const VIEW_MUTANTS: readonly Mutant[] = [
  ...rulesOf(`${echo}/query/live-query.ts`, unit(`${echo}/query/query.prop.test.ts`), {
    'kept-query-removes': [
      'A kept query lets go of what does not fit any more.',
      'else if (view.has(row)) view.remove(row);',
      '',
    ],
  }),
  ...rulesOf(`${echo}/query/result-list.ts`, unit(`${echo}/query/query.prop.test.ts`), {
    'kept-query-window': [
      'A window is filled up from what stands behind it.',
      'this.#window = this.#readWindow();',
      'this.#window = this.#window.length > 0 ? before.filter((row) => this.has(row)) : this.#readWindow();',
    ],
  }),
  ...rulesOf(`${echo}/query/equality-index.ts`, unit(`${echo}/query/query.prop.test.ts`), {
    'equality-index-after-change': [
      'A row that has changed may stand under a value that it no longer has.',
      'return rows.filter((row) => !this.#changed.has(row) || has(row));',
      'return has(-1) ? [] : rows;',
    ],
  }),
  ...rulesOf(`${echo}/query/ordered-index.ts`, unit(`${echo}/query/ordered-index.prop.test.ts`), {
    'ordered-index-after-change': [
      'An ordered index has a row once.',
      'if (before !== undefined) this.#laterInOrder.delete(before);\n',
      '',
    ],
  }),
  ...rulesOf(`${echo}/query/tree-hops.ts`, unit(`${echo}/query/trees-and-maps.prop.test.ts`), {
    'tree-query-moves-along': [
      'Whatever is below something that moved has moved with it.',
      'for (const row of moved) for (const child of tree.childrenOf(row)) moved.add(child);\n',
      '',
    ],
    'tree-query-hidden': [
      'A deleted parent hides what is below it.',
      'if (at === ROOT || !host.source.isLive(at)) return false;',
      'if (at === ROOT) return false;',
    ],
  }),
  ...rulesOf(`${echo}/undo-log.ts`, unit(`${echo}/undo-log.test.ts`), {
    'undo-redo-ends': [
      'Whoever goes on in one place does not bring back there what was taken back before.',
      'this.#redo.keepIf((undone) => !touchesSame(undone, entry));',
      '',
    ],
    'undo-renames': [
      'An older gesture undoes what a newer undo has brought back in its place.',
      'this.#rename(revived);',
      '',
    ],
  }),
  ...rulesOf(`${echo}/undo-invert.ts`, unit(`${echo}/undo-log.test.ts`), {
    'undo-of-an-addition': [
      'Undo removes the addition that was made, not that of somebody else.',
      'if (!work.isDry) work.db.mutations.remove(ref, value, [dot]);',
      'if (!work.isDry) work.db.mutations.remove(ref, value);',
    ],
  }),
  ...rulesOf(`${echo}/query/expression.ts`, unit(`${echo}/query/query.prop.test.ts`), {
    'query-not': [
      'What a condition excludes is not found.',
      'test: (row) => !test(row),',
      'test: (row) => test(row),',
    ],
    'query-or': [
      'One of several conditions is enough.',
      'test: (row) => parts.some((part) => part.test(row)),',
      'test: (row) => parts.every((part) => part.test(row)),',
    ],
    'query-or-looks-everywhere': [
      'If one of several conditions has no index, none of them says where to look.',
      'if (source === undefined) return undefined;\n        sources.push(source);',
      'if (source !== undefined) sources.push(source);',
    ],
  }),
  ...rulesOf(`${echo}/query/backward-hop.ts`, unit(`${echo}/query/hops.prop.test.ts`), {
    'kept-hop-lets-go': [
      'What a reference led to before it changed may not be found any more.',
      'this.#addTargets(row, before, to);',
      '',
    ],
  }),
  ...rulesOf(`${echo}/query/figures.ts`, unit(`${echo}/query/query.test.ts`), {
    'kept-figures-shrink': [
      'A mean is over what is there now.',
      'this.#count += sign;',
      'this.#count += 1;',
    ],
  }),
  ...rulesOf(`${echo}/history/past.ts`, unit(`${echo}/history/history.prop.test.ts`), {
    'past-is-a-cut': [
      'What was written later is not part of the past.',
      'fold.blocksOf(rows).filter((block) => cut.has(block) && base?.has(block) !== true);',
      'fold.blocksOf(rows).filter((block) => base?.has(block) !== true);',
    ],
  }),
  ...rulesOf(
    `${echo}/history/past.ts`,
    unit(`${echo}/history/history.prop.test.ts ${echo}/history/space-history.test.ts`),
    {
      'past-of-some-objects': [
        'Of objects that nobody asked for, half a past is not shown as the past.',
        'if (!ids.has(rows.id(row))) rows.setVoid(row, true);',
        '',
      ],
    },
  ),
  ...rulesOf(`${echo}/history/merge-fields.ts`, unit(`${echo}/history/branch.prop.test.ts`), {
    'merge-leaves-what-a-branch-left': [
      'What a branch has not changed stays as the origin has it now.',
      'if (keyOfValue(start) === keyOfValue(branch)) return false;',
      '',
    ],
    'merge-asks': [
      'What both sides have changed is a conflict, not the branch’s.',
      'if (keyOfValue(origin) === keyOfValue(base)) return true;',
      'if (key === undefined) return true;',
    ],
    'merge-removes-from-sets': [
      'What a branch has removed from a set is removed.',
      'if (!branch.has(key)) mutations.remove(field.origin, cross(merging, field, value) ?? value);',
      '',
    ],
    'merge-counts-differences': [
      'A branch adds what it has counted, not what was counted before it.',
      'const counted = countOf(merging.branch, field.branch) - countOf(merging.start, field.start);',
      'const counted = countOf(merging.branch, field.branch);',
    ],
  }),
  ...rulesOf(`${echo}/history/set-aside.ts`, unit(`${echo}/history/partly-void.test.ts`), {
    'set-aside-parts': [
      'What does not count beside others of its block is offered too.',
      '[...blocks.voids(), ...blocks.partlyVoids()]',
      'blocks.voids()',
    ],
    'set-aside-with-objects': [
      'Work upon objects that do not count is offered with them.',
      'next = [...makers];',
      'next = [];',
    ],
    'set-aside-let-in-late': [
      'Who was let in by somebody who was removed already is shown.',
      'return host.wasLetIn(host.contextOf(block).author);',
      'return host.wasMember(host.contextOf(block).author);',
    ],
  }),
  ...rulesOf(`${echo}/carry/carry-plan.ts`, unit(`${echo}/carry/several-rights.test.ts`), {
    'carry-sections-apart': [
      'Objects are named by the section of their block that made them.',
      'apart.enterObjects(block, firstOpOf({ section: ordinal }), made);',
      'apart.enterObjects(block, 0, made);',
    ],
    'carry-all-sections': [
      'What was written under each right is brought over.',
      'data: opened.map(',
      'data: opened.slice(0, 1).map(',
    ],
  }),
  ...rulesOf(`${echo}/space/space-snapshots.ts`, unit(`${echo}/history/partly-void.test.ts`), {
    'set-aside-parts-kept': [
      'Which blocks count in parts is kept across snapshots.',
      'database.fold.blocks.setPartlyVoid(block, true);',
      '',
    ],
  }),
  ...rulesOf(`${echo}/block-table.ts`, unit(`${echo}/history/partly-void.test.ts`), {
    'set-aside-parts-judged-again': [
      'What counts again as a whole is not offered.',
      'this.setPartlyVoid(no, false);',
      '',
    ],
  }),
  ...rulesOf(`${echo}/history/set-aside.ts`, unit(`${echo}/history/set-aside.test.ts`), {
    'set-aside-noted': [
      'What was taken up is not offered again.',
      'noteTakenUp(origin, of.blocks, Math.floor(host.nowMs()));',
      '',
    ],
    'set-aside-void-only': [
      'What counts already is not written twice.',
      'host.database.fold.blocks.lacksRight(block)) return block',
      'host.hasData(block)) return block',
    ],
    'set-aside-by-writer': [
      'Each writer’s work is offered by itself.',
      "[author, device ?? '', record?.id ?? ''].join('/')",
      "''",
    ],
  }),
  ...rulesOf(`${echo}/history/what-if.ts`, unit(`${echo}/history/partly-void.test.ts`), {
    'set-aside-parts-counted': [
      'Of a block that counts in parts, all is counted.',
      'isCounted ? unlimited(block) : block',
      'block',
    ],
  }),
  ...rulesOf(`${echo}/history/what-if.ts`, unit(`${echo}/history/set-aside.test.ts`), {
    'set-aside-only-chosen': [
      'Only the chosen work is counted, whatever else does not count.',
      'isVoid && !isCounted',
      'false',
    ],
    'set-aside-places-above': [
      'A move that is taken up puts out what closes a circle with it.',
      'if (above.size === 0) return states;',
      'if (above.size >= 0) return states;',
    ],
  }),
  ...rulesOf(`${echo}/history/merge-branch.ts`, unit(`${echo}/history/set-aside.prop.test.ts`), {
    'merge-places-of-deleted': [
      'What was deleted hides what hangs on it where it stood then.',
      "this.#mergeFields(merging, original, copy, ({ data }) => data.kind === 'tree');",
      '',
    ],
  }),
];
