/**
 * What becomes of work apart: blocks of new feeds whose causes are those that stood at the fork, so that
 * the fold merges them as it merges whoever comes late. Made while the state with the work is still here, and
 * sealed once the other one is.
 */
import { CodecError } from '@atoll/codec';
import { DEPS_MAX, readStored, type Dep } from '@atoll/feed';
import {
  ROOT_ZONE,
  concatBytes,
  idFromBytes,
  type BlockHash,
  type CredentialId,
  type FeedKey,
  type Keystore,
  type Rng,
  type SpaceId,
  type Store,
} from '@atoll/kernel';
import { firstOpOf } from '../block-context.ts';
import type { Fold } from '../fold.ts';
import type { Section } from '../ops.ts';
import { decodeSection } from '../section-codec.ts';
import type { DetachedState } from '../snapshot/detached.ts';
import { INCARNATION_BYTES, signerName } from '../space/own-feed.ts';
import type { SpaceIndex } from '../space/space-index.ts';
import type { SpaceKeys } from '../space/space-keys.ts';
import type { KnownType } from '../type-registry.ts';
import { ApartMap, type ApartGroup } from './apart-map.ts';
import type { SequenceThere } from './carried-elements.ts';
import { broughtOver } from './brought-over.ts';
import { translateSection } from './translate-section.ts';

/** A feed that work is carried over in. */
export interface CarriedFeed {
  readonly feed: FeedKey;
  readonly slot: number;
  readonly incarnation: Uint8Array<ArrayBuffer>;
}

/** What a block builds on: a block that everybody knows, or one that is carried too. */
export type CarriedDep = Dep | { readonly carried: number; readonly seq: number };

/** A block that is to be sealed. */
export interface CarriedBlock {
  /** Number of its feed in the plan. */
  readonly feed: number;
  readonly seq: number;
  /** The block that it stands for; absent for those that only name what is built on. */
  readonly of?: BlockHash;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly timeMs: number;
  readonly deps: readonly CarriedDep[];
  /** One for each right that it exercises, in the order of the block that it stands for: ops are named by it. */
  readonly data: readonly CarriedSection[];
}

/** Ops under one right. */
export interface CarriedSection {
  readonly credential: CredentialId;
  readonly section: Uint8Array;
}

/** Blocks in an order in which causes come first. */
export interface CarryPlan {
  readonly feeds: readonly CarriedFeed[];
  readonly blocks: readonly CarriedBlock[];
}

/** What a plan is made from. */
export interface CarryParts {
  readonly space: SpaceId;
  readonly store: Store;
  readonly keystore: Keystore;
  readonly rng: Rng;
  readonly keys: SpaceKeys;
  readonly slot: number;
  /** The state here, with the work. */
  readonly index: SpaceIndex;
  readonly fold: Fold;
  /** The state that it goes to. */
  readonly taken: DetachedState;
}

/** A section of a block apart, opened. */
interface OpenedApart {
  readonly credential: CredentialId;
  readonly section: Section;
}

/**
 * The plan for these blocks, which build on those of others; `undefined` if one of them cannot be read here, or if
 * another device has not brought over yet what they build on, so that they cannot be carried over whole.
 * @throws StoreError.
 */
