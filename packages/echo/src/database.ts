/**
 * The objects of a space, as far as they are read here: add, read, change, delete, query, undo. The Space gives it
 * blocks and takes its transactions; the application holds its objects.
 */
import type { Value } from '@atoll/codec';
import { fromHex, type ObjectId, type SpaceId, type ZoneId } from '@atoll/kernel';
import {
  defineDynamic,
  type AnyTypeDefinition,
  type InputOf,
  type InstanceOf,
  type Issue,
  type Ref,
  type RefState,
  type TypeData,
  type TypeDefinition,
} from '@atoll/schema';
import type { BlockContext, Causality, Scheduler, TransactionSink } from './block-context.ts';
import { ChangeFeed } from './query/change-feed.ts';
import { absent, collectedObject, mayReturn } from './collection/listed-objects.ts';
import { refoldWatched } from './collection/refold-watched.ts';
import { conflictsOf, resolveConflict, type Conflict, type Resolution } from './conflicts.ts';
import { EchoError } from './echo-error.ts';
import type { CollectionStage, Listed } from './collection/stage.ts';
import { Fold, type AppliedSection, type FoldedBlock, type Refold } from './fold.ts';
import { HiddenObjects } from './hidden-objects.ts';
import { initialContent } from './initial-content.ts';
import { LocalChecks } from './local-checks.ts';
import { ModelFields } from './models/model-fields.ts';
import { Mutations, type FieldRef } from './mutations.ts';
import { HandleClass, ObjectHandle } from './object-handle.ts';
import type { NewChild, ObjectHost, TextListener } from './object-host.ts';
import { plainRow } from './plain-row.ts';
import type { QueryForm, RefGoal } from './query/query-form.ts';
import { typesWithRefs } from './query/edges.ts';
import { Indexes } from './query/indexes.ts';
import { LiveQueries } from './query/live-queries.ts';
import type { QueryHost } from './query/query-host.ts';
import { Query } from './query/query.ts';
import type { FoldOptions } from './op-place.ts';
import { FoldRows, type RowSource } from './query/row-source.ts';
import { keyOfRow, rowOfKey } from './query/rows-by-key.ts';
import { SequenceEdits } from './sequence-edits.ts';
import type { SpaceDirectory } from './space-directory.ts';
import { duplicatesOf, relationsOf, type Duplicates, type RelationOptions } from './relations.ts';
import { isLive, liveCount } from './shown.ts';
import { StateRoot } from './state-root.ts';
import { Transactions } from './transactions.ts';
import { ObjectTrees, type TreePlace } from './tree/object-trees.ts';
import type { KnownType } from './type-registry.ts';
import { invert } from './undo-invert.ts';
import type { UndoObserver, UndoStep } from './undo-step.ts';

/** What a database needs around it. */
export interface DatabasePorts extends FoldOptions {
  readonly causality: Causality;
  readonly sink: TransactionSink;
  readonly scheduler: Scheduler;
  /** 32 random bits of this process, against ids that were made to collide in the table. */
  readonly tableSeed: number;
  /** The space that the objects are in, for refs from other spaces. */
  readonly space?: SpaceId;
}

/** An object of whatever type. */
export type AnyObject = ObjectHandle & { readonly [field: string]: unknown };

/** Objects of a space. */
export class Database implements ObjectHost, QueryHost {
  readonly fold: Fold;
  readonly mutations: Mutations;
  readonly sequences: SequenceEdits;
  /** Custom data models: their code, and the fields that were opened. */
  readonly models: ModelFields;
  readonly source: RowSource;
  readonly indexes: Indexes;
  readonly live: LiveQueries;
  /** What has changed, once a tick, and how many listen to it. */
  readonly changes: ChangeFeed;
  /** What is here and not to be shown, as moderators say. */
  readonly hidden: HiddenObjects = new HiddenObjects(this);
  /** Trees of objects: more about them than {@link children}, {@link parent} and {@link move} tell. */
  readonly trees: ObjectTrees;
  /** Checks of the application's own. */
  readonly checks: LocalChecks = new LocalChecks();
  /** Where refs into other spaces lead; without it they lead nowhere. */
  directory: SpaceDirectory | undefined;
  /** True where something of the space cannot be read: a ref may lead there. */
  isSealed: () => boolean = () => false;
  readonly #space: SpaceId | undefined;
  readonly #transactions: Transactions;
  /** The tree over the hashes of all rows. */
  readonly stateTree: StateRoot;
  readonly #handles = new Map<number, ObjectHandle>();
  readonly #classByType = new Map<string, HandleClass>();
  readonly #readerByType = new Map<string, KnownType>();
  #readerChanges = 0;
  readonly #undo = new Set<UndoObserver>();
  #listed: Listed | undefined;

