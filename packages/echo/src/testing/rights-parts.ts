/** How rights meet ops, for the model that it is compared with. */
import { readStored, type InnerHeader, type ParsedBlock } from '@atoll/feed';
import {
  credentialIdOf,
  decodeStatements,
  elementPathId,
  mapKeyId,
  pathIds,
  rotationId,
  type AccessPath,
  type Statement,
} from '@atoll/halo';
import { fromHex, toHex, type CredentialId, type KeyId, type Store } from '@atoll/kernel';
import type { Leaf } from '@atoll/schema';
import { firstOpOf, type BlockContext } from '../block-context.ts';
import { objectIdBytes } from '../op-ids.ts';
import type { Dot, Op, Section } from '../ops.ts';
import { parentOf } from '../rights/place-log.ts';
import { topFieldOf } from '../rights/reach.ts';
import { payloadValue } from '../row-payload.ts';
import { decodeSection } from '../section-codec.ts';
import type { Space } from '../space/space.ts';
import type { KnownType } from '../type-registry.ts';

export { UndoLog } from '../undo-log.ts';
export { grant, named } from '../space/testing/rights-fixture.ts';
export { pretend } from '../space/testing/pretend.ts';
export {
  Person,
  exchange,
  exchangeAll,
  restored,
  rootOf,
  settled,
} from '../space/testing/space-fixture.ts';

/** A path of rights as this says it: ids in hex. */
export type ToldPath = readonly string[];

/** What a write takes the place of: an op of the own chain, or of the chains that are named by a feed or a block. */
export interface ToldCover {
  readonly of: 'own' | { readonly name: string };
  readonly seq: number;
  readonly at: number;
}

/** An op as its bytes say it, with names that mean the same to everybody. */
export interface ToldOp {
  readonly at: number;
  readonly kind: Op['kind'];
  readonly object: string;
  /** Of creations: the id of the type's name, and the first values. */
  readonly creation?: {
    readonly type: string;
    readonly values: readonly (readonly [leaf: Leaf, value: unknown])[];
  };
  readonly leaf?: Leaf;
  /** Id of the field, and of the key or element, as paths have them. */
  readonly field?: string;
  readonly key?: string;
  /** Key or element as ops have it. */
  readonly entry?: string;
  /** What is written, or added to a sum; of places in trees the parent. */
  readonly value?: unknown;
  readonly covers?: readonly ToldCover[];
}

/** A block as its bytes say it, and the rights that are in force for its sections. */
export interface ToldBlock {
  readonly name: string;
  readonly feed: string;
  readonly seq: number;
  readonly author: string;
  readonly lamport: number;
  readonly before: readonly string[];
  readonly sections: readonly { readonly path: ToldPath | undefined; readonly ops: ToldOp[] }[];
}

/** All blocks of a space, as somebody has them. */
export async function toldBlocks(space: Space, store: Store): Promise<readonly ToldBlock[]> {
  const told: ToldBlock[] = [];
  for (const { inner, no, parsed } of await openBlocks(space, store)) {
    const { frame } = parsed;
    const sections: { path: ToldPath | undefined; ops: ToldOp[] }[] = [];
    for (const [at, { credential, keyId, kind, zone }] of inner.sections.entries()) {
      if (kind !== 'data') continue;
      const right = space.authority.mayWriteBelow({ block: no, credential, zone, keyId });
      const opened = space.keys.openSection({ parsed, inner }, at);
      if (!opened.ok) throw new RangeError('a section cannot be read');
      const context = { ...frame, nonce: inner.nonce, section: sections.length };
      sections.push({
        path: right.counts ? pathIds(right.path) : undefined,
        ops: opsIn(
          space,
          { ...context, feed: fromHex(frame.feed) ?? new Uint8Array(32) },
          opened.value,
        ),
      });
    }
    told.push({
      ...{ name: parsed.hash, feed: frame.feed, seq: frame.seq, lamport: inner.lamport, sections },
      author: space.authority.authorOf(no)?.identity ?? '',
      before: [frame.prev, ...inner.deps.map(({ hash }) => hash)],
    });
  }
  return told;
}

/** A block with what it says of rights and keys. */
export interface ToldControl {
  readonly no: number;
  readonly name: string;
  readonly author: string;
  readonly lamport: number;
  readonly before: readonly string[];
  /** Each with its name. */
  readonly statements: readonly { readonly id: string; readonly statement: Statement }[];
  readonly data: readonly { readonly credential: CredentialId; readonly keyId: KeyId }[];
}

/** All blocks of a space with what they say of rights and keys, as somebody has them who can read all of it. */
export async function toldStatements(space: Space, store: Store): Promise<readonly ToldControl[]> {
  const told: ToldControl[] = [];
  for (const { inner, no, parsed } of await openBlocks(space, store)) {
    const statements = inner.sections.flatMap(({ kind }, at) => {
      const opened = kind === 'control' ? space.keys.openSection({ parsed, inner }, at) : undefined;
      return opened?.ok === true ? decodeStatements(opened.value) : [];
    });
    told.push({
      ...{ no, name: parsed.hash, lamport: inner.lamport },
      author: space.authority.authorOf(no)?.identity ?? '',
      before: [parsed.frame.prev, ...inner.deps.map(({ hash }) => hash)],
      statements: statements.map((statement) => ({ id: nameOf(statement), statement })),
      data: inner.sections.filter(({ kind }) => kind === 'data'),
    });
  }
  return told;
}

