/**
 * Trees of objects. A type takes part in a tree by a field `s.tree(name)`; the field is one register, the
 * object's parent and its position there. A tree is made when somebody first asks for it and follows every
 * change from then on.
 */
import type { Value } from '@atoll/codec';
import { fromHex, toHex } from '@atoll/kernel';
import type { Ref } from '@atoll/schema';
import type { AnyObject, Database } from '../database.ts';
import { EchoError } from '../echo-error.ts';
import { createdValue } from '../field-state.ts';
import type { FieldRef } from '../mutations.ts';
import type { NewChild } from '../object-host.ts';
import { placeAmong, placeNear } from './sibling-places.ts';
import { numberedPosition, positionBetween } from './tree-position.ts';
import { COLLECTED, ROOT, TreeStructure, type Edge } from './tree-structure.ts';

/** Where an object is put. Without parent it is put under that of `before` or `after`, or under none. */
export interface TreePlace {
  /** `null` for no parent. */
  readonly parent?: Ref<unknown> | null;
  /** The sibling that it is put before. */
  readonly before?: Ref<unknown>;
  /** The sibling that it is put behind. */
  readonly after?: Ref<unknown>;
  /** Its index among the children; the end, if nothing else is said. */
  readonly index?: number;
  /** Name of the tree; needed only for objects that are in several. */
  readonly tree?: string;
}

/** An object whose wish cannot be granted: it would be above itself. */
export interface TreeConflict {
  readonly object: AnyObject;
  /** Where it was put; it is shown under no parent as long as others were put below it. */
  readonly parent: AnyObject | undefined;
}

/** The field by which the objects of a type are in a tree. */
interface TreeField {
  readonly field: number;
  /** Name of the field. */
  readonly name: string;
}

/** Where something is to be: between two siblings, as far as there are any. */
interface WantedPlace {
  readonly parent: number;
  readonly after: number | undefined;
  readonly before: number | undefined;
}

class ObjectTree {
  readonly structure: TreeStructure;
  /** Children as shown, made when asked for; kept while they are the same objects. */
  readonly shown: Map<number, readonly AnyObject[]> = new Map();
  readonly stale: Set<number> = new Set();
  /** Rows whose parent is not here, by its id. */
  readonly waiting: Map<string, Set<number>> = new Map();

  constructor(database: Database) {
    const { rows, blocks } = database.fold;
    const compare = (a: Created, b: Created): number =>
      blocks.compare(a.block, b.block) || a.op - b.op;
    const created = (row: number): Created => ({ block: rows.block(row), op: rows.op(row) });
    const order = {
      compareEdges: compare,
      compareCreations: (a: number, b: number) => compare(created(a), created(b)),
      idOf: (row: number) => rows.idBytes(row),
    };
    this.structure = new TreeStructure(order, (parent) => this.stale.add(parent));
  }
}

interface Created {
  readonly block: number;
  readonly op: number;
}

/** The trees of a database. */
export class ObjectTrees {
  readonly #database: Database;
  readonly #trees = new Map<string, ObjectTree>();
  /** Types that were looked through for fields, and the fields, by tree and type's name. */
  readonly #fields = new Map<string, Map<string, TreeField>>();
  readonly #changed = new Set<number>();
  #typesSeen = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Children in order, deleted and hidden ones left out; of no parent: the roots. The same list until it changes. */
  children(parent: Ref<unknown> | null | undefined, tree?: string): readonly AnyObject[] {
    const row = parent === null || parent === undefined ? ROOT : this.#rowOf(parent);
    return this.#childrenOf(this.#treeOf(row, tree), row);
  }

  /** The parent; `undefined` for what stands under no parent. A deleted parent hides its children. */
  parent(object: Ref<unknown>, tree?: string): AnyObject | undefined {
    const row = this.#rowOf(object);
    const parent = this.#treeOf(row, tree).structure.parentOf(row);
    return parent < 0 ? undefined : this.#object(parent);
  }

