/**
 * A text as naive as can be, for comparison: the Fugue tree as objects, read by walking all of it, and
 * visibility as the greatest of all stamps ever written. It shares no code with the real sequence.
 */
import type { ApplyContext } from './change-check.ts';
import type { TextChange } from './text-op.ts';
import type { ElementId, IdRange, SequenceOrder } from './sequence-types.ts';

interface Node {
  readonly agent: number;
  readonly counter: number;
  readonly unit: string;
  readonly isVoid: boolean;
  readonly before: Node[];
  readonly after: Node[];
  stamp: number | undefined;
  hidden: boolean;
}

/** Naive text of well-formed BMP characters. */
export class ReferenceText {
  readonly #root: Node = newNode({ agent: -1, counter: -1, unit: '', isVoid: true });
  readonly #nodes = new Map<string, Node>();
  readonly #next = new Map<number, number>();
  readonly #order: SequenceOrder;

  constructor(order: SequenceOrder) {
    this.#order = order;
  }

  /** Applies a change in the order of its parts. */
  apply(change: TextChange, context: ApplyContext): void {
    const isVoid = context.isVoid === true;
    for (const { element, side, text } of change.inserts) {
      let parent = element === undefined ? this.#root : this.#node(element);
      let place: 'before' | 'after' = side;
      for (const unit of text) {
        const counter = this.#next.get(context.agent) ?? 0;
        this.#next.set(context.agent, counter + 1);
        const node = newNode({ agent: context.agent, counter, unit, isVoid });
        this.#nodes.set(`${context.agent}:${counter}`, node);
        const siblings = parent[place];
        siblings.push(node);
        siblings.sort(
          (a, b) => this.#order.compareAgents(a.agent, b.agent) || a.counter - b.counter,
        );
        parent = node;
        place = 'after';
      }
    }
    if (isVoid) return;
    this.#write(change.hidden, context.stamp, true);
    this.#write(change.shown, context.stamp, false);
  }

  /** The visible text. */
  text(): string {
    const visible = this.#walk().filter((node) => !node.isVoid && !node.hidden);
    return visible.map((node) => node.unit).join('');
  }

  /** All ids in document order, hidden and void ones too. */
  order(): string[] {
    return this.#walk().map((node) => `${node.agent}:${node.counter}`);
  }

  #write(ranges: readonly IdRange[], stamp: number, hidden: boolean): void {
    for (const { agent, counter, count } of ranges) {
      for (let at = counter; at < counter + count; at++) {
        const node = this.#node({ agent, counter: at });
        if (node.stamp !== undefined && this.#order.compareStamps(stamp, node.stamp) < 0) continue;
        node.stamp = stamp;
        node.hidden = hidden;
      }
    }
  }

  #node({ agent, counter }: ElementId): Node {
    return this.#nodes.get(`${agent}:${counter}`) ?? this.#root;
  }

  #walk(): Node[] {
    const found: Node[] = [];
    const tasks: { node: Node; emit: boolean }[] = [{ node: this.#root, emit: false }];
    for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
      const { node, emit } = task;
      if (emit) {
        if (node !== this.#root) found.push(node);
        continue;
      }
      for (const child of [...node.after].reverse()) tasks.push({ node: child, emit: false });
      tasks.push({ node, emit: true });
      for (const child of [...node.before].reverse()) tasks.push({ node: child, emit: false });
    }
    return found;
  }
}

function newNode(of: Pick<Node, 'agent' | 'counter' | 'unit' | 'isVoid'>): Node {
  return { ...of, before: [], after: [], stamp: undefined, hidden: false };
}