export async function planCarry(
  parts: CarryParts,
  blocks: readonly number[],
  upon: readonly number[] = [],
): Promise<CarryPlan | undefined> {
  const theirs = broughtOver(parts.index, upon);
  if (theirs === undefined) return undefined;
  const opened = new Map<number, readonly OpenedApart[]>();
  for (const block of [...theirs.flatMap((group) => group.blocks), ...blocks]) {
    const found = await openApart(parts, block);
    if (found === 'unreadable') return undefined;
    opened.set(block, found);
  }
  const made = await makeFeeds(parts, blocks, theirs);
  const { apart } = made;
  for (const [block, sections] of opened) {
    for (const [ordinal, { section }] of sections.entries()) {
      const made = section.ops.filter(({ kind }) => kind === 'create').length;
      apart.enterObjects(block, firstOpOf({ section: ordinal }), made);
    }
  }
  try {
    return { feeds: made.feeds, blocks: new Planner(parts, made, opened).run(blocks) };
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}

async function openApart(
  { index, keys, space, store }: CarryParts,
  block: number,
): Promise<readonly OpenedApart[] | 'unreadable'> {
  const stored = await store.get(space, index.branches.hashOf(block));
  const parsed = stored === undefined ? undefined : readStored(stored);
  const header = parsed === undefined ? undefined : keys.openHeader(parsed);
  if (parsed === undefined || header?.ok !== true) return 'unreadable';
  const inner = header.value;
  // Closed zones are their readers': what was written there stays apart.
  if (inner.sections.some(({ kind, zone }) => kind === 'data' && zone !== ROOT_ZONE)) {
    return 'unreadable';
  }
  const sections: OpenedApart[] = [];
  for (const [at, { credential, kind }] of inner.sections.entries()) {
    if (kind !== 'data') continue;
    const section = keys.openSection({ parsed, inner }, at);
    if (!section.ok) return 'unreadable';
    sections.push({ credential, section: decodedOrNothing(section.value) });
  }
  // What did nothing here would do nothing there; among others it keeps its place.
  return sections.some(({ section }) => section !== NOTHING) ? sections : [];
}

const NOTHING: Section = { feeds: [], types: [], objects: [], ops: [] };

function decodedOrNothing(bytes: Uint8Array): Section {
  try {
    return decodeSection(bytes);
  } catch (failure) {
    if (failure instanceof CodecError) return NOTHING;
    throw failure;
  }
}

interface MadeFeeds {
  readonly feeds: readonly CarriedFeed[];
  readonly apart: ApartMap;
  /** By feed: what its first blocks name. */
  readonly openings: readonly (readonly (readonly number[])[])[];
}

/** A new feed for each branch. */
async function makeFeeds(
  parts: CarryParts,
  blocks: readonly number[],
  theirs: readonly ApartGroup[],
): Promise<MadeFeeds> {
  const { index, keystore, rng, slot, space } = parts;
  const byBranch = new Map<number, number[]>();
  for (const block of blocks) {
    const branch = index.branches.branchOf(block);
    const own = byBranch.get(branch);
    if (own === undefined) byBranch.set(branch, [block]);
    else own.push(block);
  }
  const feeds: CarriedFeed[] = [];
  const groups: ApartGroup[] = [];
  const openings: (readonly (readonly number[])[])[] = [];
  for (const [branch, own] of byBranch) {
    const incarnation = rng.bytes(INCARNATION_BYTES);
    const signer = await keystore.signer(signerName(space, slot, incarnation));
    const feed = idFromBytes('feed', signer.publicKey);
    const firstSeq = index.branches.seqOf(own[0] as number);
    const opening = groupsOf(pastBefore(index, branch, firstSeq));
    const feedBytes = concatBytes(signer.publicKey);
    const newSeq = opening.length;
    groups.push({ no: feeds.length, branch, blocks: own, firstSeq, feed, feedBytes, newSeq });
    feeds.push({ feed, slot, incarnation });
    openings.push(opening);
  }
  return { feeds, apart: new ApartMap(index, [...theirs, ...groups]), openings };
}

/** The last block of each branch in the past of a place. */
function pastBefore({ branches, causal }: SpaceIndex, branch: number, seq: number): number[] {
  const before = seq === 0 ? undefined : branches.lastUpTo(branch, seq - 1);
  if (before === undefined) return [];
  return [...causal.contextOf(before)].flatMap(
    ([other, otherSeq]) => branches.lastUpTo(other, otherSeq) ?? [],
  );
}

/** At least one group, which may be empty: the first block of a feed says whose it is. */
function groupsOf(blocks: readonly number[]): readonly (readonly number[])[] {
  const groups: number[][] = [[]];
  for (const block of blocks) {
    if ((groups.at(-1)?.length ?? 0) >= DEPS_MAX) groups.push([]);
    groups.at(-1)?.push(block);
  }
  return groups;
}

class Planner {
  readonly #parts: CarryParts;
  readonly #made: MadeFeeds;
  readonly #opened: ReadonlyMap<number, readonly OpenedApart[]>;

  constructor(
    parts: CarryParts,
    made: MadeFeeds,
    opened: ReadonlyMap<number, readonly OpenedApart[]>,
  ) {
    this.#parts = parts;
    this.#made = made;
    this.#opened = opened;
  }

  run(blocks: readonly number[]): readonly CarriedBlock[] {
    const { apart, openings } = this.#made;
    return blocks.flatMap((block) => {
      const place = apart.placeOf(block);
      if (place === undefined) return [];
      const { group, seq } = place;
      const { no } = group;
      if (no === undefined) return [];
      const opening = seq === group.newSeq ? (openings[no] ?? []) : [];
      return [
        ...opening.map((named, at) => this.#opening(no, named, { seq: at, of: block })),
        this.#block(block, { ...group, no }, seq),
      ];
    });
  }

  #opening(
    feed: number,
    named: readonly number[],
    at: { readonly seq: number; readonly of: number },
  ): CarriedBlock {
    const { index, rng } = this.#parts;
    return {
      feed,
      seq: at.seq,
      nonce: rng.bytes(index.nonceOf(at.of).length),
      timeMs: index.timeMsOf(at.of),
      deps: this.#deps(named),
      data: [],
    };
  }

  #block(block: number, group: ApartGroup & { readonly no: number }, seq: number): CarriedBlock {
    const { fold, index } = this.#parts;
    const { apart } = this.#made;
    const opened = this.#opened.get(block) ?? [];
    const there = this.#there.bind(this);
    const translation = { apart, fold, there, block, place: { group, seq } };
    return {
      feed: group.no,
      seq,
      of: index.branches.hashOf(block),
      // Ids are made from it and the feed, so they are others all the same.
      nonce: index.nonceOf(block).slice(),
      timeMs: index.timeMsOf(block),
      deps: this.#deps(index.kept(block).deps),
      data: opened.map(({ credential, section }, ordinal) => ({
        credential,
        section: translateSection({ ...translation, ordinal }, section),
      })),
    };
  }

  #deps(blocks: readonly number[]): readonly CarriedDep[] {
    const found = new Map<string, CarriedDep>();
    for (const block of blocks) {
      const dep = this.#dep(block);
      if (dep === undefined) continue;
      found.set('carried' in dep ? `${dep.carried}.${dep.seq}` : dep.hash, dep);
    }
    return [...found.values()];
  }

  /**
   * A cause, as those who have let go of the order can name it: the last block of its chain up to there that
   * they still know. With it, all of that chain that can still be named is in the past.
   */
  #dep(block: number): CarriedDep | undefined {
    const { index, taken } = this.#parts;
    const place = this.#made.apart.placeOf(block);
    const { branches } = index;
    if (place !== undefined) {
      const { group, seq } = place;
      if (group.no !== undefined) return { carried: group.no, seq };
      const [chain] = branches.branchesOf(group.feed);
      const over = chain === undefined ? undefined : branches.blockAt(chain, seq);
      return over === undefined ? undefined : depOf(index, over);
    }
    const there = taken.index.branches;
    const stated = depOf(index, block);
    const chains = there.branchesOf(stated.feed);
    const isAbove = chains.every((chain) => there.seqOf(there.branchEnd(chain)) < stated.seq);
    if (isAbove || taken.index.named(stated) !== undefined) return stated;
    const branch = branches.branchOf(block);
    for (let seq = stated.seq - 1; seq >= 0; seq--) {
      const before = branches.blockAt(branch, seq);
      if (before === undefined) continue;
      if (there.blockOf(branches.hashOf(before)) !== undefined) return depOf(index, before);
    }
    return undefined;
  }

  #there(object: Uint8Array, type: KnownType, leaf: number): SequenceThere | undefined {
    const { fold, index } = this.#parts.taken;
    const row = fold.rows.find(object);
    const id = this.#parts.fold.types.fieldId(type.fields[leaf] as number);
    const field = fold.types.fieldNo(id);
    const state = row < 0 || field === undefined ? undefined : fold.glance(row)?.fields.get(field);
    if (state?.kind !== 'text' && state?.kind !== 'list') return undefined;
    const { ids } = state;
    return {
      look: (feed, counter) => {
        const [branch, ...others] = index.branches.branchesOf(feed as FeedKey);
        // Of a feed that has forked, nobody can say so simply.
        if (branch === undefined || others.length > 0) return 'unknown';
        if (counter >= ids.next(branch)) return 'unknown';
        return ids.unitOf(branch, counter) < 0 ? 'gone' : 'there';
      },
    };
  }
}

/** How a block is named as a cause. */
export function depOf({ branches }: SpaceIndex, block: number): Dep {
  return {
    feed: branches.feedOf(block),
    seq: branches.seqOf(block),
    hash: branches.hashOf(block),
    lamport: branches.lamportOf(block),
  };
}
