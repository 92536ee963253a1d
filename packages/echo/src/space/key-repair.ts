/**
 * Keys that a member may have and has not: nobody has sealed them to it, or what was sealed was rubbish. It asks
 * members in sessions, and says so in a block where none of them helps. Everybody else looks whether somebody lacks
 * what is here. What is given is sealed to the reading key of whoever lacks it, whoever asks for it.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import {
  NEEDED_MAX,
  NEEDS_MAX,
  decodeStatements,
  readGenerations,
  writeGenerations,
  type KeyCopy,
  type OpenNeed,
  type Statement,
} from '@atoll/halo';
import {
  AtollError,
  TokenBucket,
  errorCode,
  idBytes,
  idFromBytes,
  toHex,
  type CredentialId,
  type IdentityId,
  type KeyId,
} from '@atoll/kernel';
import type { FreshKeysParts } from './fresh-keys.ts';
import type { KeysGained } from './keys-gained.ts';
import type { UnsealedKey } from './own-devices.ts';
import type * as SealCopies from './seal-copies.ts';

/** First byte of a question for keys, beside those about kept epochs. */
const ASK_KEYS = 2;
const ID_BYTES = 32;
/** So long each reader waits for the one before it. */
const PLACE_MS = 2_000;
/** Copies at once and a second for whoever asks in sessions: each costs a quarter of a millisecond. */
const COPIES_BURST = 64;
const COPIES_PER_SECOND = 1;
/** Copies of an answer that are looked at: in a private space there is one for each device. */
const COPIES_TAKEN = 1_024;

/** What it needs of a space. */
export interface KeyRepairParts extends FreshKeysParts {
  readonly gained: KeysGained;
  /** Keys have come outside of a block: what waited for them is folded. */
  readonly keysCame: () => Promise<void>;
}

/** Asks for the missing keys of one space, and helps others. */
export class KeyRepair {
  readonly #parts: KeyRepairParts;
  readonly #closed = new AbortController();
  #isWaiting = false;
  /** Keys that were sealed to devices which are back: whatever becomes of that, once is enough. */
  readonly #given = new Set<string>();
  /** Copies that may still be made. */
  readonly #copies: TokenBucket;

