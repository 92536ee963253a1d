/**
 * Seals what this device writes into blocks of its own feed. Synchronous from the first change of a
 * transaction to its hash: what has to wait (keys, signatures of the feed's opening) is ready before.
 */
import { NONCE_BYTES, TIME_MS_MAX, sealBlock, type Dep, type SectionInput } from '@atoll/feed';
import {
  encodeStatements,
  mayStopDevices,
  type CheckedStatement,
  type ControlSection,
  type Generation,
  type KeysOf,
  type SpaceAuthority,
  type Statement,
} from '@atoll/halo';
import {
  ROOT_ZONE,
  type BlockHash,
  type Clock,
  type CredentialId,
  type IdentityId,
  type KeyId,
  type Rng,
  type SpaceId,
} from '@atoll/kernel';
import type { BlockContext, TransactionSink } from '../block-context.ts';
import type { AdvancedFeeds } from './advanced-feeds.ts';
import type { BlockApplier } from './block-applier.ts';
import type { Committer } from './committer.ts';
import type { OwnDevices } from './own-devices.ts';
import { encodeSection } from '../section-codec.ts';
import type { RightsChoice } from '../rights/rights-choice.ts';
import type { OwnFeed } from './own-feed.ts';
import type { OwnRights } from './own-rights.ts';
import { SpaceError } from './space-error.ts';
import { stillOpening } from './space-opening.ts';
import type { SpaceIndex } from './space-index.ts';
import type { SpaceKeys } from './space-keys.ts';

/** Copies of keys that one block takes: 150 KiB, far below what a section holds. */
const COPIES_A_BLOCK = 512;

/** A section that cites no credential: its statements speak for themselves. */
export const NO_CREDENTIAL: CredentialId = '00'.repeat(32) as CredentialId;

const EMPTY_SECTION: Uint8Array<ArrayBuffer> = encodeSection({
  feeds: [],
  types: [],
  objects: [],
  ops: [],
});

/** A control section to write. */
export interface OwnControl {
  readonly statements: readonly Statement[];
  readonly credential: CredentialId;
}

/** One that is said when everything received has been folded. */
export interface Publication extends OwnControl {
  /** Membership generation of somebody who has no newer one, and is to read this. */
  readonly under?: KeyId;
  /** Nothing is written where this is not so any more by then. */
  readonly holds?: () => boolean;
}

/** What sealing needs. */
export interface OwnWriterParts {
  readonly space: SpaceId;
  readonly identity: IdentityId;
  readonly keys: SpaceKeys;
  readonly index: SpaceIndex;
  readonly authority: SpaceAuthority;
  readonly applier: BlockApplier;
  readonly committer: Committer;
  readonly advanced: AdvancedFeeds;
  readonly rng: Rng;
  readonly clock: Clock;
  readonly devices: OwnDevices;
  /** Makes keys where none may be used for what is written next. */
  readonly renewKeys: () => void;
  readonly rights: OwnRights;
}

/** Where the next block stands. */
interface NextBlock {
  readonly lamport: number;
  readonly nonce: Uint8Array<ArrayBuffer>;
}

/** Writes blocks of one feed at a time. */
export class OwnWriter implements TransactionSink {
  readonly #parts: OwnWriterParts;
  #feed: OwnFeed;
  /** Statements that the feed's first block carries, until it is sealed. */
  #opening: readonly Statement[];
  #pending: NextBlock | undefined;

  constructor(parts: OwnWriterParts, feed: OwnFeed, opening: readonly Statement[]) {
    this.#parts = parts;
    this.#feed = feed;
    this.#opening = opening;
    parts.devices.isIntroduced = opening.length === 0;
  }

  /** The feed that the next block goes to. */
  get feed(): OwnFeed {
    return this.#feed;
  }

  /** Goes on in another feed. No transaction may be open. */
  switchTo(feed: OwnFeed, opening: readonly Statement[]): void {
    this.#feed = feed;
    this.#opening = opening;
    this.#parts.devices.isIntroduced = opening.length === 0;
  }

  /** True if the feed's opening is still to be written and shows that devices were stopped, or words changed. */
  get isToTellOfStops(): boolean {
    return this.#opening.some(mayStopDevices);
  }

