/** What the text benchmark asks of each engine, and the engines: ours and four from npm. */
import * as Automerge from '@automerge/automerge';
import { Doc } from 'diamond-types-node';
import { LoroDoc, type VersionVector } from 'loro-crdt';
import * as Y from 'yjs';
import { Reader, Writer } from '@atoll/codec';
import type { FeedTable } from '../../packages/echo/src/sequence/change-codec.ts';
import type { RowContext } from '../../packages/echo/src/sequence/row-codec.ts';
import { TextChangeBuilder } from '../../packages/echo/src/sequence/text-change-builder.ts';
import {
  readTextChange,
  writeTextChange,
} from '../../packages/echo/src/sequence/text-change-codec.ts';
import type { TextOp } from '../../packages/echo/src/sequence/text-op.ts';
import { readTextRow, writeTextRow } from '../../packages/echo/src/sequence/text-row.ts';
import { TextSequence } from '../../packages/echo/src/sequence/text-sequence.ts';

/** One replica of one text. */
export interface Replica {
  insert(position: number, text: string): void;
  delete(position: number, count: number): void;
  /** The edits since the last call, as bytes for other replicas. */
  commit(): Uint8Array;
  apply(update: Uint8Array): void;
  text(): string;
  save(): Uint8Array;
}

/** An engine under test. */
export interface Engine {
  /** A replica that will be asked for its updates. */
  readonly open: (agent: number) => Replica;
  /** A replica that only edits; engines that need to be told nothing give the same. */
  readonly openLocal: (agent: number) => Replica;
  readonly load: (bytes: Uint8Array) => { text(): string };
}

const FEEDS: FeedTable = { indexOf: (agent) => agent, agentAt: (index) => index };
const ROWS: RowContext = {
  order: { compareAgents: (a, b) => a - b, compareStamps: (a, b) => a - b },
  names: {
    writeAgent: (writer, agent) => void writer.varint(agent),
    readAgent: (reader) => reader.varint(),
    writeStamp: (writer, stamp) => void writer.varint(stamp),
    readStamp: (reader) => reader.varint(),
  },
};

/** Edits in one block, for the stamps of what a sequential trace deletes. */
const EDITS_A_BLOCK = 256;

/** Ours: changes as they stand in a block; who wrote it and which block it is would be in its header. */
class OwnReplica implements Replica {
  readonly #text = new TextSequence(ROWS.order);
  readonly #agent: number;
  readonly #records: boolean;
  #builder: TextChangeBuilder | undefined;
  #edits = 0;

  constructor(agent: number, records: boolean) {
    this.#agent = agent;
    this.#records = records;
  }

