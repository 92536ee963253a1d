/**
 * The fold: valid ops in causal order become rows. A void op neither shows nor covers, removes or counts;
 * when the set of void blocks changes, the touched objects are folded again, nothing is undone in place.
 * Same counted blocks, same rows, in every order of arrival.
 */
import { CodecError } from '@atoll/codec';
import { toHex, type ZoneId } from '@atoll/kernel';
import { applyToObject, notePlace } from './apply-op.ts';
import { collectRow, isRowExact, rowsToCollect } from './collection/collect-row.ts';
import type { CollectionStage } from './collection/stage.ts';
import { firstOpOf, type BlockContext } from './block-context.ts';
import { BlockTable } from './block-table.ts';
import { Creations, type Creation } from './creations.ts';
import type { OpVerdict } from './echo-error.ts';
import { ObjectState } from './object-state.ts';
import { objectIdBytes } from './op-ids.ts';
import type { Op, Section } from './ops.ts';
import type { Sibling } from './register.ts';
import { isPayload } from './row-payload.ts';
import { madeAt } from './rights/place-log.ts';
import { creationOf, targetOf } from './rights/targets-of.ts';
import type { RefoldBase, RowMarks, RowWatcher, StoredStates } from './row-keeping.ts';
import { RowTable, type NewRow } from './row-table.ts';
import { decodeSection } from './section-codec.ts';
import type { FoldPorts, FoldView, OpScope, SectionNames } from './op-place.ts';
import { TypeRegistry, publicationsOf, type KnownType } from './type-registry.ts';

/** What became of a section. */
export interface AppliedSection {
  /** Ops in it. */
  readonly ops: number;
  /** Those that do not count, and why. `op` is -1 for the section as a whole. */
  readonly rejected: readonly { readonly op: number; readonly verdict: OpVerdict }[];
}

/** A block to fold again. */
export interface FoldedBlock {
  readonly block: BlockContext;
  readonly section: Uint8Array;
  readonly isVoid: boolean;
}

/** An op on an object. */
type ObjectOp = Exclude<Op, { readonly kind: 'create' | 'type' }>;

const NONE: readonly Sibling[] = [];

/** Rows that are folded again, and from what; see {@link Fold.refold}. */
export interface Refold {
  readonly again: ReadonlySet<number>;
  readonly blocks: readonly FoldedBlock[];
  readonly base: RefoldBase | undefined;
}

const NO_REFOLD: Refold = { again: new Set(), blocks: [], base: undefined };

/** Rows of a space, those of the closed zones that are read here among them, and how ops change them. */
export class Fold implements FoldView {
  readonly blocks: BlockTable;
  readonly rows: RowTable;
  readonly types: TypeRegistry;
  readonly observer: FoldPorts['observer'];
  /** True where it is to be known what stood where in trees in the past: rights may ask for it. */
  readonly keepsPlaces: boolean;
  /** True for a zone that lies under the keys of the space. */
  readonly isOpenZone: (zone: ZoneId) => boolean;
  readonly #states = new Map<number, ObjectState>();
  /** Zones of the rows that are in closed ones. */
  readonly #zones = new Map<number, ZoneId>();
  /** Epochs behind which the rows are, since the state that they are folded from. */
  readonly #stages: CollectionStage[] = [];
  /** What has made the objects, and which of them are collected. */
  readonly creations: Creations;
  #stored: StoredStates | undefined;
  #watcher: RowWatcher | undefined;
  /** While folding again: the rows that are meant. */
  #only: ReadonlySet<number> | undefined;

