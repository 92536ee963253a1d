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
import { dropSecond, fitsType, isWanted, isWithinRate, takeUp } from './take-contribution.ts';
import type { Proof } from './contributed-items.ts';
import { Lobby } from './lobby.ts';
import { strangerIn } from '../names-in-space.ts';

/** The next moderator takes up what the one before has left so long. */
export const TURN_MS = 90_000;
/** Of one author so much may wait: he does not fill the lobby for all others. */
export const AUTHOR_WAITING_MAX = 8;

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
}

/** See above. */
export class DoorLobby {
  readonly #parts: DoorLobbyParts;
  #waiting: readonly Waiting[] = [];
  /** Things that were taken up or put away here, and are to go out of the lobby. */
  readonly #done = new Map<string, Pick<Waiting, 'room' | 'token'>>();
  #agreers = new Map<string, Promise<Agreer | undefined>>();

  constructor(parts: DoorLobbyParts) {
    this.#parts = parts;
  }

  /** What waits for a moderator, the oldest first. */
  waiting(space: Space): readonly WaitingContribution[] {
    const door = space.authority.moderation.door();
    if (door === undefined) return [];
    const taken = this.#taken(space);
    return this.#waiting
      .filter(
        ({ contribution }) => !taken.has(contribution.id) && isWanted(space, door, contribution),
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
    const { haloSecret } = engine.requireIdentity();
    for (const secret of [...engine.laterSecrets(), haloSecret].reverse()) {
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
      return;
    }
    const { engine, halo } = this.#parts;
    const lobby = new Lobby(engine, halo, door);
    const before = new Map(this.#waiting.map((one) => [one.contribution.id as string, one]));
    const nowMs = Math.floor(engine.platform.clock.nowMs());
    const all: Waiting[] = [];
    for (const { record, room } of await lobby.read()) {
      const at = { nonce: door.nonce, space: space.id };
      const opened = await halo.openContribution(agreer, at, record);
      if (opened === undefined) continue;
      const { bytes: signed, token } = opened;
      const { ed25519 } = engine.platform;
      const contribution = await halo.checkContribution(ed25519, signed);
      if (contribution === undefined || !this.#isFor(space, door, contribution, all)) {
        this.#done.set(toHex(token), { room, token });
        continue;
      }
      const seenAtMs = before.get(contribution.id)?.seenAtMs ?? nowMs;
      all.push({ room, token, signed, contribution, seenAtMs });
    }
    this.#waiting = all.sort((a, b) => a.contribution.writtenAtMs - b.contribution.writtenAtMs);
    await this.#takeOut(space, lobby);
  }

  /** Takes up what the door lets in without a moderator, if it is our turn. True if there was anything. */
  async takeInTurn(space: Space): Promise<boolean> {
    const door = space.authority.moderation.door();
    if (door?.isOpen !== true || !door.takesItself) return false;
    const nowMs = Math.floor(this.#parts.engine.platform.clock.nowMs());
    const place = door.copies.findIndex(({ identity }) => identity === space.identity);
    let took = false;
    for (const one of this.#waiting) {
      const { contribution, seenAtMs } = one;
      if (nowMs - seenAtMs < place * TURN_MS || this.#taken(space).has(contribution.id)) continue;
      const proofs = this.#parts.proofs(space);
      if (!isWanted(space, door, contribution)) continue;
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
    if (door === undefined || !isWanted(space, door, contribution)) {
      throw new ClientError('CLIENT_NOT_WANTED', 'the door does not take this');
    }
    const nowMs = Math.floor(this.#parts.engine.platform.clock.nowMs());
    const made = takeUp(space, contribution, { nowMs, signed });
    if (made === undefined) {
      throw new ClientError('CLIENT_NOT_WANTED', 'it fits no type that is known here');
    }
    await space.flush();
    await this.#parts.check(space);
    return made;
  }

  /** Puts one thing away. @throws ClientError `CLIENT_UNKNOWN_CONTRIBUTION`. */
  decline(id: string): void {
    const { room, token } = this.#one(id);
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
      await lobby.drop(room, token);
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
    if (!isWanted(space, door, contribution)) return false;
    if (fitsType(space, contribution) === 'no') return false;
    const { id, identity } = contribution;
    if (waiting.some((one) => one.contribution.id === id)) return false;
    const theirs = waiting.filter((one) => one.contribution.identity === identity);
    return theirs.length < AUTHOR_WAITING_MAX;
  }

  #one(id: string): Waiting {
    const one = this.#waiting.find(({ contribution }) => contribution.id === id);
    if (one !== undefined) return one;
    throw new ClientError('CLIENT_UNKNOWN_CONTRIBUTION', 'nothing of that name is waiting');
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
