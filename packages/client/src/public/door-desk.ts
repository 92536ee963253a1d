/** The working part of a door: statements of moderators, the lobby, own contributions. Loaded where there is a door. */
import type { Database, Space } from '@atoll/echo';
import { loadContributions, type Contributions, type Door, type Statement } from '@atoll/halo';
import {
  errorCode,
  fromHex,
  idFromBytes,
  type IdentityId,
  type ObjectId,
  Turns,
} from '@atoll/kernel';
import { encodeValue } from '@atoll/codec';
import { ClientError } from '../client-error.ts';
import type { ContributedFields, DoorState, DoorTerms } from '../contributions-api.ts';
import type { Engine } from '../engine.ts';
import { ContributedItems, shownItems } from './contributed-items.ts';
import { DeclinedContributions } from './declined-contributions.ts';
import { DoorLobby } from './door-lobby.ts';
import { isModerator, openedDoor, termsOf, wholeTerms } from './door-terms.ts';
import { publishTypes, unknownTypes } from './door-types.ts';
import { OwnContributions } from './own-contributions.ts';

/** The lobby is asked so often. */
export const LOBBY_MS = 60_000;
const ITEM_BYTES = 16;
const IDENTITY_BYTES = 32;

/** What it works with. */
export interface DeskParts {
  readonly engine: Engine;
  /** The space, while it is open. */
  readonly now: () => Space | undefined;
  readonly opened: () => Promise<Space>;
  readonly kube: () => string;
  readonly halo: () => Database | undefined;
  /** Something is to be shown otherwise. */
  readonly changed: () => void;
  readonly signal: AbortSignal;
}

/** See above. */
export class DoorDesk {
  readonly #parts: DeskParts;
  readonly #halo: Contributions;
  readonly #items: ContributedItems;
  readonly #lobby: DoorLobby;
  readonly #own: OwnContributions;
  #checking: Promise<void> | undefined;
  #isTending = false;
  readonly #turns = new Turns();