  constructor(input: FoldPorts) {
    this.types = input.types ?? new TypeRegistry();
    this.blocks = new BlockTable(input.causality);
    this.rows = new RowTable(input.tableSeed);
    this.creations = new Creations(this.rows, this.blocks, this.#stages);
    this.observer = input.observer;
    this.keepsPlaces = input.keepsPlaces ?? false;
    this.isOpenZone = input.isOpenZone ?? (() => false);
  }

  /** What is known of a row beyond its creation. To be read only; see {@link Fold.ensureState}. */
  state(row: number): ObjectState | undefined {
    if (!this.rows.isTouched(row)) return undefined;
    return this.#states.get(row) ?? this.#readStored(row);
  }

  /** The same for changing it, made if absent. */
  ensureState(row: number): ObjectState {
    this.#watcher?.stateWillChange(row);
    const known = this.state(row);
    if (known !== undefined) return known;
    const made = new ObjectState();
    this.#states.set(row, made);
    this.rows.setTouched(row);
    return made;
  }

  /**
   * The same without keeping what had to be decoded for it: for looking once at many rows. Changes nothing
   * in how the row is kept.
   */
  glance(row: number): ObjectState | undefined {
    if (!this.rows.isTouched(row)) return undefined;
    return this.#states.get(row) ?? this.#stored?.read(row);
  }

  /** The register of deletion of a row. Nothing else is decoded, nothing kept: for scans. */
  deletedOf(row: number): readonly Sibling[] {
    if (!this.rows.isTouched(row)) return NONE;
    return this.#states.get(row)?.deleted ?? this.#stored?.deleted(row) ?? NONE;
  }

  /**
   * Writes that stand in a register; `undefined` when it is as the creation left it, or is none. Nothing
   * else is decoded, nothing kept: for scans over one field of many rows.
   */
  registerOf(row: number, field: number): readonly Sibling[] | undefined {
    if (!this.rows.isTouched(row)) return undefined;
    const state = this.#states.get(row);
    if (state === undefined) return this.#stored?.register(row, field);
    const known = state.fields.get(field);
    return known?.kind === 'register' ? known.siblings : undefined;
  }

  /** The state of a row if it is in memory; one that lies in a snapshot is not. */
  loadedState(row: number): ObjectState | undefined {
    return this.#states.get(row);
  }

  /** The closed zone that a row is in, for good; `undefined` where all members read. */
  zoneOf(row: number): ZoneId | undefined {
    return this.#zones.size === 0 ? undefined : this.#zones.get(row);
  }

  /** Rows in closed zones, with these. */
  get zoned(): ReadonlyMap<number, ZoneId> {
    return this.#zones;
  }

  /** Row of an id as ops of a zone know it: others' objects there are to them as if they were not. */
  rowIn(zone: ZoneId | undefined, id: Uint8Array): number {
    const row = this.rows.find(id);
    return row >= 0 && this.zoneOf(row) === zone ? row : -1;
  }

  /** True for the row of an object that an epoch has collected. */
  isCollected(row: number): boolean {
    return this.creations.collected.has(row);
  }

  /**
   * True for the row of an object that an epoch has collected, and for what is not here (-1) where any were:
   * who names it has seen it, and what anybody has seen comes before its name.
   */
  hasForgotten(row: number): boolean {
    if (row >= 0) return this.creations.collected.has(row);
    return this.#stages.some(({ hasListedObjects }) => hasListedObjects !== undefined);
  }

  /** Forgets an object but for its place. */
  collectObject(row: number, { number }: CollectionStage): void {
    this.#watcher?.creationWillChange(row);
    this.#watcher?.stateWillChange(row);
    const before = this.keepsPlaces ? this.state(row) : undefined;
    this.creations.collect(row, number);
    this.#states.set(row, before === undefined ? new ObjectState() : before.placesOnly());
    this.observer.objectChanged(row);
  }

  /** Rows that have to be folded again to be put behind an epoch: too much has happened since. */
  rowsToRefold(stage: CollectionStage): ReadonlySet<number> {
    const rows = new Set<number>();
    for (const row of rowsToCollect(this)) if (!isRowExact(this, row, stage)) rows.add(row);
    for (const [row, made] of this.creations.twins) {
      if (!made.every(({ block }) => stage.isUnder(block))) rows.add(row);
    }
    return rows;
  }

  /** Puts all rows behind an epoch; some are folded again for that. */
  adopt(stage: CollectionStage, { again, base, blocks }: Refold = NO_REFOLD): void {
    this.#stages.push(stage);
    for (const row of rowsToCollect(this)) if (!again.has(row)) collectRow(this, row, stage);
    if (again.size > 0) this.refold(again, blocks, base);
  }

  /** True if an epoch under which the first block lies, and the second does not, is adopted: it binds that one. */
  isSettledFor(block: number, later: number): boolean {
    return this.#stages.some((stage) => stage.isUnder(block) && !stage.isUnder(later));
  }

  /** Adopts an epoch under which all is that was folded, row by row: it is to be run to its end. */
  *adopting(stage: CollectionStage): Generator<void> {
    this.#stages.push(stage);
    for (const row of rowsToCollect(this)) {
      collectRow(this, row, stage);
      yield;
    }
    // What stands is in the rows, and nobody asks such a fold for more.
    this.creations.twins.clear();
  }

  /** Enters an epoch that the rows are behind already: they are those of its snapshot, or of a later one. */
  enterStage(stage: CollectionStage): void {
    this.#stages.push(stage);
  }

  /** Enters the states of a snapshot's rows, and which are twins or collected; once and first. */
  restore(
    stored: StoredStates,
    { collected = new Map(), twins = new Map(), zones = new Map() }: RowMarks = {},
  ): void {
    this.#stored = stored;
    for (const [row, epoch] of collected) this.creations.collected.set(row, epoch);
    for (const [row, made] of twins) this.creations.twins.set(row, made);
    for (const [row, zone] of zones) this.#zones.set(row, zone);
  }

  /** Sets who is told of rows before they change. */
  watch(watcher: RowWatcher | undefined): void {
    this.#watcher = watcher;
  }

  #readStored(row: number): ObjectState | undefined {
    const state = this.#stored?.read(row);
    if (state !== undefined) this.#states.set(row, state);
    return state;
  }

