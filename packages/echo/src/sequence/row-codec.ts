/**
 * The canonical form of a sequence: maximal runs in the order of ids, each with its anchor, then the
 * registers. A function of the ops alone, never of the tree in memory. See spec/text.md.
 */
import { CodecError, type Reader, type Writer } from '@atoll/codec';
import { LEFT, RIGHT, ROOT } from './id-table.ts';
import type { RowRun, RowRuns } from './row-runs.ts';
import type { RowSegments } from './row-segments.ts';
import { SEQUENCE_UNITS_MAX, type SequenceOrder } from './sequence-types.ts';
import { isHidden, packStamp, STAMP_NONE, STAMP_VOID, stampOf, type Sequence } from './sequence.ts';

/** How a row names agents and stamps: what the caller writes must have one encoding each. */
export interface RowNames {
  readonly writeAgent: (writer: Writer, agent: number) => void;
  readonly readAgent: (reader: Reader) => number;
  readonly writeStamp: (writer: Writer, stamp: number) => void;
  readonly readStamp: (reader: Reader) => number;
}

/** What a row is written and read with. */
export interface RowContext {
  readonly order: SequenceOrder;
  readonly names: RowNames;
  /** For a row that is written where feeds have forked: `names` then name segments instead of agents. */
  readonly segments?: RowSegments | undefined;
}

/** Register codes: never written, void, then two for each stamp (shown, hidden). */
const CODE_NONE = 0;
const CODE_VOID = 1;
const CODE_STAMPS = 2;

/** Kinds of anchors: the start, then before or after an element of the last named agent or of another. */
const AT_START = 0;
const KINDS = 5;

/** Writes agents, runs and anchors. */
export function writeRuns(
  writer: Writer,
  sequence: Sequence,
  rows: RowRuns,
  { names, segments }: RowContext,
): void {
  writer.varint(rows.agents.length);
  for (const agent of rows.agents) names.writeAgent(writer, agent);
  writer.varint(rows.runs.length);
  const indexByAgent = new Map(rows.agents.map((agent, index) => [agent, index]));
  const indexOf = (agent: number): number => indexByAgent.get(agent) ?? 0;
  const parents = new ParentWriter(segments);
  let last = 0;
  let next = 0;
  for (const run of rows.runs) {
    const index = indexOf(run.agent);
    const newAgent = index !== last;
    if (newAgent) next = 0;
    const skips = newAgent || run.counter !== next;
    const kind = parents.name(run, sequence, indexOf);
    writer.varint(((run.count - 1) * KINDS + kind) * 2 + (skips ? 1 : 0));
    if (skips) writer.varint((run.counter - next) * 2 + (newAgent ? 1 : 0));
    parents.write(writer, kind);
    last = index;
    next = run.counter + run.count;
  }
}

/** Anchors as they are written, each relative to the one before. */
class ParentWriter {
  readonly #segments: RowSegments | undefined;
  #agent = 0;
  #counter = 0;
  #delta = 0;

  constructor(segments: RowSegments | undefined) {
    this.#segments = segments;
  }