  insert(position: number, text: string): void {
    this.#edits++;
    if (this.#records) this.#builder ??= this.#newBuilder();
    this.#note(this.#text.insert({ agent: this.#agent, position, text }).op);
  }

  delete(position: number, count: number): void {
    const stamp = Math.floor(this.#edits++ / EDITS_A_BLOCK);
    if (this.#records) this.#builder ??= this.#newBuilder();
    this.#note(this.#text.delete({ position, count, stamp }).op);
  }

  #note(op: TextOp | undefined): void {
    if (op === undefined) throw new TypeError('an edit was refused');
    this.#builder?.add(op);
  }

  #newBuilder(): TextChangeBuilder {
    return new TextChangeBuilder(this.#agent, this.#text.nextCounter(this.#agent));
  }

  commit(): Uint8Array {
    const writer = new Writer(32);
    writer.varint(this.#agent).varint(Math.floor(this.#edits / EDITS_A_BLOCK));
    writeTextChange(writer, (this.#builder ?? this.#newBuilder()).finish(), FEEDS);
    this.#builder = undefined;
    return writer.finish();
  }

  apply(update: Uint8Array): void {
    const reader = new Reader(update);
    const agent = reader.varint();
    const stamp = reader.varint();
    const { refused } = this.#text.applyChange(readTextChange(reader, FEEDS), { agent, stamp });
    if (refused !== undefined) throw new TypeError(refused);
  }

  text(): string {
    return this.#text.toString();
  }

  save(): Uint8Array {
    const writer = new Writer();
    writeTextRow(writer, this.#text, { ...ROWS, keepVoid: false });
    return writer.finish();
  }
}

class YjsReplica implements Replica {
  readonly #doc = new Y.Doc();
  readonly #text = this.#doc.getText('text');
  readonly #updates: Uint8Array[] = [];

  constructor(agent: number, records: boolean) {
    this.#doc.clientID = agent + 1;
    const note = (update: Uint8Array, origin: unknown): void => {
      if (origin !== 'remote') this.#updates.push(update);
    };
    if (records) this.#doc.on('update', note);
  }

  insert(position: number, text: string): void {
    this.#text.insert(position, text);
  }

  delete(position: number, count: number): void {
    this.#text.delete(position, count);
  }

  commit(): Uint8Array {
    const updates = this.#updates.splice(0);
    return updates.length === 1 ? (updates[0] as Uint8Array) : Y.mergeUpdates(updates);
  }

  apply(update: Uint8Array): void {
    Y.applyUpdate(this.#doc, update, 'remote');
  }

  text(): string {
    return this.#text.toString();
  }

  save(): Uint8Array {
    return Y.encodeStateAsUpdateV2(this.#doc);
  }
}

class DiamondReplica implements Replica {
  readonly #doc: Doc;
  #version: Uint32Array;

  constructor(agent: number) {
    this.#doc = new Doc(`agent ${agent}`);
    this.#version = this.#doc.getLocalVersion();
  }

  insert(position: number, text: string): void {
    this.#doc.ins(position, text);
  }

  delete(position: number, count: number): void {
    this.#doc.del(position, count);
  }

  commit(): Uint8Array {
    const patch = this.#doc.getPatchSince(this.#version);
    this.#version = this.#doc.getLocalVersion();
    return patch;
  }

  apply(update: Uint8Array): void {
    this.#doc.mergeBytes(update);
    this.#version = this.#doc.getLocalVersion();
  }

  text(): string {
    return this.#doc.get();
  }

  save(): Uint8Array {
    return this.#doc.toBytes();
  }
}

class LoroReplica implements Replica {
  readonly #doc = new LoroDoc();
  readonly #text = this.#doc.getText('text');
  #version: VersionVector;

  constructor(agent: number) {
    this.#doc.setPeerId(BigInt(agent + 1));
    this.#version = this.#doc.oplogVersion();
  }

  insert(position: number, text: string): void {
    this.#text.insert(position, text);
  }

  delete(position: number, count: number): void {
    this.#text.delete(position, count);
  }

  commit(): Uint8Array {
    this.#doc.commit();
    const update = this.#doc.export({ mode: 'update', from: this.#version });
    this.#version = this.#doc.oplogVersion();
    return update;
  }

  apply(update: Uint8Array): void {
    this.#doc.import(update);
    this.#version = this.#doc.oplogVersion();
  }

  text(): string {
    return this.#text.toString();
  }

  save(): Uint8Array {
    return this.#doc.export({ mode: 'snapshot' });
  }
}

interface AutomergeText {
  text: string;
}

class AutomergeReplica implements Replica {
  static readonly #base = Automerge.save(
    Automerge.from<{ text: string }>({ text: '' }, { actor: 'ff'.repeat(16) }),
  );
  #doc: Automerge.Doc<AutomergeText>;

  constructor(agent: number) {
    const actor = (agent + 1).toString(16).padStart(32, '0');
    this.#doc = Automerge.load<AutomergeText>(AutomergeReplica.#base, { actor });
  }

  insert(position: number, text: string): void {
    this.#doc = Automerge.change(this.#doc, (doc) => {
      Automerge.splice(doc, ['text'], position, 0, text);
    });
  }

  delete(position: number, count: number): void {
    this.#doc = Automerge.change(this.#doc, (doc) => {
      Automerge.splice(doc, ['text'], position, count);
    });
  }

  commit(): Uint8Array {
    return Automerge.getLastLocalChange(this.#doc) ?? new Uint8Array();
  }

  apply(update: Uint8Array): void {
    [this.#doc] = Automerge.applyChanges(this.#doc, [update]);
  }

  text(): string {
    return this.#doc.text;
  }

  save(): Uint8Array {
    return Automerge.save(this.#doc);
  }
}

/** Every engine, by name; the first is ours. */
export const ENGINES: Readonly<Record<string, Engine>> = {
  atoll: {
    open: (agent) => new OwnReplica(agent, true),
    openLocal: (agent) => new OwnReplica(agent, false),
    load: (bytes) => {
      const text = readTextRow(new Reader(bytes), ROWS);
      return { text: () => text.toString() };
    },
  },
  'diamond-types': {
    open: (agent) => new DiamondReplica(agent),
    openLocal: (agent) => new DiamondReplica(agent),
    load: (bytes) => {
      const doc = Doc.fromBytes(bytes);
      return { text: () => doc.get() };
    },
  },
  yjs: {
    open: (agent) => new YjsReplica(agent, true),
    openLocal: (agent) => new YjsReplica(agent, false),
    load: (bytes) => {
      const doc = new Y.Doc();
      Y.applyUpdateV2(doc, bytes);
      const text = doc.getText('text');
      return { text: () => text.toString() };
    },
  },
  loro: {
    open: (agent) => new LoroReplica(agent),
    openLocal: (agent) => new LoroReplica(agent),
    load: (bytes) => {
      const doc = new LoroDoc();
      doc.import(bytes);
      return { text: () => doc.getText('text').toString() };
    },
  },
  automerge: {
    open: (agent) => new AutomergeReplica(agent),
    openLocal: (agent) => new AutomergeReplica(agent),
    load: (bytes) => {
      const doc = Automerge.load<{ text: string }>(bytes);
      return { text: () => doc.text };
    },
  },
};