  /** The type of a row. */
  typeOf(row: number): KnownType {
    return this.types.get(this.rows.type(row));
  }

  /** Applies the ops of a block. Malformed ones are void and reported, never thrown. */
  applySection(block: BlockContext, bytes: Uint8Array, isVoid: boolean): AppliedSection {
    this.blocks.add(block, isVoid);
    const section = tryDecode(bytes);
    if (section === undefined) {
      return { ops: 0, rejected: [{ op: -1, verdict: 'ECHO_OP_SECTION' }] };
    }
    const rejected: { op: number; verdict: OpVerdict }[] = [];
    const scope: OpScope = { block, isVoid, names: this.namesOf(section, block) };
    const first = firstOpOf(block);
    let creations = first;
    for (let at = 0; at < section.ops.length; at++) {
      const op = section.ops[at] as Op;
      let verdict: OpVerdict | undefined;
      if (op.kind === 'create') verdict = this.create(op, scope, first + at, creations++);
      else if (op.kind === 'type') verdict = this.#publish(op.bytes, block);
      else verdict = this.apply(op, scope, first + at);
      if (verdict !== undefined) rejected.push({ op: at, verdict });
      if (verdict === 'ECHO_OP_RIGHT') this.blocks.setPartlyVoid(block.no, true);
    }
    return { ops: section.ops.length, rejected };
  }

  /** Applies the creation that is the `index`-th of its transaction. */
  create(
    op: Extract<Op, { readonly kind: 'create' }>,
    scope: OpScope,
    at: number,
    index: number,
  ): OpVerdict | undefined {
    const { block } = scope;
    const id = objectIdBytes(block, index);
    const row = this.rows.find(id);
    if (this.#only !== undefined && !this.#only.has(row)) return undefined;
    const type = scope.names.type(op.type);
    const verdict = this.#judgeCreation(op.payload, type, scope, at);
    if (type === undefined) return verdict;
    const isVoid = verdict !== undefined;
    const creation = { type: type.no, block: block.no, op: at, payload: op.payload, isVoid };
    if (row >= 0) this.#watcher?.creationWillChange(row);
    const counts = row < 0 || this.creations.again(row, creation);
    if (row < 0) this.#add({ id, ...creation }, block.zone);
    this.observer.objectChanged(row >= 0 ? row : this.rows.count - 1);
    return verdict ?? (counts ? undefined : 'ECHO_OP_PAYLOAD');
  }

  /** Adds the row of an own creation, which is valid by construction; returns its number. */
  createOwn(creation: {
    readonly id: Uint8Array;
    readonly type: number;
    readonly block: number;
    readonly op: number;
    readonly payload: Uint8Array;
    readonly zone: ZoneId | undefined;
  }): number {
    // Named one by one: an import makes a hundred thousand.
    const { id, type, block, op, payload, zone } = creation;
    const row = this.#add({ id, type, block, op, payload, isVoid: false }, zone);
    this.observer.objectChanged(row);
    return row;
  }

  #add(created: NewRow, zone: ZoneId | undefined): number {
    const row = this.rows.add(created);
    if (zone !== undefined) this.#zones.set(row, zone);
    return row;
  }