  /** Goes to the anchor of a run and returns its kind. */
  name({ parent, side }: RowRun, { ids }: Sequence, indexOf: (agent: number) => number): number {
    if (parent === ROOT) return AT_START;
    const counter = ids.counterOf(parent);
    const named = ids.agentOf(parent);
    const agent = indexOf(this.#segments?.of(named, counter) ?? named);
    const kind = (side === LEFT ? 1 : 2) + (agent === this.#agent ? 0 : 2);
    this.#delta = counter - this.#counter;
    this.#agent = agent;
    this.#counter = counter;
    return kind;
  }

  write(writer: Writer, kind: number): void {
    if (kind > 2) writer.varint(this.#agent);
    if (kind !== AT_START) writer.zigzag(this.#delta);
  }
}

/** Reads what {@link writeRuns} writes into an empty sequence; units get numbers in the order of ids. */
export function readRuns(reader: Reader, sequence: Sequence, context: RowContext): void {
  const agents = readAgents(reader, context);
  const runs = reader.varint(reader.left);
  const parents = new Parents(runs);
  const { ids } = sequence;
  let index = 0;
  let next = 0;
  for (let run = 0; run < runs; run++) {
    const head = reader.varint();
    const skips = head % 2 === 1;
    const kind = Math.floor(head / 2) % KINDS;
    const count = Math.floor(head / (2 * KINDS)) + 1;
    if (skips) {
      const skip = reader.varint();
      const newAgent = skip % 2 === 1;
      refuse(skip === 0 || (run === 0 && newAgent), 'a skip skips something');
      if (newAgent) index++;
      next = (newAgent ? 0 : next) + Math.floor(skip / 2);
    }
    const agent = agents[index];
    if (agent === undefined) throw malformed('a run has an agent');
    checkSize(Math.max(next, ids.units) + count);
    parents.read(reader, run, { kind, agents: agents.length });
    refuse(
      !skips && run > 0 && kind % 2 === 0 && parents.is(run, index, next - 1),
      'runs are maximal',
    );
    ids.append({ agent, counter: next, count, parent: ROOT, side: kind % 2 === 1 ? LEFT : RIGHT });
    next += count;
  }
  refuse(index + Math.min(runs, 1) !== agents.length, 'every agent has a run');
  parents.resolve(sequence, agents);
  sequence.reserveUnits(ids.units);
}

function checkSize(units: number): void {
  if (units <= SEQUENCE_UNITS_MAX) return;
  throw new CodecError('CODEC_TOO_LARGE', 'a row has too many units');
}

function readAgents(reader: Reader, { order, names }: RowContext): number[] {
  const agents: number[] = [];
  for (let rest = reader.varint(reader.left); rest > 0; rest--) {
    const agent = names.readAgent(reader);
    const before = agents.at(-1);
    refuse(before !== undefined && order.compareAgents(before, agent) >= 0, 'agents ascend');
    agents.push(agent);
  }
  return agents;
}

/** Anchors as they are read, before all runs are known. */
class Parents {
  readonly agent: Int32Array;
  readonly counter: Float64Array;
  #lastAgent = 0;
  #lastCounter = 0;

  constructor(runs: number) {
    this.agent = new Int32Array(runs).fill(-1);
    this.counter = new Float64Array(runs);
  }

  read(reader: Reader, run: number, { kind, agents }: { kind: number; agents: number }): void {
    if (kind === 0) return;
    if (kind > 2) {
      const named = reader.varint(agents - 1);
      refuse(named === this.#lastAgent, 'another agent is another');
      this.#lastAgent = named;
    }
    this.#lastCounter += reader.zigzag();
    this.agent[run] = this.#lastAgent;
    this.counter[run] = this.#lastCounter;
  }

  /** Enters the anchors into the ids, when all runs are there. */
  resolve({ ids }: Sequence, agents: readonly number[]): void {
    for (let run = 0; run < ids.runs; run++) {
      const index = this.agent[run] as number;
      if (index < 0) continue;
      const unit = ids.unitOf(agents[index] as number, this.counter[run] as number);
      refuse(unit < 0, 'an anchor is in the row');
      ids.parents[run] = unit;
    }
  }

  is(run: number, agent: number, counter: number): boolean {
    return this.agent[run] === agent && this.counter[run] === counter;
  }
}

/** Writes the stamps in use and the register of every unit; `more` are stamps used elsewhere. */
export function writeRegisters(
  writer: Writer,
  sequence: Sequence,
  rows: RowRuns,
  context: RowContext & { readonly more?: readonly number[] },
): Map<number, number> {
  const { stamps } = sequence;
  const used = new Set<number>(context.more);
  for (const { unit, count } of rows.pieces) {
    for (let at = unit; at < unit + count; at++) {
      const register = stamps[at] as number;
      if (register > 0) used.add(stampOf(register));
    }
  }
  const sorted = [...used].sort(context.order.compareStamps);
  const indexByStamp = new Map(sorted.map((stamp, index) => [stamp, index]));
  writer.varint(sorted.length);
  for (const stamp of sorted) context.names.writeStamp(writer, stamp);
  let code = -1;
  let count = 0;
  let before = -2;
  for (const piece of rows.pieces) {
    for (let at = piece.unit; at < piece.unit + piece.count; at++) {
      const register = stamps[at] as number;
      if (register === before) {
        count++;
        continue;
      }
      if (count > 0) writer.varint(code).varint(count - 1);
      before = register;
      code = codeOf(register, indexByStamp);
      count = 1;
    }
  }
  if (count > 0) writer.varint(code).varint(count - 1);
  return indexByStamp;
}

/** Reads what {@link writeRegisters} writes; returns the stamps and which of them were used. */
export function readRegisters(
  reader: Reader,
  sequence: Sequence,
  { order, names }: RowContext,
): { readonly stamps: number[]; readonly used: Set<number> } {
  const stamps: number[] = [];
  for (let rest = reader.varint(reader.left); rest > 0; rest--) {
    const stamp = names.readStamp(reader);
    const before = stamps.at(-1);
    refuse(before !== undefined && order.compareStamps(before, stamp) >= 0, 'stamps ascend');
    stamps.push(stamp);
  }
  const used = new Set<number>();
  const { units } = sequence.ids;
  let last = -1;
  for (let unit = 0; unit < units;) {
    const code = reader.varint(CODE_STAMPS + 2 * stamps.length - 1);
    refuse(code === last, 'registers are united');
    last = code;
    const count = reader.varint(units - unit - 1) + 1;
    sequence.stamps.fill(registerOf(code, stamps), unit, unit + count);
    if (code >= CODE_STAMPS) used.add((code - CODE_STAMPS) >> 1);
    unit += count;
  }
  return { stamps, used };
}

/** Throws when `condition` holds: `rule` is what a row must keep to. */
export function refuse(condition: boolean, rule: string): void {
  if (condition) throw malformed(rule);
}

/** The error of a row that breaks a rule. */
export function malformed(rule: string): CodecError {
  return new CodecError('CODEC_NOT_CANONICAL', `a row breaks a rule: ${rule}`);
}

function codeOf(register: number, indexByStamp: ReadonlyMap<number, number>): number {
  if (register === STAMP_NONE) return CODE_NONE;
  if (register === STAMP_VOID) return CODE_VOID;
  const index = indexByStamp.get(stampOf(register)) ?? 0;
  return CODE_STAMPS + index * 2 + (isHidden(register) ? 1 : 0);
}

function registerOf(code: number, stamps: readonly number[]): number {
  if (code === CODE_NONE) return STAMP_NONE;
  if (code === CODE_VOID) return STAMP_VOID;
  const stamp = stamps[(code - CODE_STAMPS) >> 1] as number;
  return packStamp(stamp, (code - CODE_STAMPS) % 2 === 1);
}
