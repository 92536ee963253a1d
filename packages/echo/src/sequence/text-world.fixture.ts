/**
 * A small world for tests: writers that edit their replicas at random, and a log from which any replica can
 * be fed in any causal order. Agents and stamps have other local numbers on every replica.
 */
import { Reader, Writer } from '@atoll/codec';
import type { RowContext } from './row-codec.ts';
import { readTextRow, writeTextRow } from './text-row.ts';
import { TextSequence } from './text-sequence.ts';
import { ReferenceText } from './reference-text.fixture.ts';
import type { IdRange, SequenceOrder } from './sequence-types.ts';
import type { TextChange, TextEdit, TextInsert, TextOp } from './text-op.ts';

/** A repeatable source of numbers. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  }

  /** An integer from 0 up to, not including, `end`. */
  below(end: number): number {
    let x = this.#state;
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state % end;
  }

  /** A new order of a list. */
  shuffled<Item>(list: readonly Item[]): Item[] {
    const items = [...list];
    for (let at = items.length - 1; at > 0; at--) {
      const other = this.below(at + 1);
      [items[at], items[other]] = [items[other] as Item, items[at] as Item];
    }
    return items;
  }
}

/** One op as it stands in a feed; agents are global here, and so are stamps: the place in the log. */
export interface Logged {
  readonly writer: number;
  readonly change: TextChange;
  readonly isVoid: boolean;
  readonly lamport: number;
  readonly tie: number;
  /** How many ops of each writer its author had seen. */
  readonly past: readonly number[];
}

/** A replica with numbers of its own, and the naive text beside it. */
export class Replica {
  text: TextSequence;
  readonly context: RowContext;
  readonly reference: ReferenceText;
  readonly seen: number[];
  readonly #localOf: readonly number[];
  readonly #stamps: number[] = [];
  readonly #log: readonly Logged[];