  /** Parents, the nearest first. */
  ancestors(object: Ref<unknown>, tree?: string): AnyObject[] {
    const row = this.#rowOf(object);
    const { structure } = this.#treeOf(row, tree);
    const found: AnyObject[] = [];
    for (let at = structure.parentOf(row); at >= 0; at = structure.parentOf(at)) {
      found.push(this.#object(at));
    }
    return found;
  }

  /** Everything below an object (or in the tree), parents before their children, with its depth from 0. */
  *subtree(
    object: Ref<unknown> | null | undefined,
    tree?: string,
  ): Generator<{ readonly object: AnyObject; readonly depth: number }> {
    const row = object === null || object === undefined ? ROOT : this.#rowOf(object);
    const found = this.#treeOf(row, tree);
    const waiting = [{ nodes: this.#childrenOf(found, row), at: 0 }];
    for (let level = waiting.at(-1); level !== undefined; level = waiting.at(-1)) {
      const next = level.nodes[level.at++];
      if (next === undefined) {
        waiting.pop();
        continue;
      }
      yield { object: next, depth: waiting.length - 1 };
      const below = this.#childrenOf(found, this.#rowOf(next));
      if (below.length > 0) waiting.push({ nodes: below, at: 0 });
    }
  }

  /** Objects that were put below themselves, by several people at once. */
  conflicts(tree?: string): TreeConflict[] {
    const { structure } = this.#treeOf(ROOT, tree);
    if (structure.skipped.size === 0) return [];
    return structure
      .childrenOf(ROOT)
      .filter((row) => structure.skipped.has(row) && this.#database.source.isLive(row))
      .map((row) => {
        const parent = structure.edge(row)?.parent ?? ROOT;
        return {
          object: this.#object(row),
          parent: parent < 0 ? undefined : this.#object(parent),
        };
      });
  }

  /** Calls back once a tick in which the children became others. Returns the way to stop. */
  onChildren(
    parent: Ref<unknown> | null | undefined,
    listener: (children: readonly AnyObject[]) => void,
    tree?: string,
  ): () => void {
    let known = this.children(parent, tree);
    return this.#database.onBatch(() => {
      const now = this.children(parent, tree);
      if (now === known) return;
      known = now;
      listener(now);
    });
  }

  /**
   * Puts an object elsewhere. @throws EchoError `ECHO_TREE` if it would be below itself, or a sibling is
   * not where it is said to be; `ECHO_OBJECT`.
   */
  move(object: Ref<unknown>, place: TreePlace): void {
    const row = this.#rowOf(object);
    const name = this.#nameOf(row, place.tree);
    const tree = this.#tree(name);
    const parent = this.#parentFor(tree, place);
    const ref = this.#fieldRef(row, name);
    for (let at = parent; at >= 0; at = tree.structure.parentOf(at)) {
      if (at === row) throw refused('an object cannot be put below itself');
    }
    const { after, before } = this.#neighbours(tree, { row, parent, place });
    this.#write(ref, tree, { parent, after, before });
  }

  /** Makes an object the last child of a parent. @throws EchoError `ECHO_TREE`, `ECHO_VALUE`. */
  place(ref: FieldRef, parent: unknown): void {
    const { data, name } = ref.leaf;
    if (data.kind !== 'tree') return;
    if (parent !== null && parent !== undefined && !isRef(parent)) {
      throw new EchoError('ECHO_VALUE', `${name}: a parent, or null for none, is expected`);
    }
    this.move(this.#object(ref.row), { parent: parent ?? null, tree: data.tree });
  }

  /** What the creation of an object writes: the last place below a parent. @throws EchoError `ECHO_VALUE`. */
  lastPlace({ tree, type, zone }: NewChild, parent: Ref<unknown> | null | undefined): Value {
    const row = parent === null || parent === undefined ? ROOT : this.#rowOf(parent);
    const creation = { type, parents: [this.#idOf(row)] };
    const spread = this.#database.mutations.spread({ creation, zone });
    const { structure } = this.#tree(tree);
    const siblings = structure.childrenOf(row);
    // Those that were never placed come behind it.
    const last = siblings.findLast((one) => structure.edge(one)?.position !== undefined);
    const after = last === undefined ? undefined : structure.edge(last)?.position;
    const position = positionBetween(after, undefined, spread) ?? numberedPosition(0, spread);
    return this.#value(row, position);
  }

  /** A tree in local numbers, as it is now. */
  structure(tree: string): TreeStructure {
    return this.#tree(tree).structure;
  }

  /** Notes a change of a row. */
  changed(row: number): void {
    if (this.#trees.size > 0) this.#changed.add(row);
  }

  #childrenOf(tree: ObjectTree, parent: number): readonly AnyObject[] {
    const known = tree.shown.get(parent);
    if (known !== undefined && !tree.stale.has(parent)) return known;
    tree.stale.delete(parent);
    const { source } = this.#database;
    const now = tree.structure
      .childrenOf(parent)
      .filter((row) => source.isLive(row))
      .map((row) => this.#object(row));
    const same = known?.length === now.length && known.every((object, at) => object === now[at]);
    if (same) return known;
    tree.shown.set(parent, now);
    return now;
  }

  #parentFor(tree: ObjectTree, place: TreePlace): number {
    const sibling = place.before ?? place.after;
    const beside = sibling === undefined ? undefined : this.#rowOf(sibling);
    if (place.parent === undefined && beside !== undefined) {
      return Math.max(ROOT, tree.structure.parentOf(beside));
    }
    const parent = place.parent ?? null;
    const row = parent === null ? ROOT : this.#rowOf(parent);
    if (beside !== undefined && tree.structure.parentOf(beside) !== row) {
      throw refused('the sibling is below another parent');
    }
    return row;
  }

  /** The siblings between which an object is put; deleted ones count, for they may come back. */
  #neighbours(
    tree: ObjectTree,
    at: { readonly row: number; readonly parent: number; readonly place: TreePlace },
  ): { readonly after: number | undefined; readonly before: number | undefined } {
    const { row, parent, place } = at;
    const all = tree.structure.childrenOf(parent);
    const isLast = [place.before, place.after, place.index].every((each) => each === undefined);
    if (isLast) return { after: all.at(-1) === row ? all.at(-2) : all.at(-1), before: undefined };
    const siblings = all.filter((each) => each !== row);
    let index = siblings.length;
    if (place.before !== undefined) index = siblings.indexOf(this.#rowOf(place.before));
    else if (place.after !== undefined) index = siblings.indexOf(this.#rowOf(place.after)) + 1;
    else if (place.index !== undefined) index = this.#indexAmong(siblings, place.index);
    const isBesideItself = index < 0 || (place.after !== undefined && index === 0);
    if (isBesideItself) throw refused('an object cannot be put beside itself');
    return { after: siblings[index - 1], before: siblings[index] };
  }

  #indexAmong(siblings: readonly number[], index: number): number {
    const { source } = this.#database;
    const shown = siblings.filter((row) => source.isLive(row));
    if (!Number.isSafeInteger(index) || index < 0 || index > shown.length) {
      throw new EchoError('ECHO_POSITION', `there are ${shown.length} children beside it`);
    }
    const next = shown[index];
    return next === undefined ? siblings.length : siblings.indexOf(next);
  }

  #write(ref: FieldRef, tree: ObjectTree, to: WantedPlace): void {
    const { mutations } = this.#database;
    const spread = mutations.spread({ row: ref.row, field: ref, to: this.#idOf(to.parent) });
    const position = this.#positionFor(tree, to, spread);
    if (position !== undefined) mutations.set(ref, this.#value(to.parent, position));
    else this.#makeRoom(ref, tree, { ...to, spread });
  }

  #positionFor({ structure }: ObjectTree, to: WantedPlace, spread: number): Uint8Array | undefined {
    const positionOf = (row: number | undefined): Uint8Array | undefined =>
      row === undefined ? undefined : structure.edge(row)?.position;
    const after = positionOf(to.after);
    // Behind one that was never placed nothing can be placed, until it is.
    if (to.after !== undefined && after === undefined) return undefined;
    return positionBetween(after, positionOf(to.before), spread);
  }

  /** Gives siblings new positions, as few as it takes; puts it near to them where somebody may not write these. */
  #makeRoom(
    ref: FieldRef,
    { structure }: ObjectTree,
    to: WantedPlace & { readonly spread: number },
  ): void {
    const { mutations } = this.#database;
    const { before, parent, spread } = to;
    const siblings = structure.childrenOf(parent).filter((row) => row !== ref.row);
    const at = before === undefined ? siblings.length : siblings.indexOf(before);
    const positions = siblings.map((row) => structure.edge(row)?.position);
    const { others, own } = placeAmong(positions, at, spread);
    const name = ref.leaf.data.kind === 'tree' ? ref.leaf.data.tree : '';
    const writes = [...others].flatMap(([no, position]) => {
      const row = siblings[no] as number;
      // What is skipped stands here only for show: its own wish is left as it is.
      return structure.skipped.has(row) ? [] : [{ field: this.#fieldRef(row, name), position }];
    });
    const mayWrite = writes.every(({ field }) => {
      return mutations.mayWrite({ row: field.row, field, to: this.#idOf(parent) });
    });
    const near = mayWrite ? undefined : placeNear(positions, at, spread);
    const all =
      near === undefined
        ? [...writes, { field: ref, position: own }]
        : [{ field: ref, position: near }];
    this.#database.transaction(() => {
      for (const { field, position } of all) mutations.set(field, this.#value(parent, position));
    });
  }

  #value(parent: number, position: Uint8Array): Value {
    return [this.#idOf(parent), position];
  }

  #idOf(row: number): Uint8Array<ArrayBuffer> | null {
    return row < 0 ? null : this.#database.fold.rows.idBytes(row).slice();
  }

  #fieldRef(row: number, tree: string): FieldRef {
    const { fold } = this.#database;
    const own = fold.typeOf(row);
    const named = this.#fieldsOf(tree).get(own.compiled.name);
    const reader = this.#database.readerOf(own.compiled.name) ?? own;
    for (const type of [own, reader, ...fold.types.byName(own.compiled.name)]) {
      const leaf = named === undefined ? undefined : type.leafByField.get(named.field);
      if (leaf !== undefined) return { row, type, leaf };
    }
    throw refused(`a ${own.compiled.name} has no place in the tree ${tree}`);
  }

  #object(row: number): AnyObject {
    return this.#database.handle(row) as AnyObject;
  }

  #rowOf(object: Ref<unknown>): number {
    const other = this.#database.spaceOf(object);
    const id = object.$id === undefined ? undefined : fromHex(object.$id);
    const row = other !== undefined || id?.length !== 16 ? -1 : this.#database.fold.rows.find(id);
    if (row < 0) throw new EchoError('ECHO_OBJECT', 'the object is not in this database');
    return row;
  }

  #treeOf(row: number, tree: string | undefined): ObjectTree {
    return this.#tree(this.#nameOf(row, tree));
  }

  /** The tree that is meant where none is named: that of the object's type, or the only one there is. */
  #nameOf(row: number, tree: string | undefined): string {
    if (tree !== undefined) return tree;
    this.#lookForFields();
    const names = [...this.#fields.keys()];
    const type = row === ROOT ? undefined : this.#database.fold.typeOf(row).compiled.name;
    const own = names.filter((name) => type !== undefined && this.#fields.get(name)?.has(type));
    const [only, ...more] = own.length > 0 ? own : names;
    if (only === undefined) throw refused('no type has a field that is a place in a tree');
    if (more.length > 0) throw refused(`there are several trees: ${[only, ...more].join(', ')}`);
    return only;
  }

  #fieldsOf(tree: string): ReadonlyMap<string, TreeField> {
    this.#lookForFields();
    return this.#fields.get(tree) ?? new Map<string, TreeField>();
  }

  #lookForFields(): void {
    const types = this.#database.fold.types.all();
    while (this.#typesSeen < types.length) {
      const type = types[this.#typesSeen++];
      type?.compiled.leaves.forEach((leaf) => {
        if (leaf.data.kind !== 'tree') return;
        const { tree } = leaf.data;
        const fields = this.#fields.get(tree) ?? new Map<string, TreeField>();
        this.#fields.set(tree, fields);
        const { name } = type.compiled;
        if (fields.has(name)) return;
        fields.set(name, { field: type.fields[leaf.index] as number, name: leaf.name });
        // Objects of the type that are there already come in.
        const known = this.#trees.get(tree);
        if (known !== undefined) this.#enterAll(known, tree, name);
      });
    }
  }

  /** The tree of a name, as it is now. */
  #tree(name: string): ObjectTree {
    this.#lookForFields();
    let tree = this.#trees.get(name);
    if (tree === undefined) {
      this.#follow();
      this.#trees.set(name, (tree = new ObjectTree(this.#database)));
      for (const type of this.#fieldsOf(name).keys()) this.#enterAll(tree, name, type);
    }
    this.#follow();
    return tree;
  }

  #enterAll(tree: ObjectTree, name: string, type: string): void {
    const { fold } = this.#database;
    const versions = new Set(fold.types.byName(type).map((each) => each.no));
    for (let row = 0; row < fold.rows.count; row++) {
      if (versions.has(fold.rows.type(row))) this.#enter(tree, name, row);
    }
  }

  /** Takes in what changed since somebody asked. */
  #follow(): void {
    if (this.#changed.size === 0) return;
    const rows = [...this.#changed];
    this.#changed.clear();
    for (const [name, tree] of this.#trees) for (const row of rows) this.#refresh(tree, name, row);
  }

  #refresh(tree: ObjectTree, name: string, row: number): void {
    this.#enter(tree, name, row);
    tree.stale.add(tree.structure.parentOf(row));
    const isVoid = this.#database.fold.rows.isVoid(row);
    if (isVoid) for (const child of tree.structure.edgesTo(row)) this.#enter(tree, name, child);
    else if (tree.waiting.size > 0) {
      const id = this.#database.fold.rows.id(row);
      const waiting = tree.waiting.get(id);
      tree.waiting.delete(id);
      for (const child of waiting ?? []) this.#enter(tree, name, child);
    }
  }

  #enter(tree: ObjectTree, name: string, row: number): void {
    tree.structure.set(row, this.#edgeOf(tree, name, row));
  }

  #edgeOf(tree: ObjectTree, name: string, row: number): Edge | undefined {
    const { fold } = this.#database;
    const named = this.#fieldsOf(name).get(fold.typeOf(row).compiled.name);
    if (named === undefined || fold.rows.isVoid(row)) return undefined;
    const state = fold.state(row)?.fields.get(named.field);
    const winner = state?.kind === 'register' ? state.siblings.at(-1) : undefined;
    const value = state === undefined ? createdValue(fold, row, named.field) : winner?.value;
    const { block, op } = winner ?? { block: fold.rows.block(row), op: fold.rows.op(row) };
    if (!Array.isArray(value)) return { parent: ROOT, position: undefined, block, op };
    const [parent, position] = value as readonly Value[] as readonly [Value, Uint8Array];
    const above = parent instanceof Uint8Array ? this.#parentRow(tree, parent, row) : ROOT;
    return { parent: above, position, block, op };
  }

  /**
   * Row of a parent; what is not here, or does not count, holds nothing: its children are roots. Those of a
   * collected one stay hidden.
   */
  #parentRow(tree: ObjectTree, id: Uint8Array, child: number): number {
    const { fold } = this.#database;
    const row = fold.rows.find(id);
    if (row >= 0 && !fold.rows.isVoid(row)) return row;
    const key = toHex(id);
    const waiting = tree.waiting.get(key);
    if (waiting === undefined) tree.waiting.set(key, new Set([child]));
    else waiting.add(child);
    return fold.hasForgotten(row) ? COLLECTED : ROOT;
  }
}

function isRef(value: unknown): value is Ref<unknown> {
  return typeof value === 'object' && value !== null && '$state' in value;
}

function refused(why: string): EchoError {
  return new EchoError('ECHO_TREE', why);
}
