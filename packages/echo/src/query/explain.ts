/** What a query did to find its answer, as plain data and in words. */
import type { Answer } from './answer.ts';
import type { Plan } from './plan.ts';
import type { PlanNode } from './plan-node.ts';

/** An account of one answer. */
export interface Explanation {
  /** Where it looked. */
  readonly plan: PlanNode;
  /** Name of the field whose index it used, if it used one. */
  readonly index: string | undefined;
  /** What was tested of each row. */
  readonly condition: string;
  /** Rows that were tested. */
  readonly examined: number;
  /** Rows that were given. */
  readonly found: number;
  /** How the order came about. */
  readonly order: 'none' | 'sorted' | 'walked';
  /** All of it in sentences. */
  readonly words: string;
}

/** Explains an answer. */
export function explain(plan: Plan, answer: Answer): Explanation {
  const { node, examined, placed } = answer;
  const orders = plan.form.orderBy ?? [];
  const order = orders.length === 0 && answer.order === 'sorted' ? 'none' : answer.order;
  const by = orders.map(
    ({ field, direction }) => `${field}${direction === 'desc' ? ' descending' : ''}`,
  );
  const lines = [
    ...treeLines(node, 0),
    `Tested ${count(examined, 'object')}: ${plan.part.words}.`,
    order === 'sorted' ? `Sorted by ${by.join(', then ')}.` : '',
    order === 'walked' ? 'No sorting was needed.' : '',
    `Found ${placed.length}.`,
  ];
  return {
    plan: node,
    index: node.field,
    condition: plan.part.words,
    examined,
    found: placed.length,
    order,
    words: lines.filter((line) => line !== '').join('\n'),
  };
}

/** The account of a query for objects of a type that nobody has defined yet. */
export function nothingKnown(type: string): Explanation {
  const words = `there is no type ${type}`;
  return {
    plan: { kind: 'none', words, estimate: 0 },
    index: undefined,
    condition: 'anything',
    examined: 0,
    found: 0,
    order: 'none',
    words: `Looked nowhere: ${words}.`,
  };
}

function treeLines(node: PlanNode, depth: number): string[] {
  const start = `${'  '.repeat(depth)}${depth === 0 ? 'Looked through ' : 'from '}`;
  const line = `${start}${node.words} (about ${Math.round(node.estimate)}).`;
  return [line, ...(node.of ?? []).flatMap((each) => treeLines(each, depth + 1))];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