/** Content that somebody's keys open: name of the block, `/`, place among its data; blocks as another one has them. */
export async function openedContent(
  has: Space,
  store: Store,
  who: Pick<Space, 'keys'>,
): Promise<ReadonlySet<string>> {
  const opened = new Set<string>();
  for (const { inner, parsed } of await openBlocks(has, store)) {
    let place = 0;
    for (const [at, { kind }] of inner.sections.entries()) {
      if (kind !== 'data') continue;
      if (who.keys.openSection({ parsed, inner }, at).ok) {
        opened.add(`${parsed.hash}/${String(place)}`);
      }
      place++;
    }
  }
  return opened;
}

function nameOf(statement: Statement): string {
  if (statement.kind === 'grant') return credentialIdOf(statement);
  return statement.kind === 'rotation' ? rotationId(statement) : '';
}

interface OpenBlock {
  readonly no: number;
  readonly parsed: ParsedBlock;
  readonly inner: InnerHeader;
}

/** @throws RangeError where a block is missing or closed. */
async function openBlocks(space: Space, store: Store): Promise<readonly OpenBlock[]> {
  const open: OpenBlock[] = [];
  for (let no = 0; no < space.index.branches.blockCount; no++) {
    const stored = await store.get(space.id, space.index.branches.hashOf(no));
    const parsed = stored && readStored(stored);
    const header = parsed && space.keys.openHeader(parsed);
    if (parsed === undefined || header?.ok !== true) throw new RangeError('a block is missing');
    open.push({ no, parsed, inner: header.value });
  }
  return open;
}

/** Id of a path of one id or more, in hex. */
export function idsOf(path: AccessPath): ToldPath {
  return path.map(toHex);
}

type SectionOf = Pick<BlockContext, 'feed' | 'nonce' | 'section'>;

function opsIn(space: Space, of: SectionOf, bytes: Uint8Array): ToldOp[] {
  const section = decodeSection(bytes);
  const first = firstOpOf(of);
  let creations = first;
  return section.ops.flatMap((op, index): ToldOp | readonly ToldOp[] => {
    const at = first + index;
    if (op.kind === 'type') return [];
    if (op.kind !== 'create') return objectOp(space, { of, op, section }, at);
    const { compiled } = typeIn(space, section, op.type);
    const values = compiled.leaves.map((leaf) => {
      const value = payloadValue(op.payload, 0, leaf.index);
      return [leaf, valueOf(leaf, value)] as const;
    });
    const object = toHex(objectIdBytes(of, creations++));
    return { at, kind: 'create', object, creation: { type: compiled.name, values } };
  });
}

function objectOp(
  space: Space,
  {
    of,
    op,
    section,
  }: {
    readonly of: SectionOf;
    readonly op: Exclude<Op, { readonly kind: 'create' | 'type' }>;
    readonly section: Section;
  },
  at: number,
): ToldOp {
  const no = op.object;
  const object =
    no % 2 === 1
      ? toHex(objectIdBytes(of, firstOpOf(of) + (no - 1) / 2))
      : toHex((section.objects[no / 2] as Section['objects'][number]).id);
  const told = ({ feed, op: named, seq }: Dot): ToldCover => {
    const name = feed === 0 ? undefined : toHex(section.feeds[feed - 1] as Uint8Array);
    return { of: name === undefined ? 'own' : { name }, seq, at: named };
  };
  const covers = 'covers' in op ? op.covers?.map(told) : undefined;
  const base = { at, kind: op.kind, object, ...(covers === undefined ? {} : { covers }) };
  if (!('field' in op)) return base;
  const row = space.database.fold.rows.find(fromHex(object) ?? new Uint8Array(16));
  const type =
    op.field.type === undefined
      ? space.database.fold.typeOf(row)
      : typeIn(space, section, op.field.type);
  const leaf = type.compiled.leaves[op.field.leaf] as Leaf;
  const entry = 'key' in op ? op.key : undefined;
  return {
    ...base,
    leaf,
    field: topFieldOf({ leaf, type }),
    ...(entry === undefined ? {} : { entry, key: keyOf(leaf, entry) }),
    ...(op.kind === 'set' ? { value: valueOf(leaf, op.value) } : {}),
    ...(op.kind === 'increment' ? { value: op.amount } : {}),
  };
}

function typeIn(space: Space, section: Section, no: number): KnownType {
  const type = space.database.fold.types.byHash(toHex(section.types[no] as Uint8Array));
  if (type === undefined) throw new RangeError('a type is missing');
  return type;
}

function valueOf({ data }: Leaf, value: Parameters<typeof parentOf>[0]): unknown {
  if (data.kind !== 'tree') return value;
  const parent = parentOf(value);
  return parent === null ? null : toHex(parent);
}

function keyOf({ data }: Leaf, entry: string): string {
  if (data.kind === 'map') return toHex(mapKeyId(entry));
  const [feed = '', counter] = entry.split('.');
  return toHex(elementPathId(fromHex(feed) ?? new Uint8Array(32), Number(counter)));
}
