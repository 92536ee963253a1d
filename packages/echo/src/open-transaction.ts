/** The transaction in the making: its block, its section so far, and what the section's numbers mean. */
import { encodeValue, type Value } from '@atoll/codec';
import { toHex } from '@atoll/kernel';
import { encodeType, type Leaf } from '@atoll/schema';
import { firstOpOf, type BlockContext } from './block-context.ts';
import type { Fold } from './fold.ts';
import { objectIdBytes } from './op-ids.ts';
import type { OpScope } from './op-place.ts';
import { COVERS_MAX, type Dot, type FieldNo, type Op } from './ops.ts';
import type { OpTarget } from './rights/op-target.ts';
import type { RightsChoice } from './rights/rights-choice.ts';
import { SectionBuilder } from './section-codec.ts';
import { publicationsOf, type KnownType } from './type-registry.ts';

/** Objects of one transaction that are found by looking at them all: most transactions change one. */
const FEW_OBJECTS = 8;

/** An op of this replica's history, named for everyone. */
export interface GlobalDot {
  /** Key of the feed in hex, or the name of a branch where the feed has two blocks with the seq. */
  readonly feed: string;
  readonly seq: number;
  readonly op: number;
}

/** One open transaction. */
export class OpenTransaction {
  readonly block: BlockContext;
  builder: SectionBuilder;
  scope: OpScope;
  /** Bytes that are not in the builder yet: texts are encoded at the end. */
  pendingBytes = 0;
  readonly #fold: Fold;
  // By the section's numbers, which are small: a map of each would be most of what a block costs.
  #rows: number[] = [];
  #types: KnownType[] = [];
  #feeds: string[] = [];
  #objectByRow: Map<number, number> | undefined;
  #keyByFeed: Map<string, Uint8Array> | undefined;
  /** Sections before the one that is open: each exercises another right. */
  readonly #before: Uint8Array[] = [];
  #beforeBytes = 0;

  constructor(fold: Fold, block: BlockContext) {
    this.#fold = fold;
    this.block = block;
    this.builder = new SectionBuilder(block.feed);
    this.scope = this.#begin(block);
    fold.blocks.add(block, false);
  }