  constructor(ports: DatabasePorts) {
    this.changes = new ChangeFeed(ports.scheduler, (row, field) => this.#noteChange(row, field));
    this.fold = new Fold({ ...ports, observer: this.changes });
    this.source = new FoldRows(this);
    this.indexes = new Indexes(this.source);
    this.live = new LiveQueries(this);
    this.changes.onFields((fields) => this.live.update(fields));
    this.trees = new ObjectTrees(this);
    this.#space = ports.space;
    this.stateTree = new StateRoot(this.fold);
    this.#transactions = new Transactions({
      ...ports,
      fold: this.fold,
      beforeSeal: (open) => this.sequences.flush(open),
      afterSeal: (block) => {
        for (const observer of this.#undo) observer.sealed(block);
      },
    });
    const tell = (step: UndoStep): void => {
      for (const observer of this.#undo) observer.step(step);
    };
    this.mutations = new Mutations(this.fold, this.#transactions, tell);
    this.sequences = new SequenceEdits(this.fold, this.#transactions, tell);
    this.models = new ModelFields(this, this.changes);
  }

  /** The space that the objects are in, where it is known. */
  get space(): SpaceId | undefined {
    return this.#space;
  }

  /**
   * Creates an object, in a closed zone if one is given: it stays there. @throws EchoError `ECHO_VALUE` when the input
   * does not fit the type, `ECHO_ZONE`; SpaceError `SPACE_NO_RIGHT` for zones that are not known or not one's own.
   */
  add<D extends AnyTypeDefinition>(
    type: D,
    input: InputOf<D>,
    { zone }: { readonly zone?: string | undefined } = {},
  ): InstanceOf<D> {
    const made = { type: this.register(type), zone: zone as ZoneId | undefined };
    const checked = type['~standard'].validate(input);
    if ('issues' in checked) {
      const { message, path } = { path: [], message: '', ...checked.issues[0] };
      throw new EchoError('ECHO_VALUE', `${type.name} ${path.join('.')}: ${message}`);
    }
    const { payload, later } = initialContent(this, made, input as Record<string, unknown>);
    const row = this.mutations.create(made.type, payload, made.zone);
    for (const write of later) write(row);
    return this.handle(row) as unknown as InstanceOf<D>;
  }

  /** The object of an id, unless it is unknown, void or deleted; a hidden one too. */
  get(id: ObjectId | string): AnyObject | undefined {
    const row = this.#rowOf(id);
    return row >= 0 && isLive(this.fold, row) ? (this.handle(row) as AnyObject) : undefined;
  }

  /** The object of an id even if it is deleted. */
  getDeleted(id: ObjectId | string): AnyObject | undefined {
    const row = this.#rowOf(id);
    return row >= 0 && !this.fold.rows.isVoid(row) ? (this.handle(row) as AnyObject) : undefined;
  }

  /** Hides an object; edits to it are kept and return with {@link restore}. */
  delete(object: Ref<unknown>): void {
    const row = this.#requireRow(object);
    if (isLive(this.fold, row)) this.mutations.setDeleted(row, true);
  }

  /**
   * Shows a deleted object again. @throws EchoError `ECHO_COLLECTED` once an epoch has listed or collected
   * it: see {@link canRestore}.
   */
  restore(object: Ref<unknown>): void {
    const row = this.#requireRow(object);
    if (!this.canRestore(row)) throw collectedObject();
    if (!isLive(this.fold, row)) this.mutations.setDeleted(row, false);
  }

  /** False for the row of a deleted object that is collected, or may be at any time. */
  canRestore(row: number): boolean {
    return mayReturn(this.fold, row, this.#listed);
  }

  /** Children of an object in a tree, in order; of `null`: what stands under no parent. */
  children(parent: Ref<unknown> | null, tree?: string): readonly AnyObject[] {
    return this.trees.children(parent, tree);
  }

  /** Parent of an object in a tree. */
  parent(object: Ref<unknown>, tree?: string): AnyObject | undefined {
    return this.trees.parent(object, tree);
  }

  /** Puts an object elsewhere in a tree. @throws EchoError `ECHO_TREE`, `ECHO_POSITION`. */
  move(object: Ref<unknown>, place: TreePlace): void {
    this.trees.move(object, place);
  }

  /** Runs `change` as one transaction: one block, one step of undo; nothing of it stays if it throws. */
  transaction<T>(change: () => T): T {
    const steps: UndoStep[] = [];
    const stop = this.observeUndo({ step: (step) => steps.push(step), sealed: () => undefined });
    try {
      return this.#transactions.run(change, () => this.#takeBack(steps));
    } finally {
      stop();
    }
  }

  /** Changes an object in one transaction. */
  change<T extends Ref<unknown>>(object: T, change: (object: T) => void): void {
    this.#requireRow(object);
    this.transaction(() => change(object));
  }

  /** Queries objects of a type, given as its definition or name. */
  query<D extends AnyTypeDefinition>(type: D): Query<InstanceOf<D>>;
  query(type: string): Query<AnyObject>;
  query(type: AnyTypeDefinition | string): unknown {
    if (typeof type !== 'string') this.register(type);
    return new Query(this, { type: typeof type === 'string' ? type : type.name });
  }

  /** A query from plain data; in unions, moments, big integers and bytes may stand as themselves. */
  queryForm(form: QueryForm): Query<AnyObject> {
    return new Query<AnyObject>(this, form);
  }

  /** Objects with a ref to the target, of any type unless one is named. */
  refsTo(
    target: Ref<unknown> | RefGoal | string,
    type?: AnyTypeDefinition | string,
    field?: string,
  ): AnyObject[] {
    const name = typeof type === 'object' ? type.name : type;
    return typesWithRefs(this, name).flatMap((each) => this.query(each).refTo(target, field).run());
  }

  /** The values that stand beside each other in a field, the shown one first. */
  conflicts(object: Ref<unknown>, field: string, key?: string): readonly Conflict[] {
    return conflictsOf(this, this.#fieldRef(object, field), key);
  }

  /**
   * Settles a conflict: writes a value that {@link conflicts} has listed, or another one, over exactly the
   * listed ones. @throws EchoError `ECHO_FIELD`, `ECHO_VALUE`.
   */
  resolve(object: Ref<unknown>, field: string, choice: Resolution, key?: string): void {
    resolveConflict(this, this.#fieldRef(object, field), choice, key);
  }

  /** Relations of an object, from either end; those whose other end is deleted are left out. */
  relations(object: Ref<unknown>, options: RelationOptions = {}): AnyObject[] {
    return relationsOf(this, object, options);
  }

  /** Values of a unique field that several objects have. @throws EchoError `ECHO_FIELD`. */
  duplicates(type: AnyTypeDefinition | string, field: string): Duplicates[] {
    if (typeof type !== 'string') this.register(type);
    return duplicatesOf(this, typeof type === 'string' ? type : type.name, field);
  }

  /** What the application's own checks say of an object: others may have written what they refuse. */
  problems(object: Ref<unknown>): Issue[] {
    const row = this.#requireRow(object);
    return this.checks.problems(this.fold.typeOf(row).compiled.name, this.handle(row));
  }

  /** Types that the space's objects have, as data. */
  types(): readonly TypeData[] {
    return this.typeNames().flatMap((name) => {
      const reader = this.readerOf(name);
      return reader === undefined ? [] : [reader.compiled.data];
    });
  }

  /** A definition for a type that was found in the space. */
  definitionOf(name: string): TypeDefinition | undefined {
    const reader = this.readerOf(name);
    return reader === undefined ? undefined : defineDynamic(reader.compiled.data);
  }

  /** Makes a type known before its first object, so that objects of other versions read through it. */
  register(type: AnyTypeDefinition): KnownType {
    const known = this.fold.types.ofData(type.data());
    this.checks.note(type);
    if (this.#readerByType.get(known.compiled.name) !== known) {
      this.#readerByType.set(known.compiled.name, known);
      this.#readerChanges++;
      this.changes.typesChanged();
      this.#classOf(known.compiled.name).extend(known);
    }
    return known;
  }

  /** Calls back with the ids of changed objects, once a tick. Returns the way to stop. */
  onChange(listener: (ids: readonly ObjectId[]) => void): () => void {
    return this.onBatch((rows) => listener([...rows].map((row) => this.fold.rows.id(row))));
  }

  /** Calls back once a tick in which the object changed. Returns the way to stop. */
  observe(object: Ref<unknown>, listener: () => void): () => void {
    const row = this.#requireRow(object);
    return this.onBatch((rows) => {
      if (rows.has(row)) listener();
    });
  }

  /** Objects that are shown: they count, and are neither deleted nor hidden. */
  count(): number {
    return liveCount(this.fold) - this.hidden.liveCount();
  }

  // What the Space calls.

  /** Applies the ops of a block. The open transaction must be sealed before. */
  applySection(block: BlockContext, section: Uint8Array, isVoid: boolean): AppliedSection {
    this.changes.origin = 'foreign';
    try {
      return this.fold.applySection(block, section, isVoid);
    } finally {
      this.changes.origin = 'own';
    }
  }

  /** Seals the open transaction, if any. */
  commit(): void {
    this.#transactions.commit();
  }

  /** Tells listeners now, for who cannot wait for the end of the tick. */
  flush(): void {
    this.changes.flush();
  }

  /** Blocks that must be read again when it changes whether these blocks are void; ascending. */
  blocksToRefold(changed: readonly FoldedBlock[]): readonly number[] {
    return this.fold.blocksOf(this.#rowsOf(changed));
  }

  /**
   * Folds the objects of changed blocks again, from all of {@link blocksToRefold}; with a base, without those
   * under its frontier.
   */
  refold(
    changed: readonly FoldedBlock[],
    blocks: readonly FoldedBlock[],
    base?: Refold['base'],
  ): void {
    const rows = this.#rowsOf(changed);
    const refold = (): void => {
      for (const { block, isVoid } of changed) this.fold.blocks.judgeAnew(block.no, isVoid);
      this.fold.refold(rows, blocks, base);
    };
    refoldWatched(this.changes, rows, refold, this.sequences);
  }

  /** Puts all rows behind an epoch; see {@link Fold.adopt}. The open transaction must be sealed before. */
  adopt(stage: CollectionStage, refold: Refold): void {
    refoldWatched(this.changes, refold.again, () => this.fold.adopt(stage, refold), this.sequences);
  }

  /**
   * Lets own changes keep off what may be collected soon: what blocks have deleted for which these answer
   * true.
   */
  setListed(listed: Listed | undefined): void {
    this.sequences.keepOff.set(listed?.units);
    this.#listed = listed;
  }

  /** Root over all rows, keyed so that it tells nothing to who cannot read them. 32 bytes. */
  stateRoot(zoneKey: Uint8Array): Uint8Array {
    this.commit();
    return this.stateTree.compute(zoneKey);
  }

  /** Tells an observer of every undoable step. Returns the way to stop. */
  observeUndo(observer: UndoObserver): () => void {
    this.#undo.add(observer);
    return () => this.#undo.delete(observer);
  }

  // What handles, refs and queries call.

  /** The handle of a row; always the same one. */
  handle(row: number): ObjectHandle {
    let handle = this.#handles.get(row);
    if (handle === undefined) {
      const type = this.fold.typeOf(row);
      handle = this.#classOf(type.compiled.name).make(this, row);
      this.#handles.set(row, handle);
    }
    return handle;
  }

  /** The version of a type through which its objects are read: the application's, else the last known. */
  readerOf(name: string): KnownType | undefined {
    return this.#readerByType.get(name) ?? this.fold.types.byName(name).at(-1);
  }

  /** See {@link QueryHost}. */
  typeNames(): readonly string[] {
    return [...new Set(this.fold.types.all().map((type) => type.compiled.name))];
  }

  /** See {@link QueryHost}. */
  typesVersion(): number {
    return this.fold.types.all().length + this.#readerChanges;
  }

  /** See {@link QueryHost}. */
  rowOfKey(type: string, field: string, key: string): number {
    return rowOfKey(this, type, field, key);
  }

  /** Calls back once a tick with the rows that changed. Returns the way to stop. */
  onBatch(listener: (rows: ReadonlySet<number>) => void): () => void {
    return this.changes.onBatch(listener);
  }

  /** See {@link QueryHost}. */
  onTextEdits(row: number, field: number, listener: TextListener): () => void {
    return this.changes.onTextEdits(row, field, listener);
  }

  /** Plain data of a row. */
  plain(row: number): { readonly [name: string]: unknown } {
    return plainRow(this, row);
  }

  /** Target of a ref by id. */
  resolveId(id: ObjectId): { readonly target: unknown; readonly state: RefState } {
    const row = this.#rowOf(id);
    if (row < 0 || this.fold.rows.isVoid(row)) return absent(this.fold, row, this.isSealed());
    if (!isLive(this.fold, row)) return { target: undefined, state: 'deleted' };
    if (this.hidden.has(row)) return { target: undefined, state: 'hidden' };
    return { target: this.handle(row), state: 'present' };
  }

  /** Target of a ref into another space. */
  resolveElsewhere(
    space: SpaceId,
    id: ObjectId,
  ): { readonly target: unknown; readonly state: RefState } {
    if (space === this.#space) return this.resolveId(id);
    return this.directory?.resolve(space, id) ?? { target: undefined, state: 'elsewhere' };
  }

  /** The space of a ref's target, if it is another one. @throws EchoError `ECHO_VALUE`. */
  spaceOf(ref: Ref<unknown>): SpaceId | undefined {
    if (!(ref instanceof ObjectHandle)) return ref.$space === this.#space ? undefined : ref.$space;
    const host = ObjectHandle.hostOf(ref);
    if (host === this) return undefined;
    const space = host instanceof Database ? host.#space : undefined;
    if (space !== undefined) return space;
    throw new EchoError('ECHO_VALUE', 'the object is in a database whose space is not known');
  }

  /** See {@link ObjectHost}. */
  placeInTree(ref: FieldRef, parent: unknown): void {
    this.trees.place(ref, parent);
  }

  /** See {@link ObjectHost}. */
  lastInTree(child: NewChild, parent: Ref<unknown> | null | undefined): Value {
    return this.trees.lastPlace(child, parent);
  }

  /** Target of a keyed ref: of several objects with the key, the one that was created first. */
  resolveKey(
    name: string,
    field: string,
    key: string,
  ): { readonly target: unknown; readonly state: RefState; readonly id: ObjectId | undefined } {
    const row = this.rowOfKey(name, field, key);
    if (row < 0) return { target: undefined, state: 'missing', id: undefined };
    return { target: this.handle(row), state: 'present', id: this.fold.rows.id(row) };
  }

  /** Object of a type by the value of a key field. */
  findByKey(type: AnyTypeDefinition | string, field: string, key: string): AnyObject | undefined {
    const name = typeof type === 'string' ? type : type.name;
    const row = this.rowOfKey(name, field, key);
    return row < 0 ? undefined : (this.handle(row) as AnyObject);
  }

  /** Value of the key field of an object. */
  keyOfObject(id: ObjectId, type: string | undefined, field: string): string | undefined {
    return keyOfRow(this, this.#rowOf(id), { type, field });
  }

  #takeBack(steps: readonly UndoStep[]): void {
    const open = this.#transactions.current;
    if (open === undefined) return;
    this.sequences.flush(open);
    invert(this, [...steps]);
    this.sequences.flush(open);
    for (const observer of this.#undo) observer.takenBack?.();
  }

  #classOf(name: string): HandleClass {
    let made = this.#classByType.get(name);
    if (made === undefined) {
      made = new HandleClass();
      this.#classByType.set(name, made);
      const reader = this.readerOf(name);
      if (reader !== undefined) made.extend(reader);
    }
    return made;
  }

  #noteChange(row: number, field: number | undefined): void {
    if (field === undefined) this.hidden.noted(row);
    const handle = this.#handles.get(row);
    if (handle !== undefined) ObjectHandle.refresh(handle);
    this.indexes.changed(row, field);
    this.trees.changed(row);
    this.models.changed(row, field);
    this.stateTree.changed(row);
  }

  /** A field of an object by its name, in the version through which it is read. */
  #fieldRef(object: Ref<unknown>, field: string): FieldRef {
    const row = this.#requireRow(object);
    const own = this.fold.typeOf(row);
    for (const type of [this.readerOf(own.compiled.name) ?? own, own]) {
      const leaf = type.compiled.leafByName.get(field);
      if (leaf !== undefined) return { row, type, leaf };
    }
    throw new EchoError('ECHO_FIELD', `there is no field ${field}`);
  }

  #rowsOf(blocks: readonly FoldedBlock[]): Set<number> {
    return new Set(blocks.flatMap(({ block, section }) => this.fold.rowsOf(block, section)));
  }

  #rowOf(id: string): number {
    const bytes = fromHex(id);
    return bytes?.length === 16 ? this.fold.rows.find(bytes) : -1;
  }

  #requireRow(object: Ref<unknown>): number {
    const row = object.$id === undefined ? -1 : this.#rowOf(object.$id);
    if (row < 0) throw new EchoError('ECHO_OBJECT', 'the object is not in this database');
    return row;
  }
}
