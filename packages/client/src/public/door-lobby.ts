/**
 * A moderator's side of a door: what waits in its lobby, and what becomes of it. Where the door takes things up by
 * itself, the moderators who are there do so in turn: who comes later waits in case the one before does not.
 */
import { softwareKeys } from '@atoll/crypto';
import type { Space } from '@atoll/echo';
import type { CheckedContribution, Contributions, Door } from '@atoll/halo';
import { toHex, type Agreer, type ObjectId } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { WaitingContribution } from '../contributions-api.ts';
import type { Engine } from '../engine.ts';
import {
  dropSecond,
  fitsType,
  isWanted,
  isWithinRate,
  takeUp,
  timeOf,
} from './take-contribution.ts';
import type { Proof } from './contributed-items.ts';
import type { DeclinedContributions } from './declined-contributions.ts';
import { Lobby } from './lobby.ts';
import { allSecrets } from '../own-identity.ts';
import { strangerIn } from '../names-in-space.ts';

/** The next moderator takes up what the one before has left so long. */
export const TURN_MS = 90_000;
/** Of one author so much may wait: he does not fill the lobby for all others. */
export const AUTHOR_WAITING_MAX = 8;

/** So many tokens are remembered by which something was taken out. */
const DROPPED_MAX = 4096;

/** Something in the lobby. */
interface Waiting {
  readonly room: number;
  readonly token: Uint8Array;
  readonly signed: Uint8Array;
  readonly contribution: CheckedContribution;
  readonly seenAtMs: number;
}

/** What it works with. */
export interface DoorLobbyParts {
  readonly engine: Engine;
  readonly halo: Contributions;
  /** Proofs of the space, signatures looked at. */
  readonly proofs: (space: Space) => readonly Proof[];
  /** Looks at the signatures of those that are new. */
  readonly check: (space: Space) => Promise<unknown>;
  /** What this identity has put away: a copy of it that somebody else brings is nothing new. */
  readonly declined: DeclinedContributions;
}

/** See above. */
export class DoorLobby {
  readonly #parts: DoorLobbyParts;
  #waiting: readonly Waiting[] = [];
  /** Things that were taken up or put away here, and are to go out of the lobby. */
  readonly #done = new Map<string, Pick<Waiting, 'room' | 'token'>>();
  #agreers = new Map<string, Promise<Agreer | undefined>>();
  #isFull = false;
  /** Tokens by which something was taken out. */
  readonly #dropped = new Set<string>();

  constructor(parts: DoorLobbyParts) {
    this.#parts = parts;
  }

  /** True if there was no room for anything more when the lobby was read last. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** What waits for a moderator, the oldest first. */
  waiting(space: Space): readonly WaitingContribution[] {
    const door = space.authority.moderation.door();
    if (door === undefined) return [];
    const taken = this.#taken(space);
    const nowMs = this.#nowMs();
    return this.#waiting
      .filter(
        ({ contribution }) =>
          !taken.has(contribution.id) && isWanted(space, door, contribution, nowMs),
      )
      .map(({ contribution: { fields, id, identity, name, type, writtenAtMs } }) => ({
        ...{ id, type, fields, writtenAtMs },
        author: strangerIn(space.authority, identity, name),
      }))
      .sort((a, b) => a.writtenAtMs - b.writtenAtMs || (a.id < b.id ? -1 : 1));
  }

  /** The secret of the door; `undefined` where this identity does not answer it. */
  async secret(space: Space, door: Door): Promise<Uint8Array | undefined> {
    const { engine, halo } = this.#parts;
    for (const secret of allSecrets(engine)) {
      const agreer = await softwareKeys.agreer(halo.readingSecret(secret, space.id));
      const opened = await halo.openDoor(agreer, door, {
        identity: space.identity,
        space: space.id,
      });
      if (opened !== undefined) return opened;
    }
    return undefined;
  }