  /** Applies an op on an object. */
  apply(op: ObjectOp, scope: OpScope, at: number): OpVerdict | undefined {
    const row = scope.names.row(op.object);
    if (this.#only !== undefined && !this.#only.has(row)) return undefined;
    const { no, rights } = scope.block;
    const missing = this.#whyMissing(row, scope.block);
    if (missing !== undefined) return missing;
    this.#noteBlock(row, no);
    if (this.creations.twins.has(row)) {
      const made = madeAt(this, row, { block: no, op: at });
      const stands = this.creations.stands(row, made) && this.blocks.reaches(made.block, no);
      if (!stands) return this.#applyToTwin(row, op, { made, scope, at });
    }
    if (rights?.allows(this, targetOf(this, row, op, scope.names), at) === false) {
      // Void sequence ops leave anchors for others, so they are applied, as void.
      if (op.kind === 'sequence') this.#applyTo(row, op, { ...scope, isVoid: true }, at);
      return 'ECHO_OP_RIGHT';
    }
    if (scope.isVoid && op.kind !== 'sequence') return 'ECHO_OP_VOID';
    return this.#applyTo(row, op, scope, at);
  }

  #whyMissing(row: number, { no, zone }: BlockContext): OpVerdict | undefined {
    // What is in another zone is not there: others cannot even see that it is.
    const isHere = row >= 0 && this.zoneOf(row) === zone;
    if (!isHere || !this.creations.isKnown(row, no)) return 'ECHO_OP_TARGET';
    return this.isCollected(row) ? 'ECHO_OP_COLLECTED' : undefined;
  }

