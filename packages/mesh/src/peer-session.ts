/**
 * A session between two devices: finds the spaces that both hold the keys of, makes sure that the other
 * device is a current one of each, and only then says anything of it.
 */
import { constantTimeEqual } from '@atoll/crypto';
import type { Replica } from '@atoll/feed';
import {
  errorCode,
  toHex,
  type Agreer,
  type Clock,
  type Log,
  type Rng,
  type RtcSignal,
} from '@atoll/kernel';
import type { SecureChannel } from './secure-channel.ts';
import { TAG_BYTES, type SessionRole, type SessionSecret } from './session-secret.ts';
import {
  INTRODUCTION_BYTES_MAX,
  OFFER_SIZES,
  OFFER_TAGS_MAX,
  REF_MAX,
  offerRef,
  type ControlMessage,
  type SpaceRefusal,
  type SpaceItem,
} from './session-messages.ts';
import { Session, isSyncItem, type ChunkPort, type Cursors } from './session.ts';
import type { SyncItem, SyncProgress } from './space-sync.ts';
import type { StateHolder } from './state-sync.ts';

/** The responder greets first; an initiator that is not greeted does so itself after this time. */
const GREET_PATIENCE_MS = 1_000;
const NOTHING: Uint8Array = new Uint8Array(0);

/** Whether a device may have a space, as far as is known without asking it. */
export type Membership = 'yes' | 'no' | 'unknown';

/** A space as sessions know it: a log, secrets, and somebody to ask who belongs to it. */
export interface SharedSpace {
  /** Name of the space in this program. Never sent. */
  readonly id: string;
  readonly replica: Replica;
  readonly chunks?: ChunkPort | undefined;
  readonly state?: StateHolder | undefined;
  /** Current generation first. */
  readonly secrets: readonly SessionSecret[];
  /** Is this X25519 key, in hex, the session key of a current device of the space? */
  readonly mayHave: (remote: string) => Membership | Promise<Membership>;
  /** Says which device of the space we are: a signed statement, opaque here. */
  readonly introduce: () => Promise<Uint8Array>;
  /** Checks the other side's statement, and remembers it if it is right. */
  readonly checkIntroduction: (remote: string, bytes: Uint8Array) => Promise<boolean>;
  /** False for a device that may have the space and writes nothing: nothing is taken from it. Absent: all may. */
  readonly takesFrom?: ((remote: string) => boolean) | undefined;
  /** Signed statements by which a device that is nobody here can see why; empty if nothing is to be said. */
  readonly whyNot?: ((remote: string) => Uint8Array) | undefined;
  /** The other side says why this device is nobody in the space: nothing that it says is to be believed unchecked. */
  readonly onRefused?: ((why: Uint8Array) => void) | undefined;
  /** As whom this program is met in this space, where that is to have nothing to do with its other spaces. */
  readonly alias?: Alias | undefined;
}

/** A session key and a name of the running program that are used for one space and nothing else. */
export interface Alias {
  readonly agreer: Agreer;
  /** 8 bytes in hex. */
  readonly instance: string;
}

/** What a session between devices needs and tells. */
export interface PeerSessionOptions {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log?: Log | undefined;
  readonly cursors: Cursors;
  /** Random name of this running program, 8 bytes in hex. */
  readonly instance: string;
  /** A direct connection can be tried here. */
  readonly rtc: boolean;
  /** The session speaks of one space, and the other side knows that. */
  readonly isForOne: boolean;
  /** All spaces, in the order in which they are offered. */
  readonly spaces: () => readonly SharedSpace[];
  /** The other side has said who it is; spaces follow. Called once. */
  readonly onMet: (session: PeerSession) => void;
  /** Spaces were found or lost after that. */
  readonly onMatched: () => void;
  readonly onRtc: (attempt: number, signal: RtcSignal) => void;
  readonly onProgress: (space: string, progress: SyncProgress) => void;
  readonly onDatagram: (space: string, bytes: Uint8Array) => void;
  /** A space has come into sync, or has left it. */
  readonly onSpaces: (space: string) => void;
}

/** A space of which both sides have proved to hold a secret. */
interface Match {
  readonly space: SharedSpace;
  readonly ref: number;
  membership: Membership;
  asked: boolean;
  introduction: Uint8Array | undefined;
  /** What the other side said of the log before we knew that it may have it. */
  early: SyncItem | undefined;
  /** Why the other side says nothing of it. */
  refusal: SpaceRefusal | undefined;
}

interface Offer {
  readonly base: number;
  readonly entries: readonly { readonly space: SharedSpace; readonly secret: SessionSecret }[];
}