  /** Reads the lobby. @throws ClientError `CLIENT_UNREACHABLE`, `CLIENT_NOT_KEPT`. */
  async read(space: Space): Promise<void> {
    const door = space.authority.moderation.door();
    const agreer = door && (await this.#agreer(space, door));
    if (door === undefined || agreer === undefined || !door.isOpen) {
      this.#waiting = [];
      this.#isFull = false;
      return;
    }
    const { engine, halo } = this.#parts;
    const lobby = new Lobby(engine, halo, door);
    const records = await lobby.read();
    this.#isFull = records.length >= lobby.recordsMax;
    const all = await this.#looked(space, { agreer, door, records });
    this.#waiting = all.sort((a, b) => a.contribution.writtenAtMs - b.contribution.writtenAtMs);
    await this.#takeOut(space, lobby);
  }

  /** What of it waits; the rest is to be taken out, where anybody can. */
  async #looked(
    space: Space,
    {
      agreer,
      door,
      records,
    }: {
      readonly agreer: Agreer;
      readonly door: Door;
      readonly records: Awaited<ReturnType<Lobby['read']>>;
    },
  ): Promise<Waiting[]> {
    const { engine, halo } = this.#parts;
    const before = new Map(this.#waiting.map((one) => [one.contribution.id as string, one]));
    const nowMs = this.#nowMs();
    const all: Waiting[] = [];
    for (const { record, room } of records) {
      const opened = await halo.openContribution(
        agreer,
        { nonce: door.nonce, space: space.id },
        record,
      );
      if (opened === undefined) continue;
      const { bytes: signed, token } = opened;
      const contribution = await halo.checkContribution(engine.platform.ed25519, signed);
      if (contribution && isLeft(contribution, all, nowMs)) continue;
      if (contribution === undefined || !this.#isFor(space, door, contribution, all)) {
        this.#done.set(toHex(token), { room, token });
        continue;
      }
      const seenAtMs = before.get(contribution.id)?.seenAtMs ?? nowMs;
      all.push({ room, token, signed, contribution, seenAtMs });
    }
    return all;
  }

  /** Takes up what the door lets in without a moderator, if it is our turn. True if there was anything. */
  async takeInTurn(space: Space): Promise<boolean> {
    const door = space.authority.moderation.door();
    if (door?.isOpen !== true || !door.takesItself) return false;
    const nowMs = this.#nowMs();
    const place = door.copies.findIndex(({ identity }) => identity === space.identity);
    let took = false;
    // By when it was seen here: by when it says that it was written, whoever lies would come before all others.
    const inTurn = this.#waiting.toSorted((a, b) => a.seenAtMs - b.seenAtMs);
    for (const one of inTurn) {
      const { contribution, seenAtMs } = one;
      if (nowMs - seenAtMs < place * TURN_MS || this.#taken(space).has(contribution.id)) continue;
      const proofs = this.#parts.proofs(space);
      if (!isWanted(space, door, contribution, nowMs)) continue;
      if (!isWithinRate(door, contribution, { nowMs, proofs })) continue;
      if (takeUp(space, contribution, { nowMs, signed: one.signed }) === undefined) continue;
      took = true;
      await space.flush();
      await this.#parts.check(space);
    }
    return took;
  }

  /** Takes up one thing. @throws ClientError `CLIENT_UNKNOWN_CONTRIBUTION`, `CLIENT_NOT_WANTED`. */
  async take(space: Space, id: string): Promise<ObjectId> {
    const known = this.#parts.proofs(space).find((proof) => proof.contribution.id === id);
    if (known !== undefined) return known.object;
    const { contribution, signed } = this.#one(id);
    const door = space.authority.moderation.door();
    const nowMs = this.#nowMs();
    if (door === undefined || !isWanted(space, door, contribution, nowMs)) {
      throw new ClientError('CLIENT_NOT_WANTED', 'the door does not take this');
    }
    const made = takeUp(space, contribution, { nowMs, signed });
    if (made === undefined) {
      throw new ClientError('CLIENT_NOT_WANTED', 'it fits no type that is known here');
    }
    await space.flush();
    await this.#parts.check(space);
    return made;
  }

  /** Puts one thing away. @throws ClientError `CLIENT_UNKNOWN_CONTRIBUTION`. */
  async decline(space: Space, id: string): Promise<void> {
    const { contribution, room, token } = this.#one(id);
    await this.#parts.declined.add(space.id, contribution);
    this.#done.set(toHex(token), { room, token });
    this.#waiting = this.#waiting.filter(({ contribution }) => contribution.id !== id);
  }

  /** Takes out of the lobby what was taken up, here or elsewhere, or put away. */
  async tidy(space: Space): Promise<void> {
    const door = space.authority.moderation.door();
    const { engine, halo } = this.#parts;
    if (door !== undefined) await this.#takeOut(space, new Lobby(engine, halo, door));
  }

  /** Takes away what this identity has taken up and somebody else before it. */
  dropSeconds(space: Space): void {
    for (const proof of this.#parts.proofs(space)) {
      if (proof.isSecond && proof.takenBy === space.identity) dropSecond(space, proof);
    }
  }

  async #takeOut(space: Space, lobby: Lobby): Promise<void> {
    const taken = this.#taken(space);
    const gone = this.#waiting.filter(({ contribution }) => taken.has(contribution.id));
    for (const { room, token } of gone) this.#done.set(toHex(token), { room, token });
    this.#waiting = this.#waiting.filter((one) => !gone.includes(one));
    for (const [name, { room, token }] of this.#done) {
      // What is still there is a copy by somebody whose token nobody knows.
      if (!this.#dropped.has(name)) await lobby.drop(room, token);
      if (this.#dropped.size >= DROPPED_MAX) this.#dropped.clear();
      this.#dropped.add(name);
      this.#done.delete(name);
    }
  }

  /** Whether something in the lobby may ever be taken up, beside what waits already. */
  #isFor(
    space: Space,
    door: Door,
    contribution: CheckedContribution,
    waiting: readonly Waiting[],
  ): boolean {
    if (!isWanted(space, door, contribution, this.#nowMs())) return false;
    if (this.#parts.declined.has(space.id, contribution.id)) return false;
    if (fitsType(space, contribution) === 'no') return false;
    const { identity } = contribution;
    const theirs = waiting.filter((one) => one.contribution.identity === identity);
    return theirs.length < AUTHOR_WAITING_MAX;
  }

  #one(id: string): Waiting {
    const one = this.#waiting.find(({ contribution }) => contribution.id === id);
    if (one !== undefined) return one;
    throw new ClientError('CLIENT_UNKNOWN_CONTRIBUTION', 'nothing of that name is waiting');
  }

  #nowMs(): number {
    return Math.floor(this.#parts.engine.platform.clock.nowMs());
  }

  #taken(space: Space): ReadonlySet<string> {
    return new Set(this.#parts.proofs(space).map(({ contribution }) => contribution.id));
  }

  #agreer(space: Space, door: Door): Promise<Agreer | undefined> {
    const name = `${toHex(door.nonce)}/${door.copies.length}`;
    const known = this.#agreers.get(name) ?? this.#open(space, door);
    this.#agreers = new Map([[name, known]]);
    return known;
  }

  async #open(space: Space, door: Door): Promise<Agreer | undefined> {
    const { engine, halo } = this.#parts;
    const secret = await this.secret(space, door);
    return secret && halo.doorAgreer(engine.platform.keys ?? softwareKeys, secret);
  }
}

/**
 * What is neither taken nor taken out: a copy of what waits, which may lie where the original does and has its token, so
 * that whoever made it could have the original taken out and then take his copy away; and what comes from a clock that
 * is ahead, for it may be this one that is behind.
 */
function isLeft(
  { id, writtenAtMs }: CheckedContribution,
  waiting: readonly Waiting[],
  nowMs: number,
): boolean {
  if (timeOf(writtenAtMs, nowMs) === 'early') return true;
  return waiting.some(({ contribution }) => contribution.id === id);
}