  private constructor(parts: DeskParts, halo: Contributions) {
    const { engine } = parts;
    this.#parts = parts;
    this.#halo = halo;
    this.#items = new ContributedItems({ halo, ed25519: engine.platform.ed25519 });
    this.#lobby = new DoorLobby({
      ...{ engine, halo },
      proofs: (space) => this.#items.proofs(space),
      check: (space) => this.#items.check(space),
      declined: new DeclinedContributions({ engine, database: parts.halo }),
    });
    this.#own = new OwnContributions({ engine, halo, database: parts.halo });
  }

  /** Loads what it takes. */
  static async load(parts: DeskParts): Promise<DoorDesk> {
    return new DoorDesk(parts, await loadContributions());
  }

  /** What is shown of an open space. */
  state(space: Space): DoorState {
    const door = space.authority.moderation.door();
    const proofs = this.#items.proofs(space);
    const { banned, hidden, items } = shownItems(space, proofs);
    const mayModerate = this.#isModerator(space);
    return {
      ...{ isOpen: door?.isOpen === true, mayModerate, items, hidden, banned },
      ...(door === undefined ? {} : { terms: termsOf(door) }),
      waiting: mayModerate ? this.#lobby.waiting(space) : [],
      ...(mayModerate && this.#lobby.isFull ? { isFull: true as const } : {}),
      ...(mayModerate ? unknownTypes(space, door) : {}),
      own: this.#own.list(space.id, proofs, (object) => hidden[object] !== undefined),
    };
  }

  /** This program answers the door, or brings something to it: it goes on while nobody looks at the space. */
  get isTending(): boolean {
    const space = this.#parts.now();
    return this.#isTending && space !== undefined && this.#isExpecting(space);
  }

  /** Objects of an open space that are not to be shown. */
  hidden(space: Space): ReadonlySet<ObjectId> {
    const { hidden } = shownItems(space, this.#items.proofs(space));
    return new Set([...(Object.keys(hidden) as ObjectId[]), ...this.#items.doubtful(space)]);
  }

  /** The space may have changed: looks at what is new, and goes on with what is to be done. */
  changed(): void {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    this.#tend();
  }

  /** See `Door.open`. */
  async open(terms: DoorTerms): Promise<void> {
    const whole = wholeTerms(terms);
    const space = await this.#space();
    const before = space.authority.moderation.door();
    const secret = before && (await this.#lobby.secret(space, before));
    const kept = before?.isOpen === true && secret !== undefined ? { before, secret } : {};
    await this.#open(space, whole, kept);
  }

  /** See `Door.close`. */
  async close(): Promise<void> {
    const space = await this.#space();
    const door = space.authority.moderation.door();
    if (door?.isOpen !== true) return;
    await this.#say(space, [{ ...door, isOpen: false, copies: [] }]);
  }

  /** See `Door.renew`. */
  async renew(): Promise<void> {
    const space = await this.#space();
    const door = space.authority.moderation.door();
    if (door?.isOpen !== true) throw closed();
    await this.#open(space, termsOf(door), {});
  }

  /** See `Door.post`. */
  async post(type: string, fields: ContributedFields): Promise<string> {
    const space = await this.#space();
    const { moderation } = space.authority;
    const door = moderation.door();
    if (door?.isOpen !== true) throw closed();
    const me = this.#parts.engine.requireIdentity();
    if (!door.types.includes(type)) throw unwanted('it takes nothing of this type');
    if (encodeValue(fields).length > door.bytesMax) throw unwanted('it is too long');
    if (moderation.isBanned(this.#me())) throw unwanted('its moderators take nothing from you');
    if (me.displayName === '') throw unwanted('it needs your name');
    const id = await this.#own.post(space, door, { type, fields });
    await this.#own.check(space.id);
    this.#parts.changed();
    // It is kept: the server may be away.
    await this.#turns.take(() => this.#bring(space)).catch((failure) => this.#failed(failure));
    this.#tend();
    return id;
  }

  /** See `Door.look`. */
  async look(): Promise<void> {
    const space = await this.#space();
    await this.#turns.take(() => this.#round(space));
  }

  /** See `Door.take`. */
  async take(id: string): Promise<string> {
    const space = await this.#space();
    this.#requireModerator(space);
    const object = await this.#turns.take(() => this.#lobby.take(space, id));
    this.#parts.changed();
    this.#tidy(space);
    return object;
  }

  /** See `Door.decline`. */
  async decline(id: string): Promise<void> {
    const space = await this.#space();
    this.#requireModerator(space);
    await this.#turns.take(() => this.#lobby.decline(space, id));
    this.#parts.changed();
    this.#tidy(space);
  }

  /** Says something of an object. */
  async moderateItem(says: 'hide' | 'show', object: string): Promise<void> {
    const space = await this.#space();
    const bytes = fromHex(object);
    if (bytes?.length !== ITEM_BYTES) throw unknownItem();
    await this.#say(space, [{ kind: 'moderation', says, object: idFromBytes('object', bytes) }]);
  }

  /** Says something of a person. */
  async moderateAuthor(says: 'ban' | 'ban-all' | 'allow', identity: string): Promise<void> {
    const space = await this.#space();
    const bytes = fromHex(identity);
    if (bytes?.length !== IDENTITY_BYTES) {
      throw new ClientError('CLIENT_UNKNOWN_PERSON', 'that is nobody’s id');
    }
    await this.#say(space, [
      { kind: 'moderation', says, identity: idFromBytes('identity', bytes) },
    ]);
  }

  async #open(
    space: Space,
    terms: Required<DoorTerms>,
    kept: { readonly before?: Door; readonly secret?: Uint8Array },
  ): Promise<void> {
    const { engine, kube } = this.#parts;
    this.#requireModerator(space);
    const { rng } = engine.platform;
    const door = openedDoor({ halo: this.#halo, rng }, space, terms, { kube: kube(), ...kept });
    await this.#say(space, [door]);
    await publishTypes(space, door);
    this.#tend();
  }

  async #say(space: Space, statements: readonly Statement[]): Promise<void> {
    this.#requireModerator(space);
    const credential = space.authority.credentialFor(space.identity, 'control');
    if (credential === undefined) throw notAllowed();
    await space.publish({ statements, credential });
    this.#parts.changed();
  }

  async #check(): Promise<void> {
    const space = this.#parts.now();
    if (space === undefined) return;
    const isNew = await this.#items.check(space);
    await this.#own.check(space.id);
    if (isNew) this.#parts.changed();
  }

  /** Asks the lobby every minute, as long as there is something to expect from it. */
  #tend(): void {
    if (this.#isTending) return;
    this.#isTending = true;
    void this.#tendOn().finally(() => {
      this.#isTending = false;
    });
  }

  async #tendOn(): Promise<void> {
    const { engine, now, signal } = this.#parts;
    for (;;) {
      const space = now();
      if (space === undefined || signal.aborted) return;
      // What was expected may be given up now.
      if (!this.#isExpecting(space)) return this.#parts.changed();
      try {
        if (engine.online.get()) await this.#turns.take(() => this.#round(space));
        await engine.platform.clock.sleep(LOBBY_MS, signal);
      } catch (failure) {
        if (signal.aborted) return;
        this.#failed(failure);
        await engine.platform.clock.sleep(LOBBY_MS, signal).catch(() => undefined);
      }
    }
  }

  #isExpecting(space: Space): boolean {
    const isAnswered = space.authority.moderation.door()?.isOpen === true;
    if (isAnswered && this.#isModerator(space)) return true;
    return this.#own.isExpecting(space.id, this.#items.proofs(space));
  }

  async #round(space: Space): Promise<void> {
    const { engine } = this.#parts;
    await this.#items.check(space);
    if (this.#isModerator(space)) {
      await this.#lobby.read(space);
      if (engine.isKeeper) {
        await publishTypes(space, space.authority.moderation.door());
        this.#lobby.dropSeconds(space);
        await this.#lobby.takeInTurn(space);
        await this.#lobby.tidy(space);
        await this.#completeCopies(space);
      }
    }
    await this.#bring(space);
    this.#parts.changed();
  }

  /** Whoever moderates since the door was opened answers it, too; who does so no more gets nothing more. */
  async #completeCopies(space: Space): Promise<void> {
    const door = space.authority.moderation.door();
    if (door?.isOpen !== true) return;
    const answering = door.copies.filter(({ identity }) => isModerator(space, identity));
    // The first of them does it, so that not all do.
    if (answering[0]?.identity !== space.identity) return;
    const secret = await this.#lobby.secret(space, door);
    if (secret === undefined) return;
    const hasGone = answering.length < door.copies.length;
    const next = { kube: door.kube, ...(hasGone ? {} : { before: door, secret }) };
    const { rng } = this.#parts.engine.platform;
    const terms = termsOf(door);
    const now = openedDoor({ halo: this.#halo, rng }, space, terms, next);
    if (hasGone || now.copies.length > door.copies.length) await this.#say(space, [now]);
  }

  async #bring(space: Space): Promise<void> {
    if (!this.#parts.engine.isKeeper || !this.#parts.engine.online.get()) return;
    await this.#own.check(space.id);
    await this.#own.bring(space, space.authority.moderation.door(), this.#items.proofs(space));
    this.#parts.changed();
  }

  #tidy(space: Space): void {
    if (!this.#parts.engine.online.get()) return;
    void this.#turns.take(() => this.#lobby.tidy(space)).catch((failure) => this.#failed(failure));
  }

  async #space(): Promise<Space> {
    const space = await this.#parts.opened();
    await space.settled();
    await this.#items.check(space);
    return space;
  }

  /** Who follows a space is nobody there, whoever he is. */
  #isModerator(space: Space): boolean {
    return isModerator(space, space.identity);
  }

  #requireModerator(space: Space): void {
    if (!this.#isModerator(space)) throw notAllowed();
  }

  #me(): IdentityId {
    return this.#own.me;
  }

  #failed(failure: unknown): void {
    const { engine } = this.#parts;
    if (engine.signal.aborted) return;
    engine.platform.log.event('info', 'client.lobby-not-reached', { code: errorCode(failure) });
  }
}

function notAllowed(): ClientError {
  return new ClientError('CLIENT_NOT_ALLOWED', 'only admins moderate');
}

function closed(): ClientError {
  return new ClientError('CLIENT_DOOR_CLOSED', 'the door of this space is closed');
}

function unwanted(why: string): ClientError {
  return new ClientError('CLIENT_NOT_WANTED', why);
}

function unknownItem(): ClientError {
  return new ClientError('CLIENT_UNKNOWN_CONTRIBUTION', 'that is no object’s id');
}