  #begin(block: BlockContext): OpScope {
    this.#rows = [];
    this.#types = [];
    this.#feeds = [this.#fold.blocks.feedName(block.feed)];
    this.#objectByRow = undefined;
    return {
      block,
      isVoid: false,
      names: {
        row: (object) => this.#rows[object] ?? -1,
        type: (no) => this.#types[no],
        feed: (no) => this.#feeds[no] ?? '',
      },
    };
  }

  /** Makes ready for an op of what is to be changed: in the open section, or in one that exercises another right. */
  enter(choice: RightsChoice, target: OpTarget): void {
    const section = choice.enter(target);
    const zone =
      target.zone ?? (target.row === undefined ? undefined : this.#fold.zoneOf(target.row));
    const { section: open = 0, zone: openZone } = this.scope.block;
    if (section === open && zone === openZone) return;
    // A section is of one zone: where that is another one, nothing is in the open section yet.
    if (section !== open) {
      const bytes = this.builder.finish();
      this.#before.push(bytes);
      this.#beforeBytes += bytes.length;
      this.builder = new SectionBuilder(this.block.feed);
    }
    this.scope = this.#begin({
      ...this.block,
      ...(section === 0 ? {} : { section }),
      ...(zone === undefined ? {} : { zone }),
    });
  }

  /** The sections in order: the last one, and those before it. */
  finish(): { readonly section: Uint8Array; readonly before: readonly Uint8Array[] } {
    return { section: this.builder.finish(), before: this.#before };
  }

  /** Adds an op; its number in the block. */
  add(op: Op): number {
    return firstOpOf(this.scope.block) + this.builder.add(op);
  }

  /** Number in the block of the next op. */
  get ops(): number {
    return firstOpOf(this.scope.block) + this.builder.ops;
  }

  /** Bytes that the section has now, from above. */
  get sizeBytes(): number {
    return this.builder.sizeBytes + this.#beforeBytes + this.pendingBytes;
  }

  /** Number of an object in the section. */
  object(row: number): number {
    const known = this.#numberOf(row);
    if (known !== undefined) return known;
    const { rows, blocks } = this.#fold;
    const creator = blocks.get(rows.block(row));
    const id = rows.idBytes(row).slice();
    const number = this.builder.name({ id, feed: creator.feed, seq: creator.seq });
    this.#enter(row, number);
    return number;
  }

  #numberOf(row: number): number | undefined {
    if (this.#objectByRow !== undefined) return this.#objectByRow.get(row);
    const at = this.#rows.indexOf(row);
    return at < 0 ? undefined : at;
  }

  #enter(row: number, number: number): void {
    this.#rows[number] = row;
    if (this.#objectByRow === undefined && this.#rows.length > 2 * FEW_OBJECTS) {
      this.#objectByRow = new Map();
      this.#rows.forEach((known, at) => this.#objectByRow?.set(known, at));
    }
    this.#objectByRow?.set(row, number);
  }

  /** Number of a type in the section; published first where the space does not have it. */
  type(type: KnownType): number {
    const { zone } = this.scope.block;
    if (!this.#fold.isPublished(type, this.block.no, zone)) {
      this.builder.add({ kind: 'type', bytes: type.compiled.bytes });
      publicationsOf(type, zone).push(this.block.no);
    }
    const number = this.builder.type(type.compiled.hashBytes, type.compiled.hash);
    this.#types[number] = type;
    return number;
  }

  /** A field of a row, as ops name it. */
  field(row: number, type: KnownType, leaf: number): FieldNo {
    const own = this.#fold.typeOf(row);
    const field = type.fields[leaf] as number;
    const ownLeaf = own.leafByField.get(field);
    // A value is judged by the version that the op names; the object's own may not know it yet.
    const isSame = ownLeaf !== undefined && holdsSame(ownLeaf, type.compiled.leaves[leaf]);
    return isSame ? { leaf: ownLeaf.index } : { leaf, type: this.type(type) };
  }

  /** Creates an object and returns its row. */
  create(type: KnownType, payload: Uint8Array): number {
    const typeNo = this.type(type);
    const index = firstOpOf(this.scope.block) + this.builder.creations;
    const { block } = this.scope;
    const id = objectIdBytes(block, index);
    const op = this.add({ kind: 'create', type: typeNo, payload });
    const number = this.builder.created();
    const created = { id, type: type.no, block: block.no, op, payload, zone: block.zone };
    const row = this.#fold.createOwn(created);
    this.#enter(row, number);
    return row;
  }

  /** Dots as ops name them, ascending; more than an op may list are left out. */
  dots(dots: readonly GlobalDot[]): Dot[] {
    const named = dots.slice(0, COVERS_MAX).map((dot) => ({
      feed: this.feed(dot.feed),
      seq: dot.seq,
      op: dot.op,
    }));
    return named.sort((a, b) => a.feed - b.feed || a.seq - b.seq || a.op - b.op);
  }

  /** Number of a feed or branch. */
  feed(hex: string): number {
    this.#keyByFeed ??= new Map();
    let key = this.#keyByFeed.get(hex);
    if (key === undefined) {
      key = Uint8Array.from({ length: hex.length / 2 }, (_, at) =>
        Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16),
      );
      this.#keyByFeed.set(hex, key);
    }
    const number = this.builder.feed(key);
    this.#feeds[number] = hex;
    return number;
  }
}

/** True if two versions of a field take the same values. */
function holdsSame(one: Leaf, other: Leaf | undefined): boolean {
  return one === other || (other !== undefined && formOf(one) === formOf(other));
}

/** What a field says besides what it holds. */
const OPTIONS: ReadonlySet<string> = new Set(['default', 'optional', 'unique', 'index', 'search']);
const forms = new WeakMap<Leaf, string>();

function formOf(leaf: Leaf): string {
  let form = forms.get(leaf);
  if (form === undefined) {
    const held = Object.entries(leaf.data).filter(([name]) => !OPTIONS.has(name));
    const data = Object.fromEntries(held) as unknown as Leaf['data'];
    form = toHex(encodeType({ name: 'field', fields: { field: data } }));
    forms.set(leaf, form);
  }
  return form;
}

/** Bytes that a value may take, from above. */
export function valueBytesMax(value: Value): number {
  if (typeof value === 'string') return value.length * 3 + 8;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return 10;
  if (value instanceof Uint8Array) return value.length + 8;
  return encodeValue(value).length;
}