  constructor(writers: number, log: readonly Logged[], dice: Dice) {
    this.#log = log;
    this.#localOf = dice.shuffled(Array.from({ length: writers }, (_, writer) => writer));
    const globalOf = this.#localOf.map((_, local) => this.#localOf.indexOf(local));
    const order: SequenceOrder = {
      // Any fixed order will do; this one is not that of the numbers.
      compareAgents: (a, b) => rank(globalOf[a] ?? -1) - rank(globalOf[b] ?? -1),
      compareStamps: (a, b) =>
        compareLogged(log[this.#stamps[a] ?? -1], log[this.#stamps[b] ?? -1]),
    };
    this.text = new TextSequence(order);
    this.context = {
      order,
      names: {
        writeAgent: (writer, agent) => void writer.u8(globalOf[agent] as number),
        readAgent: (reader) => this.agent(reader.u8()),
        writeStamp: (writer, stamp) => void writer.varint(this.#stamps[stamp] as number),
        readStamp: (reader) => this.stamp(reader.varint()),
      },
    };
    this.reference = new ReferenceText(order);
    this.seen = Array.from({ length: writers }, () => 0);
  }

  /** The local number of a writer. */
  agent(writer: number): number {
    return this.#localOf[writer] as number;
  }

  /** The local number of an entry of the log. */
  stamp(entry: number): number {
    return this.#stamps.push(entry) - 1;
  }

  /** The number of a global id on this replica, or back. */
  toLocal(change: TextChange): TextChange {
    return renumbered(change, (writer) => this.agent(writer));
  }

  toGlobal(change: TextChange): TextChange {
    return renumbered(change, (local) => this.#localOf.indexOf(local));
  }

  /** True when everything that the author of the entry had seen is here. */
  isReady(entry: number): boolean {
    const { past } = this.#log[entry] as Logged;
    return past.every((count, writer) => count <= (this.seen[writer] as number));
  }

  /** Applies an entry, on the naive text too, and returns what a reader sees. */
  receive(
    entry: number,
    isVoid: boolean = (this.#log[entry] as Logged).isVoid,
  ): readonly TextEdit[] {
    const { writer, change } = this.#log[entry] as Logged;
    const context = { agent: this.agent(writer), stamp: this.stamp(entry), isVoid };
    const local = this.toLocal(change);
    const applied = this.text.applyChange(local, context);
    if (applied.refused !== undefined) throw new TypeError(applied.refused);
    this.reference.apply(local, context);
    this.seen[writer] = (this.seen[writer] as number) + 1;
    return applied.edits;
  }

  /** The canonical bytes of the text. */
  row(keepVoid = false): Uint8Array {
    const writer = new Writer();
    writeTextRow(writer, this.text, { ...this.context, keepVoid });
    return writer.finish();
  }

  /** Writes the text down and goes on with what is read back. */
  reload(): void {
    const reader = new Reader(this.row(true));
    this.text = readTextRow(reader, this.context);
    reader.end();
  }

  /** All ids in document order, as the real sequence has them. */
  order(): string[] {
    return documentOrder(this.text);
  }
}

/** All ids in document order, in local numbers. */
export function documentOrder(text: TextSequence): string[] {
  const { tree, ids } = text.sequence;
  const found: string[] = [];
  for (let leaf = tree.first; leaf >= 0; leaf = tree.nexts[leaf] as number) {
    for (let slot = 0; slot < (tree.counts[leaf] as number); slot++) {
      const unit = tree.items[leaf * 128 + slot * 4] as number;
      const count = Math.abs(tree.items[leaf * 128 + slot * 4 + 1] as number);
      for (let at = unit; at < unit + count; at++) {
        found.push(`${ids.agentOf(at)}:${ids.counterOf(at)}`);
      }
    }
  }
  return found;
}

/** Numbers as they are: agents and stamps are the same on all replicas of a test. */
export const PLAIN_CONTEXT: RowContext = {
  order: { compareAgents: (a, b) => a - b, compareStamps: (a, b) => a - b },
  names: {
    writeAgent: (writer, agent) => void writer.varint(agent),
    readAgent: (reader) => reader.varint(),
    writeStamp: (writer, stamp) => void writer.varint(stamp),
    readStamp: (reader) => reader.varint(),
  },
};

/** The row of a text whose numbers are plain. */
export function rowOf(text: TextSequence, keepVoid = false): Uint8Array {
  const writer = new Writer();
  writeTextRow(writer, text, { ...PLAIN_CONTEXT, keepVoid });
  return writer.finish();
}

/** A text that was written down and read back. */
export function reloaded(text: TextSequence): TextSequence {
  return readTextRow(new Reader(rowOf(text, true)), PLAIN_CONTEXT);
}

/** A text after edits, by the edits alone. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const { position, deleted, inserted } of edits) {
    result = result.slice(0, position) + inserted + result.slice(position + deleted);
  }
  return result;
}

/** A change of one op. */
export function changeOf(op: TextOp): TextChange {
  return {
    inserts: op.kind === 'insert' ? [op] : [],
    hidden: op.kind === 'hide' ? op.ranges : [],
    shown: op.kind === 'show' ? op.ranges : [],
  };
}

function rank(writer: number): number {
  return (writer * 5 + 3) % 7;
}

function compareLogged(a: Logged | undefined, b: Logged | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return a.lamport - b.lamport || a.tie - b.tie;
}

function renumbered(change: TextChange, of: (agent: number) => number): TextChange {
  const range = (ids: IdRange): IdRange => ({ ...ids, agent: of(ids.agent) });
  const insert = (op: TextInsert): TextInsert => {
    if (op.element === undefined) return op;
    return { ...op, element: { agent: of(op.element.agent), counter: op.element.counter } };
  };
  return {
    inserts: change.inserts.map(insert),
    hidden: change.hidden.map(range),
    shown: change.shown.map(range),
  };
}
