/**
 * Brings work apart into the open space: seals what was planned, block by block, in feeds of its own. A feed
 * has each number once, so what a crash interrupts goes on where the log ends; only when all of it is durable
 * is it forgotten that there was something.
 */
import { DEPS_MAX, sealBlock, type Dep, type SealedBlock } from '@atoll/feed';
import {
  encodeStatements,
  type CheckedStatement,
  type ControlSection,
  type Statement,
} from '@atoll/halo';
import { ROOT_ZONE, toHex, type CredentialId, type Signer } from '@atoll/kernel';
import {
  depOf,
  type CarriedBlock,
  type CarriedDep,
  type CarriedFeed,
  type CarryPlan,
} from '../carry/carry-plan.ts';
import { carryEntries, carryValues, readPlan, type CarryEntry } from '../carry/carry-store.ts';
import type { ArchivePlace } from '../epoch/epoch-archive.ts';
import { placeOf, type EpochsHost } from '../epoch/epochs-host.ts';
import type { Committer } from './committer.ts';
import { genesisOf, signerName, type OwnFeed } from './own-feed.ts';
import type { Intake } from './intake.ts';
import { NO_CREDENTIAL } from './own-writer.ts';
import { SpaceError } from './space-error.ts';
import type { SpaceKeys } from './space-keys.ts';

/** Blocks that are sealed before others get a turn. */
const BLOCKS_A_TURN = 64;

/** What bringing over needs of its space besides what epochs need. */
export interface BringOverSpace {
  readonly keys: SpaceKeys;
  readonly committer: Committer | undefined;
  readonly intake: Intake;
  /** Statements that a new feed begins with. */
  readonly opening: (feed: OwnFeed) => Promise<readonly Statement[]>;
  /** False once the space is closing. */
  readonly isOpen: () => boolean;
}

/** What a space is brought over into. */
interface BringOverParts extends BringOverSpace {
  readonly committer: Committer;
  readonly host: EpochsHost;
  readonly place: ArchivePlace;
}

/** A feed of a plan, as far as it has come. */
interface WrittenFeed {
  readonly own: OwnFeed;
  readonly signer: Signer;
  lamport: number;
}

/**
 * Brings over all that is due; blocks with content that were. Without keys or the right to write, it stays
 * where it is. @throws SpaceError `SPACE_CLOSED`; SnapshotError; StoreError; KeystoreError.
 */
export async function bringOver(host: EpochsHost, space: BringOverSpace): Promise<number> {
  const { committer } = space;
  if (committer === undefined) throw new SpaceError('SPACE_CLOSED', 'the space is not open');
  const parts = { ...space, committer, host, place: placeOf(host) };
  let brought = 0;
  for (;;) {
    const entry = (await carryEntries(parts.place)).find(({ state }) => state === 'due');
    if (entry === undefined) return brought;
    const plan = await readPlan(parts.place, entry);
    if (!(await new Bringing(parts, plan).run())) return brought;
    await forget(parts, entry, plan);
    brought += entry.blocks;
    host.parts.ports.log.event('info', 'space.work-brought-over', { blocks: entry.blocks });
  }
}

/** All of it is in the log: what it was made from may go. */
async function forget(parts: BringOverParts, entry: CarryEntry, plan: CarryPlan): Promise<void> {
  const { host, place } = parts;
  const { space, store } = place;
  const positions: number[] = [];
  for (const { of } of plan.blocks) {
    // What others were given stands in the log as before.
    if (of === undefined || host.replica().index.blockOf(of) !== undefined) continue;
    const stored = await store.get(space, of);
    if (stored !== undefined) positions.push(stored.position);
  }
  const rest = (await carryEntries(place)).filter(({ head }) => head !== entry.head);
  await store.commit({
    values: await carryValues(place, rest),
    ...(positions.length === 0 ? {} : { drops: [{ space, positions }] }),
  });
}

class Bringing {
  readonly #parts: BringOverParts;
  readonly #plan: CarryPlan;
  /** All that it was written under. */
  readonly #rights: ReadonlySet<CredentialId>;