  /**
   * An op on what does not stand. Where it was moved to is noted all the same if it stood for who did that: others
   * may have known no more, and what they did there depends on it.
   */
  #applyToTwin(
    row: number,
    op: ObjectOp,
    { at, made, scope }: { made: Creation | undefined; scope: OpScope; at: number },
  ): OpVerdict {
    if (made === undefined || made.isVoid) return 'ECHO_OP_ORPHAN';
    const own = this.types.get(made.type);
    const { rights } = scope.block;
    if (rights?.allows(this, targetOf(this, row, op, { ...scope.names, own }), at) === false) {
      return 'ECHO_OP_RIGHT';
    }
    if (scope.isVoid) return 'ECHO_OP_VOID';
    const state = this.ensureState(row);
    if (this.keepsPlaces) notePlace({ fold: this, row, state, scope, at }, op, own);
    return 'ECHO_OP_ORPHAN';
  }

  #noteBlock(row: number, block: number): void {
    const { blocks } = this.ensureState(row);
    if (this.#only === undefined && blocks.at(-1) !== block) blocks.push(block);
  }

  #applyTo(row: number, op: ObjectOp, scope: OpScope, at: number): OpVerdict | undefined {
    if (this.rows.isVoid(row)) return 'ECHO_OP_ORPHAN';
    const state = this.ensureState(row);
    const verdict = applyToObject({ fold: this, row, state, scope, at }, op);
    if (verdict === 'ECHO_OP_ELEMENT') state.isDoubtful = true;
    return verdict;
  }

  /** Objects that a section names or creates, as rows. */
  rowsOf(block: BlockContext, bytes: Uint8Array): number[] {
    const section = tryDecode(bytes);
    if (section === undefined) return [];
    const rows = new Set<number>();
    let creations = firstOpOf(block);
    const names = this.namesOf(section, block);
    for (const op of section.ops) {
      if (op.kind === 'create') {
        rows.add(this.rows.find(objectIdBytes(block, creations++)));
      } else if (op.kind !== 'type') rows.add(names.row(op.object));
    }
    rows.delete(-1);
    return [...rows];
  }

  /** Blocks with ops on any of the rows, ascending. */
  blocksOf(rows: Iterable<number>): number[] {
    const blocks = new Set<number>();
    for (const row of rows) {
      for (const { block } of this.creations.of(row)) blocks.add(block);
      for (const block of this.state(row)?.blocks ?? []) blocks.add(block);
    }
    return [...blocks].sort((a, b) => a - b);
  }

  /**
   * Folds the rows again from `blocks`, which are all of {@link blocksOf}, ascending; with a base, without
   * those under its frontier. Each epoch's collection comes where it belongs: behind what its frontier
   * covers, before all else.
   */
  refold(rows: ReadonlySet<number>, blocks: readonly FoldedBlock[], base?: RefoldBase): void {
    for (const row of rows) this.#reset(row, base);
    this.#only = rows;
    try {
      let rest = blocks;
      for (const stage of this.#stages) {
        if (base !== undefined && stage.number <= base.number) continue;
        const isUnder = ({ block }: FoldedBlock): boolean => stage.isUnder(block.no);
        this.#applyAll(rest.filter(isUnder));
        rest = rest.filter((each) => !isUnder(each));
        for (const row of rows)
          if (!this.creations.collected.has(row)) collectRow(this, row, stage);
      }
      this.#applyAll(rest);
    } finally {
      this.#only = undefined;
      this.creations.allMade();
    }
    for (const row of rows) this.observer.objectChanged(row);
  }

  /** Makes a row what it was at the base, or what it was before it was created. */
  #reset(row: number, base: RefoldBase | undefined): void {
    this.#watcher?.creationWillChange(row);
    this.#watcher?.stateWillChange(row);
    const before = this.state(row);
    const from = this.creations.reset(row, base);
    if (from === 'collected' || (from === undefined && before === undefined)) return;
    const blocks = [...(before?.blocks ?? [])];
    const { deleted = NONE, fields = new Map() } = from ?? {};
    this.#states.set(row, new ObjectState({ blocks, fields, deleted }));
  }

  #applyAll(blocks: readonly FoldedBlock[]): void {
    for (const { block, section, isVoid } of blocks) this.applySection(block, section, isVoid);
  }

  /** What the numbers of a decoded section mean. */
  namesOf(section: Section, block: BlockContext): SectionNames {
    const feeds = [this.blocks.feedName(block.feed), ...section.feeds.map(toHex)];
    const types = section.types.map((type) => this.types.byHash(toHex(type)));
    const rows = new Map<number, number>();
    return {
      feed: (no) => feeds[no] as string,
      type: (no) => (types[no] ??= this.types.byHash(toHex(section.types[no] as Uint8Array))),
      row: (object) => {
        let row = rows.get(object);
        if (row === undefined) rows.set(object, (row = this.#locate(section, block, object)));
        return row;
      },
    };
  }

  #locate(section: Section, block: BlockContext, object: number): number {
    if (object % 2 === 1) {
      const index = firstOpOf(block) + (object - 1) / 2;
      return this.rows.find(objectIdBytes(block, index));
    }
    const named = section.objects[object / 2];
    if (named === undefined) return -1;
    const row = this.rows.find(named.id);
    if (row < 0) return -1;
    const feed = named.feed === 0 ? block.feed : (section.feeds[named.feed - 1] as Uint8Array);
    return this.creations.isMeant(row, block.no, { seq: named.seq, feed }) ? row : -1;
  }

  #publish(bytes: Uint8Array, { no, zone }: BlockContext): OpVerdict | undefined {
    const type = this.types.published(bytes);
    if (type === undefined) return 'ECHO_OP_SCHEMA';
    if (!this.isPublished(type, no, zone)) publicationsOf(type, zone).push(no);
    return undefined;
  }

  /** See {@link FoldView}. */
  isPublished(type: KnownType, block: number, zone: ZoneId | undefined): boolean {
    const isIn = (publication: number): boolean => this.blocks.reaches(publication, block);
    const isOpen = zone === undefined || this.isOpenZone(zone);
    if (isOpen && type.publishedIn.some(isIn)) return true;
    return zone !== undefined && type.publishedInZones.get(zone)?.some(isIn) === true;
  }

  #judgeCreation(
    payload: Uint8Array,
    type: KnownType | undefined,
    scope: OpScope,
    at: number,
  ): OpVerdict | undefined {
    if (type === undefined || !this.isPublished(type, scope.block.no, scope.block.zone)) {
      return 'ECHO_OP_SCHEMA';
    }
    if (!isPayload(payload, type.compiled.leaves)) return 'ECHO_OP_PAYLOAD';
    if (scope.isVoid) return 'ECHO_OP_VOID';
    const { rights } = scope.block;
    return rights?.allows(this, creationOf(type, payload), at) === false
      ? 'ECHO_OP_RIGHT'
      : undefined;
  }
}

function tryDecode(bytes: Uint8Array): Section | undefined {
  try {
    return decodeSection(bytes);
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}