  open(): BlockContext {
    const { identity, applier, index } = this.#parts;
    this.#refuseStopped();
    if (!this.#parts.rights.isAny) throw this.#mayNotWrite();
    this.#parts.renewKeys();
    // Where it has not written before, that has shown who it is.
    this.#refuseStopped();
    const next = this.#next();
    this.#pending = next;
    const end = index.branches.blockOf(this.#feed.prev);
    return {
      no: index.branches.blockCount,
      branch: end === undefined ? index.branches.branchCount : index.branches.branchOf(end),
      feed: applier.feedBytes(this.#feed.feed),
      seq: this.#feed.seq,
      lamport: next.lamport,
      nonce: next.nonce,
      timeMs: this.#claimedTimeMs(),
      author: identity,
    };
  }

  #refuseStopped(): void {
    if (!this.#parts.devices.isStopped) return;
    throw new SpaceError('SPACE_DEVICE_STOPPED', 'this device was suspended or removed');
  }

  #mayNotWrite(): SpaceError {
    const { authority, identity } = this.#parts;
    if (authority.roleOf(identity) !== undefined) {
      return new SpaceError('SPACE_READ_ONLY', 'your role in this space does not allow changes');
    }
    if (authority.credentials.surplusOf(identity) !== undefined) {
      const what = 'the invitation had let in as many as it may';
      return new SpaceError('SPACE_INVITATION_USED_UP', what);
    }
    return authority.credentials.wasRemoved(identity)
      ? new SpaceError('SPACE_REMOVED', 'you were removed from this space')
      : new SpaceError('SPACE_NOT_READY', 'your right to write here has not arrived yet');
  }

  rights(): RightsChoice | undefined {
    return this.#parts.rights.choice;
  }

  seal(block: BlockContext, section: Uint8Array, before: readonly Uint8Array[] = []): Uint8Array {
    const { keys, rights } = this.#parts;
    const cited = rights.take();
    if (cited.length === 0) throw keyMissing();
    const next = this.#pending ?? this.#next();
    this.#pending = undefined;
    const sections = [...before, section];
    const data = cited.map(({ credential, zone = ROOT_ZONE }, at): SectionInput => {
      const keyId = this.#current(this.#parts.authority.keyedBy(zone));
      const key = keyId === undefined ? undefined : keys.content(keyId);
      if (keyId === undefined || key === undefined) throw keyMissing();
      // What is cited besides says nothing itself.
      const plaintext = sections[at] ?? EMPTY_SECTION;
      return { kind: 'data', zone, keyId, key, credential, plaintext };
    });
    const sealed = this.#sealBlock({ next, data, timeMs: block.timeMs });
    return this.#parts.index.branches.hashBytesOf(sealed);
  }

  /** Publishes new keys. Membership keys under those before them, for all who had these. */
  writeKeys({ copies, rotation, secret }: Generation, credential: CredentialId): void {
    const { authority, devices, keys } = this.#parts;
    const isHeld = (id: KeyId): boolean =>
      keys.ring.membership(id) !== undefined && !devices.hasMissed(id);
    const under =
      rotation.of === 'membership' ? authority.keys.common('membership', isHeld) : undefined;
    const ahead = copies.slice(0, COPIES_A_BLOCK);
    this.#write({ statements: [rotation, ...ahead], credential }, under);
    for (let at = COPIES_A_BLOCK; at < copies.length; at += COPIES_A_BLOCK) {
      const statements = copies.slice(at, at + COPIES_A_BLOCK);
      this.#write({ statements, credential }, under);
    }
    keys.gain([secret], authority);
  }

  /**
   * Writes control statements as a block of their own, under an older membership generation where somebody is to
   * read them who has no newer one. No transaction may be open.
   */
  writeControl(control: OwnControl, under?: KeyId): void {
    this.#parts.renewKeys();
    this.#write(control, under);
  }

  /** The same under the keys that are here, whatever was made since: to say that those are missing. */
  writeWithOldKeys(control: OwnControl): void {
    this.#write(control, undefined);
  }

  /** Writes a block that names all that is known and says no more than this, or nothing. Its hash. */
  writeNames(control?: OwnControl): BlockHash {
    this.#parts.renewKeys();
    const timeMs = this.#claimedTimeMs();
    const no = this.#sealBlock({ next: this.#next(), timeMs, ...(control && { control }) });
    return this.#parts.index.branches.hashOf(no);
  }

  /** Writes the feed's opening as a block of its own, unless it is written. No transaction may be open. */
  writeOpening(): boolean {
    if (this.#opening.length === 0) return false;
    this.#sealBlock({ next: this.#next(), timeMs: this.#claimedTimeMs() });
    return true;
  }

  #write(control: OwnControl, under: KeyId | undefined): void {
    const timeMs = this.#claimedTimeMs();
    this.#sealBlock({ next: this.#next(under), control, timeMs, under });
  }

  /** Names what others have written when it is more than one header holds, and finds the next place. */
  #next(under?: KeyId): NextBlock {
    const { advanced } = this.#parts;
    let groups = advanced.take();
    while (groups.length > 1) {
      const deps = groups[0] ?? [];
      const lamport = this.#lamportAfter(deps.map((dep) => dep.lamport));
      const next = { lamport, nonce: this.#parts.rng.bytes(NONCE_BYTES) };
      this.#sealBlock({ next, deps, timeMs: this.#claimedTimeMs(), under });
      groups = advanced.take();
    }
    const [deps] = groups;
    const lamport = this.#lamportAfter((deps ?? []).map((dep) => dep.lamport));
    return { lamport, nonce: this.#parts.rng.bytes(NONCE_BYTES) };
  }

  /** Whole milliseconds, whatever a broken clock says. */
  #claimedTimeMs(): number {
    return Math.min(TIME_MS_MAX, Math.max(0, Math.floor(this.#parts.clock.nowMs())));
  }

  #lamportAfter(stated: readonly number[]): number {
    const { branches } = this.#parts.index;
    const prev = branches.blockOf(this.#feed.prev);
    return 1 + Math.max(prev === undefined ? 0 : branches.lamportOf(prev), ...stated);
  }

  /** Seals one block, adds it to the order of the space and sends it on its way. Its number. */
  #sealBlock(content: {
    readonly next: NextBlock;
    readonly deps?: readonly Dep[];
    readonly data?: readonly SectionInput[];
    readonly control?: OwnControl;
    readonly timeMs: number;
    /** Membership key of another generation than the current one. */
    readonly under?: KeyId | undefined;
  }): number {
    const { advanced, applier, committer, keys, rng, space } = this.#parts;
    const membership = content.under ?? this.#membershipGeneration();
    const membershipKey = keys.membership(membership);
    if (membershipKey === undefined) {
      throw new SpaceError('SPACE_KEY_MISSING', 'the membership key is not on this device');
    }
    const controls = this.#controls(content.control);
    const sections = controls.map((control): SectionInput => ({
      kind: 'control',
      zone: ROOT_ZONE,
      keyId: membership,
      key: membershipKey.sealing,
      credential: control.credential,
      plaintext: encodeStatements(control.statements),
    }));
    if (content.data !== undefined) sections.push(...content.data);
    const sealed = sealBlock({
      space,
      feed: this.#feed.feed,
      seq: this.#feed.seq,
      prev: this.#feed.prev,
      membershipKey,
      nonce: content.next.nonce,
      deps: content.deps ?? advanced.take()[0] ?? [],
      lamport: content.next.lamport,
      timeMs: content.timeMs,
      sections,
      rng,
      aead: keys.aead,
    });
    const no = applier.applyOwn(sealed, sealed.inner, controls.map(checked));
    this.#feed.seq++;
    this.#feed.prev = sealed.hash;
    this.#opening = [];
    this.#parts.devices.isIntroduced = true;
    advanced.covered(no);
    committer.push(sealed, this.#feed.signer);
    return no;
  }

  /** Keys under which may be written, as far as this device has them. */
  #current(of: KeysOf): KeyId | undefined {
    const { authority, keys } = this.#parts;
    return authority.keys.current(of, (generation) => keys.ring.get(generation) !== undefined);
  }

  #lastMembership(): KeyId | undefined {
    const { authority, keys } = this.#parts;
    return authority.keys
      .generations('membership')
      .findLast((generation) => keys.ring.membership(generation) !== undefined);
  }

  /** The feed's opening goes with its first block, whatever else that one says. */
  #controls(own: OwnControl | undefined): OwnControl[] {
    const controls: OwnControl[] = [];
    if (this.#opening.length > 0) {
      const { authority, identity } = this.#parts;
      const credential = authority.credentialFor(identity, 'read') ?? NO_CREDENTIAL;
      const statements = stillOpening(this.#opening, authority, identity);
      controls.push({ statements, credential });
    }
    if (own !== undefined) controls.push(own);
    return controls;
  }

  /** The current generation; of a space that is just being founded, the only one there is. */
  #membershipGeneration(): KeyId {
    const { keys } = this.#parts;
    // A block that makes the next generation is sealed under the one before, for all who had that.
    const current = this.#current('membership') ?? this.#lastMembership();
    const generation = current ?? keys.ring.memberships()[0]?.generation;
    if (generation === undefined) {
      throw new SpaceError('SPACE_KEY_MISSING', 'the membership key is not on this device');
    }
    return generation;
  }
}

function keyMissing(): SpaceError {
  return new SpaceError('SPACE_KEY_MISSING', 'the key for new content is not on this device');
}

function checked(control: OwnControl): ControlSection {
  const statements = control.statements.map((statement): CheckedStatement => ({
    statement,
    signed: true,
  }));
  return { credential: control.credential, statements };
}