/** A session of two devices. */
export class PeerSession {
  readonly session: Session;
  readonly #options: PeerSessionOptions;
  readonly #offers: Offer[] = [];
  readonly #matchByRef = new Map<number, Match>();
  readonly #matchBySpace = new Map<string, Match>();
  readonly #ended = new AbortController();
  #ownBase = 0;
  #theirBase = 0;
  #theirRounds = 0;
  #instance: string | undefined;
  #rtc = false;
  /** Spaces whose sync runs here, and those whose ever did. */
  readonly #active = new Set<string>();
  readonly #wasActive = new Set<string>();

  constructor(channel: SecureChannel, options: PeerSessionOptions) {
    this.#options = options;
    this.session = new Session(channel, options, {
      onControl: (message) => this.#onControl(message),
      onItem: (item) => this.#onItem(item),
      onDatagram: options.onDatagram,
      onProgress: options.onProgress,
      onHeard: options.onSpaces,
    });
    void channel.ended.then(() => this.#ended.abort());
  }

  /** Starts to talk. */
  start(): void {
    if (this.session.channel.role === 'initiator') this.offer(this.#options.spaces());
    this.session.start();
  }

  /** Names the other program: its static key and instance. Known once met. */
  get peer(): string | undefined {
    return this.#instance === undefined ? undefined : `${this.session.remote}:${this.#instance}`;
  }

  /** The other side can try a direct connection. */
  get peerHasRtc(): boolean {
    return this.#rtc;
  }

  /** Spaces that both hold, whether or not they are in sync here. */
  get sharedSpaces(): readonly string[] {
    return [...this.#matchBySpace.keys()];
  }

  /** Spaces of which the other side says nothing, with its reason. */
  get refusals(): ReadonlyMap<string, SpaceRefusal> {
    const refusals = new Map<string, SpaceRefusal>();
    for (const [space, { refusal }] of this.#matchBySpace) {
      if (refusal !== undefined) refusals.set(space, refusal);
    }
    return refusals;
  }

  /** Why the other side says nothing of a space, if it does not. */
  refusalOf(space: string): SpaceRefusal | undefined {
    return this.#matchBySpace.get(space)?.refusal;
  }

  /** Sync of these spaces runs here from now on: greets, or lets the responder do so first. */
  activate(spaces: readonly string[]): void {
    let isPatient = false;
    for (const space of spaces) {
      const match = this.#matchBySpace.get(space);
      if (match === undefined || match.refusal !== undefined) continue;
      const isFirst = !this.#wasActive.has(space);
      this.#active.add(space);
      this.#wasActive.add(space);
      const waits = isFirst && this.session.channel.role === 'initiator';
      isPatient ||= waits;
      void this.#begin(match, !waits);
    }
    if (isPatient) void this.#greetLater();
  }

  /** Another session of this peer is better for these spaces: nothing is asked for here any more. */
  standDown(spaces: readonly string[]): void {
    for (const space of spaces) {
      this.#active.delete(space);
      this.session.syncOf(space)?.standDown();
    }
  }

  /** Greets again in every space whose sync runs here: finds what was missed, for whatever reason. */
  greet(): void {
    for (const space of this.#active) this.session.syncOf(space)?.helloAgain();
  }

  /** Offers spaces: the first time all of them, later those that were added. Not those of other sessions. */
  offer(spaces: readonly SharedSpace[]): void {
    const spoken = new Set(this.#options.spaces().map(({ id }) => id));
    const entries = spaces
      .filter(({ id }) => spoken.has(id) && !this.#matchBySpace.has(id))
      .flatMap((space) => space.secrets.map((secret) => ({ space, secret })))
      .slice(0, OFFER_TAGS_MAX);
    if (entries.length === 0 && this.#offers.length > 0) return;
    const sizes = this.#options.isForOne ? OFFER_SIZES : OFFER_SIZES.slice(1);
    const size = sizes.find((max) => entries.length <= max) ?? OFFER_TAGS_MAX;
    if (offerRef({ base: this.#ownBase, place: size - 1, byInitiator: false }) > REF_MAX) return;
    const { channel } = this.session;
    const round = this.#offers.length;
    const tags = entries.map(({ secret }) =>
      secret.sharedTag(channel.handshakeHash, channel.role, round),
    );
    while (tags.length < size) tags.push(this.#options.rng.bytes(TAG_BYTES));
    this.#offers.push({ base: this.#ownBase, entries });
    this.#ownBase += size;
    this.#sendTags('offer', round, tags);
  }

  /** Asks again who may have a space: after its members have changed. */
  async recheck(space: string): Promise<void> {
    const match = this.#matchBySpace.get(space);
    if (match === undefined) return;
    const before = match.membership;
    match.membership = await this.#membershipOf(match);
    if (match.membership === 'yes' && before !== 'yes') await this.#begin(match);
    if (match.membership !== 'yes' && before === 'yes') {
      this.session.unshare(space);
      this.#refuse(match, 'MESH_REMOVED');
      this.#options.onSpaces(space);
    }
  }

  /** Forgets a space that was removed here. */
  remove(space: string): void {
    const match = this.#matchBySpace.get(space);
    if (match === undefined) return;
    this.#matchBySpace.delete(space);
    this.#matchByRef.delete(match.ref);
    this.#active.delete(space);
    this.session.unshare(space);
    const { ref } = match;
    this.session.say({ say: 'refused', ref, reason: 'MESH_SPACE_LEFT', why: NOTHING });
    this.#options.onMatched();
    this.#options.onSpaces(space);
  }

  #sendTags(kind: 'offer' | 'answer', round: number, tags: readonly Uint8Array[]): void {
    const { instance, rtc } = this.#options;
    this.session.send({ kind, round, instance, rtc, tags });
  }

  #onControl(message: Exclude<ControlMessage, { kind: 'items' }>): void {
    if (message.kind === 'rtc') this.#options.onRtc(message.attempt, message.signal);
    else if (message.kind === 'offer') this.#onOffer(message.round, message);
    else this.#onAnswer(message.round, message);
  }

  /** Finds our secrets among their tags, and answers each in its place: with a proof or with noise. */
  #onOffer(round: number, message: ControlMessage & { kind: 'offer' | 'answer' }): void {
    const { channel } = this.session;
    const size = message.tags.length;
    const byInitiator = channel.role === 'responder';
    const base = this.#theirBase;
    const isPadded = OFFER_SIZES.some((allowed) => allowed === size);
    if (round !== this.#theirRounds || !isPadded || (base + size) * 2 - 1 > REF_MAX) {
      this.session.close('SESSION_MALFORMED');
      return;
    }
    this.#theirRounds++;
    this.#theirBase += size;
    const placeByTag = new Map(message.tags.map((tag, place) => [toHex(tag), place]));
    const answers = Array.from({ length: size }, () => this.#options.rng.bytes(TAG_BYTES));
    const found: Match[] = [];
    for (const space of this.#options.spaces()) {
      const known = this.#matchBySpace.get(space.id);
      if (known !== undefined && !isForgotten(known)) continue;
      for (const secret of space.secrets) {
        const tag = secret.sharedTag(channel.handshakeHash, otherRole(channel.role), round);
        const place = placeByTag.get(toHex(tag));
        if (place === undefined) continue;
        answers[place] = secret.sharedTag(channel.handshakeHash, channel.role, round);
        found.push(newMatch(space, offerRef({ base, place, byInitiator })));
        break;
      }
    }
    this.#sendTags('answer', round, answers);
    this.#met(message, found);
  }

  #onAnswer(round: number, message: ControlMessage & { kind: 'offer' | 'answer' }): void {
    const { channel } = this.session;
    const offer = this.#offers[round];
    if (offer === undefined) {
      this.session.close('SESSION_MALFORMED');
      return;
    }
    const byInitiator = channel.role === 'initiator';
    const found: Match[] = [];
    for (const [place, { space, secret }] of offer.entries.entries()) {
      const tag = secret.sharedTag(channel.handshakeHash, otherRole(channel.role), round);
      const theirs = message.tags[place];
      if (theirs === undefined || !constantTimeEqual(tag, theirs)) continue;
      found.push(newMatch(space, offerRef({ base: offer.base, place, byInitiator })));
    }
    this.#met(message, found);
  }

  #met(message: ControlMessage & { kind: 'offer' | 'answer' }, found: readonly Match[]): void {
    const isFirst = this.#instance === undefined;
    this.#instance ??= message.instance;
    this.#rtc = message.rtc;
    const moved: string[] = [];
    for (const match of found) {
      // Two offers may cross; both sides then keep the smaller number.
      const known = this.#matchBySpace.get(match.space.id);
      if (known !== undefined && !isForgotten(known) && known.ref <= match.ref) continue;
      if (known !== undefined) {
        this.#matchByRef.delete(known.ref);
        this.session.unshare(match.space.id);
        if (this.#active.has(match.space.id)) moved.push(match.space.id);
      }
      this.#matchBySpace.set(match.space.id, match);
      this.#matchByRef.set(match.ref, match);
    }
    if (isFirst) this.#options.onMet(this);
    else this.#options.onMatched();
    this.activate(moved);
  }

  /** Greets if the other device may have the space; asks it to introduce itself if that is not known. */
  async #begin(match: Match, greet = true): Promise<void> {
    match.membership = await this.#membershipOf(match);
    if (this.session.channel.isEnded || !this.#isCurrent(match)) return;
    if (match.membership === 'yes') {
      const takesNothing = match.space.takesFrom?.(this.session.remote) === false;
      const shared = { ...match.space, takesNothing };
      const sync = this.session.share(match.ref, match.space.id, shared);
      const isActive = this.#active.has(match.space.id);
      if (!isActive) sync.standDown();
      const { early } = match;
      match.early = undefined;
      if (early !== undefined) {
        this.session.heard(match.space.id);
        sync.take(early);
      } else if (isActive && greet) sync.hello();
      this.#options.onSpaces(match.space.id);
    } else if (!match.asked) {
      const { ref } = match;
      match.asked = true;
      if (match.membership === 'unknown') this.session.say({ say: 'need-introduction', ref });
      else this.#refuse(match, 'MESH_REMOVED');
    }
  }

  /** Greets in those spaces of which the responder has said nothing. */
  async #greetLater(): Promise<void> {
    await this.#options.clock.sleep(GREET_PATIENCE_MS, this.#ended.signal).catch(() => undefined);
    if (this.session.channel.isEnded) return;
    for (const space of this.#active) {
      const sync = this.session.syncOf(space);
      if (sync?.progress.state === 'idle') sync.hello();
    }
  }

  async #membershipOf(match: Match): Promise<Membership> {
    const { remote } = this.session;
    try {
      const known = await match.space.mayHave(remote);
      if (known !== 'unknown' || match.introduction === undefined) return known;
      const isRight = await match.space.checkIntroduction(remote, match.introduction);
      return isRight ? 'yes' : 'unknown';
    } catch (failure) {
      this.#options.log?.event('warn', 'mesh.membership.failed', { code: errorCode(failure) });
      return 'unknown';
    }
  }

  async #onItem(item: SpaceItem): Promise<void> {
    const match = this.#matchByRef.get(item.ref);
    if (match === undefined) return; // Removed here meanwhile.
    if (isSyncItem(item)) {
      const wasRefused = match.refusal !== undefined;
      match.refusal = undefined;
      match.early = item;
      if (wasRefused) this.#options.onMatched();
      await this.#begin(match, false);
    } else if (item.say === 'need-introduction') {
      const bytes = await match.space.introduce().catch(() => undefined);
      if (bytes === undefined || bytes.length > INTRODUCTION_BYTES_MAX) return;
      this.session.say({ say: 'introduction', ref: match.ref, bytes });
    } else if (item.say === 'introduction') {
      match.introduction = item.bytes;
      await this.#begin(match);
      if (match.membership === 'unknown') this.#refuse(match, 'MESH_NOT_A_MEMBER');
    } else if (item.say === 'refused') {
      this.#onRefusal(match, item);
    }
  }

  /** Nothing more is asked for here, until the other side speaks of the space by itself. */
  #onRefusal(match: Match, { reason, why }: SpaceItem & { readonly say: 'refused' }): void {
    match.refusal = reason;
    this.session.unshare(match.space.id);
    this.#options.log?.event('info', 'mesh.space.refused', { code: reason });
    if (why.length > 0) match.space.onRefused?.(why);
    this.#options.onMatched();
    this.#options.onSpaces(match.space.id);
  }

  /** Says that nothing more is said of a space, and how the other side can see why. */
  #refuse({ ref, space }: Match, reason: SpaceRefusal): void {
    const why = space.whyNot?.(this.session.remote) ?? NOTHING;
    const isFitting = why.length <= INTRODUCTION_BYTES_MAX;
    this.session.say({ say: 'refused', ref, reason, why: isFitting ? why : NOTHING });
  }

  #isCurrent(match: Match): boolean {
    return this.#matchByRef.get(match.ref) === match;
  }
}

function newMatch(space: SharedSpace, ref: number): Match {
  return {
    space,
    ref,
    membership: 'unknown',
    asked: false,
    introduction: undefined,
    early: undefined,
    refusal: undefined,
  };
}

/** The other side has given the space up, and with it the number: offered again, it is found again. */
function isForgotten({ refusal }: Match): boolean {
  return refusal === 'MESH_SPACE_LEFT';
}

function otherRole(role: SessionRole): SessionRole {
  return role === 'initiator' ? 'responder' : 'initiator';
}