  constructor(parts: BringOverParts, plan: CarryPlan) {
    this.#parts = parts;
    this.#plan = plan;
    const sections = plan.blocks.flatMap(({ data }) => data);
    this.#rights = new Set(sections.map(({ credential }) => credential));
  }

  get #space(): EpochsHost['parts'] {
    return this.#parts.host.parts;
  }

  /** False if it cannot be done now. */
  async run(): Promise<boolean> {
    const { committer, host, intake } = this.#parts;
    const feeds: WrittenFeed[] = [];
    for (const feed of this.#plan.feeds) feeds.push(await this.#openFeed(feed));
    if (this.#wasBroughtByCopy(feeds)) return true;
    let isWhole = true;
    const { blocks } = this.#plan;
    for (let from = 0; from < blocks.length && isWhole; from += BLOCKS_A_TURN) {
      await intake.inTurn(async () => {
        for (const block of blocks.slice(from, from + BLOCKS_A_TURN)) {
          isWhole = isWhole && (await this.#bring(block, feeds));
        }
      });
      host.changed();
    }
    await committer.flush();
    return isWhole;
  }

  async #openFeed({ feed, incarnation, slot }: CarriedFeed): Promise<WrittenFeed> {
    const { place } = this.#parts;
    const { index, ports } = this.#space;
    const signer = await ports.keystore.signer(signerName(place.space, slot, incarnation));
    const [branch] = index.branches.branchesOf(feed);
    const end = branch === undefined ? undefined : index.branches.branchEnd(branch);
    const prev =
      end === undefined ? genesisOf(place.space, feed, incarnation) : index.branches.hashOf(end);
    const seq = end === undefined ? 0 : index.branches.seqOf(end) + 1;
    const lamport = end === undefined ? 0 : index.branches.lamportOf(end);
    return { own: { feed, signer, slot, incarnation, seq, prev }, signer, lamport };
  }

  /** Another copy of this profile had the same work, or it has its place here after all: known by the nonces. */
  #wasBroughtByCopy(feeds: readonly WrittenFeed[]): boolean {
    const { index } = this.#space;
    const [first] = this.#plan.blocks.filter(({ data }) => data.length > 0);
    if (first === undefined) return true;
    if (feeds.some(({ own }) => own.seq > 0)) return false;
    const nonce = toHex(first.nonce);
    for (let block = 0; block < index.branches.blockCount; block++) {
      if (toHex(index.nonceOf(block)) === nonce) return true;
    }
    return false;
  }

  /** Seals one block, unless it is in the log. False if it cannot be done now. */
  async #bring(block: CarriedBlock, feeds: readonly WrittenFeed[]): Promise<boolean> {
    const feed = feeds[block.feed];
    if (feed === undefined || block.seq < feed.own.seq) return feed !== undefined;
    const sealed = await this.#seal(block, feed, feeds);
    if (sealed === undefined) return false;
    const { committer } = this.#parts;
    if ((await this.#space.applier.apply(sealed)) === undefined) return false;
    feed.own.seq++;
    feed.own.prev = sealed.hash;
    feed.lamport = sealed.inner.lamport;
    committer.push(sealed, feed.signer);
    return true;
  }

  async #seal(
    block: CarriedBlock,
    feed: WrittenFeed,
    feeds: readonly WrittenFeed[],
  ): Promise<SealedBlock | undefined> {
    const { isOpen, keys, place } = this.#parts;
    const { authority, writer } = this.#space;
    const generation = authority.keys.current('membership');
    const membershipKey = generation === undefined ? undefined : keys.membership(generation);
    const keyId = authority.keys.current(ROOT_ZONE);
    const key = keyId === undefined ? undefined : keys.content(keyId);
    if (generation === undefined || membershipKey === undefined) return undefined;
    if (keyId === undefined || key === undefined || !isOpen()) return undefined;
    const own = authority.credentialFor(writer.identity, 'write');
    // What was written under rights over parts is brought over under those, if all of them are known.
    if (own === undefined && !this.#isHeard) return undefined;
    const deps = this.#deps(block, feeds, own);
    const control = block.seq === 0 ? await this.#opening(feed.own) : [];
    return sealBlock({
      space: place.space,
      feed: feed.own.feed,
      seq: feed.own.seq,
      prev: feed.own.prev,
      membershipKey,
      nonce: block.nonce,
      deps,
      lamport: 1 + Math.max(feed.lamport, ...deps.map(({ lamport }) => lamport)),
      timeMs: block.timeMs,
      sections: [
        ...control.map(({ credential, statements }) => ({
          kind: 'control' as const,
          zone: ROOT_ZONE,
          keyId: generation,
          key: membershipKey.sealing,
          credential,
          plaintext: encodeStatements(statements.map(({ statement }) => statement)),
        })),
        ...block.data.map(({ credential, section }) => ({
          kind: 'data' as const,
          zone: ROOT_ZONE,
          keyId,
          key,
          credential: this.#rightFor(credential, own) ?? credential,
          plaintext: section,
        })),
      ],
      rng: place.rng,
      aead: keys.aead,
    });
  }

  /**
   * Whoever was let in on a branch that nobody has any more, and again since, exercises the new right, which has to be in
   * the past of what he brings over. With it, all that was written before is: of what both have set, his stands.
   */
  #deps(
    { deps, seq }: CarriedBlock,
    feeds: readonly WrittenFeed[],
    credential: CredentialId | undefined,
  ): readonly Dep[] {
    const named = deps.flatMap((dep) => this.#dep(dep, feeds) ?? []);
    const { authority, index, writer } = this.#space;
    if (seq === 0) this.#nameKeys(named);
    if (seq > 0 || credential === undefined || this.#isHeard) return named;
    const right = { credential, identity: writer.identity, level: 'write' } as const;
    for (let block = 0; block < index.branches.blockCount; block++) {
      if (!authority.credentials.judge({ ...right, block }).counts) continue;
      const grant = depOf(index, block);
      const others = named.filter(({ hash }) => hash !== grant.hash);
      return [...others.slice(0, DEPS_MAX - 1), grant];
    }
    return named;
  }

  /** Content counts under keys that its past knows: who carries on an older block has to name where they were made. */
  #nameKeys(named: Dep[]): void {
    const { authority, index } = this.#space;
    const generation = authority.keys.current(ROOT_ZONE);
    const made = generation === undefined ? undefined : authority.keys.statedIn(generation);
    if (made === undefined || made === 0) return;
    const isKnown = named.some(({ hash }) => {
      const block = index.branches.blockOf(hash);
      return block !== undefined && (block === made || index.causal.isInPast(made, block));
    });
    if (isKnown) return;
    const dep = depOf(index, made);
    const others = named.filter(({ feed }) => feed !== dep.feed).slice(0, DEPS_MAX - 2);
    named.splice(0, named.length, ...others, dep);
  }

  /** True if all rights were given where anybody knows of them. */
  get #isHeard(): boolean {
    return [...this.#rights].every((right) => this.#rightFor(right, undefined) !== undefined);
  }

  /** The right under which something was written, if it was given where anybody knows of it; else the other one. */
  #rightFor<Other>(credential: CredentialId, other: Other): CredentialId | Other {
    const isHeard = this.#space.authority.credentials.get(credential) !== undefined;
    return isHeard ? credential : other;
  }

  /** A cause, as the open space knows it. What nobody can name is none: then less is covered, not more. */
  #dep(dep: CarriedDep, feeds: readonly WrittenFeed[]): Dep | undefined {
    const { index } = this.#space;
    if (!('carried' in dep)) return index.named(dep) === undefined ? undefined : dep;
    const feed = feeds[dep.carried]?.own.feed;
    const [branch] = feed === undefined ? [] : index.branches.branchesOf(feed);
    const block = branch === undefined ? undefined : index.branches.blockAt(branch, dep.seq);
    if (feed === undefined || block === undefined) return undefined;
    return depOf(index, block);
  }

  async #opening(feed: OwnFeed): Promise<readonly ControlSection[]> {
    const { authority, writer } = this.#space;
    const statements = await this.#parts.opening(feed);
    const checked = statements.map((statement): CheckedStatement => ({ statement, signed: true }));
    const credential = authority.credentialFor(writer.identity, 'read') ?? NO_CREDENTIAL;
    return [{ credential, statements: checked }];
  }
}