  constructor(parts: KeyRepairParts) {
    this.#parts = parts;
    this.#copies = new TokenBucket({
      burst: COPIES_BURST,
      perSecond: COPIES_PER_SECOND,
      nowMs: parts.clock.monotonicMs(),
    });
  }

  /** Generations that this member may have and has not, the newest ones: those before them mostly come with them. */
  get missing(): readonly KeyId[] {
    if (this.#parts.devices.isStopped) return [];
    return this.#parts.gained.missing().slice(-NEEDED_MAX).sort();
  }

  /** What other members are to be asked; `undefined` where nothing is missing. */
  get question(): Uint8Array<ArrayBuffer> | undefined {
    const { missing } = this;
    if (missing.length === 0) return undefined;
    const writer = new Writer(128).u8(ASK_KEYS).raw(idBytes(this.#parts.identity));
    writeGenerations(writer, missing);
    return writer.finish();
  }

  /** Takes what was answered. True if it was of use. Never rejects because of what is in it. */
  async take(answer: Uint8Array): Promise<boolean> {
    const { changed, gained, identity, keysCame } = this.#parts;
    let isHelp = false;
    for (const copy of copiesIn(answer)) {
      if (copy.identity === identity) isHelp = (await gained.take(copy)) || isHelp;
    }
    if (!isHelp) return false;
    await keysCame();
    changed();
    return true;
  }

  /** Answers a member; `undefined` for other questions, and where nothing is to be given. */
  async answer(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const asked = questionOf(bytes);
    if (asked === undefined || !this.#mayHelp()) return undefined;
    const held = asked.filter(({ generation }) => this.#isHeld(generation));
    const nowMs = this.#parts.clock.monotonicMs();
    const given = held.slice(0, this.#copies.takeUpTo(nowMs, held.length));
    if (given.length === 0) return undefined;
    const part = await this.#load();
    return part?.answerOf(this.#parts, given);
  }

  /**
   * Says in a block what is missing, and has not been said, or was answered with nothing of use. True if there was
   * anything to say. @throws StoreError.
   */
  async say(): Promise<boolean> {
    const { authority, identity, settled, space } = this.#parts;
    await settled();
    const own = this.#parts.own();
    const generations = this.missing.filter(
      (generation) =>
        !authority.needs.isOpen(identity, generation) &&
        authority.needs.timesOf(identity, generation) < NEEDS_MAX,
    );
    const credential = this.#credential();
    if (own === undefined || credential === undefined || generations.length === 0) return false;
    const statements: Statement[] = [{ kind: 'key-need', space, generations }];
    own.writeWithOldKeys({ statements, credential });
    this.#parts.changed();
    return true;
  }

  /** True while an own device that is back has not been given keys that were made without it. */
  get owes(): boolean {
    return this.#parts.isKeeper && this.#mayHelp() && this.#unsealed.length > 0;
  }

  get #unsealed(): readonly UnsealedKey[] {
    return this.#parts.devices.unsealed.filter((one) => !this.#given.has(nameOf(one)));
  }

  /** Somebody may have said that it lacks something, or a device may be back: helps, unless somebody before us does. */
  look(): void {
    if (this.#isWaiting || this.#closed.signal.aborted || !this.#parts.isKeeper) return;
    if (this.#toMeet().length === 0 && !this.owes) return;
    this.#isWaiting = true;
    void this.#help()
      .catch((failure: unknown) => {
        if (this.#closed.signal.aborted) return;
        if (!(failure instanceof AtollError)) throw failure;
        this.#parts.log.event('warn', 'space.keys-not-given', { code: errorCode(failure) });
      })
      .finally(() => (this.#isWaiting = false));
  }

  /** Does nothing any more. */
  close(): void {
    this.#closed.abort();
  }

  async #help(): Promise<void> {
    const { authority, clock, identity, settled } = this.#parts;
    const place = authority.placeAmongReaders(identity, 'membership') ?? 0;
    await clock.sleep(place * PLACE_MS, this.#closed.signal);
    await settled();
    const part = await this.#load();
    if (part === undefined) return;
    const byMember = Map.groupBy(this.#toMeet(), (need) => need.identity);
    for (const needs of byMember.values()) {
      const credential = this.#credential();
      const own = this.#parts.own();
      if (own === undefined || credential === undefined) return;
      const given = needs.slice(0, NEEDED_MAX);
      const statements = part.copiesFor(this.#parts, given);
      own.writeControl({ statements, credential }, this.#openTo(given));
    }
    const isOwed = this.owes;
    if (isOwed) this.#helpDevices(part);
    if (byMember.size > 0 || isOwed) this.#parts.changed();
  }

  /** Under keys that they have: they find no others. */
  #helpDevices(part: typeof SealCopies): void {
    const { authority, devices } = this.#parts;
    const credential = this.#credential();
    const own = this.#parts.own();
    if (own === undefined || credential === undefined) return;
    const under = authority.keys
      .generations('membership')
      .findLast((id) => this.#isHeld(id) && !devices.hasMissed(id));
    const unsealed = this.#unsealed;
    for (const one of unsealed) this.#given.add(nameOf(one));
    const statements = part.copiesForDevices(this.#parts, unsealed);
    own.writeControl({ statements, credential }, under);
  }

  /** The newest membership keys that somebody is not known to lack. */
  #openTo(needs: readonly OpenNeed[]): KeyId | undefined {
    const { authority } = this.#parts;
    const who = needs[0]?.identity;
    return authority.keys
      .generations('membership')
      .findLast(
        (id) => this.#isHeld(id) && who !== undefined && authority.needs.timesOf(who, id) === 0,
      );
  }

  #toMeet(): readonly OpenNeed[] {
    if (!this.#mayHelp()) return [];
    const { authority, identity } = this.#parts;
    return authority.needs.openTo(identity).filter(({ generation }) => this.#isHeld(generation));
  }

  #isHeld(generation: KeyId): boolean {
    return this.#parts.keys.ring.get(generation) !== undefined;
  }

  #mayHelp(): boolean {
    return this.#credential() !== undefined && !this.#parts.devices.isStopped;
  }

  #credential(): CredentialId | undefined {
    const { authority, identity } = this.#parts;
    return authority.credentialFor(identity, 'read');
  }

  async #load(): Promise<typeof SealCopies | undefined> {
    try {
      return await import('./seal-copies.ts');
    } catch (failure) {
      this.#parts.log.event('warn', 'space.part-not-loaded', { code: errorCode(failure) });
      return undefined;
    }
  }
}

function nameOf({ generation, reader }: UnsealedKey): string {
  return `${generation} ${toHex(reader.key)}`;
}

/** What somebody lacks, as a question says. */
function questionOf(bytes: Uint8Array): readonly OpenNeed[] | undefined {
  try {
    const reader = new Reader(bytes);
    if (reader.u8() !== ASK_KEYS) return undefined;
    const identity: IdentityId = idFromBytes('identity', reader.raw(ID_BYTES));
    const generations = readGenerations(reader);
    reader.end();
    return generations.map((generation) => ({ identity, generation }));
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}

function copiesIn(answer: Uint8Array): readonly KeyCopy[] {
  try {
    const statements = decodeStatements(answer);
    return statements.filter((statement) => statement.kind === 'key-copy').slice(0, COPIES_TAKEN);
  } catch (failure) {
    if (failure instanceof CodecError) return [];
    throw failure;
  }
}
