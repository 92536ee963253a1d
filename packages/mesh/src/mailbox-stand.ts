/**
 * What a mailbox stands on that has lost history which nobody has any more: sealed answers that stand for an
 * epoch, under names that tell it nothing, and the ends of chains at which its log begins. Devices that have
 * dropped the history give both; devices that lack it ask. Nothing of it can be read or checked here.
 */
import { CodecError, Writer } from '@atoll/codec';
import type { Tip } from '@atoll/feed';
import { toHex, type Store } from '@atoll/kernel';
import {
  NAME_BYTES,
  PARTS_MAX,
  decodeStand,
  encodeStand,
  nameBytes,
  type Stand,
} from './state-messages.ts';
import type { StateHolder } from './state-sync.ts';

/** Epochs of which parts are kept before one of them is whole: two devices may refill from different ones. */
const STAGED_MAX = 2;
/** Bytes of a part's name that tell a giver that it is here. */
export const PREFIX_BYTES = 8;

/** What became of a part. */
export const GIVEN = { taken: 0, full: 1, refused: 2 } as const;
/** What became of a stand. `needed` is followed by prefixes of the parts that are here. */
export const STANDING = { needless: 0, needed: 1, stands: 2, incomplete: 3 } as const;

/** A log that can begin in the middle. */
export interface GroundedLog {
  lacks(grounds: readonly Tip[]): readonly Tip[];
  reground(grounds: readonly Tip[]): Promise<void>;
}

/** What a stand is kept with. */
export interface MailboxStandOptions {
  readonly store: Store;
  /** Name of the mailbox, in hex. */
  readonly mailbox: string;
  readonly log: GroundedLog;
  /** Counts so many bytes more, or less; false if there is no room for them, and nothing is counted. */
  readonly count: (bytes: number) => Promise<boolean>;
  /** The log begins elsewhere now: whoever is in sync with it should compare again. */
  readonly onStand?: (() => void) | undefined;
}

/** What is kept of a stand beside its parts. */
export interface KeptStand {
  readonly stand: Stand;
  readonly bytes: number;
}

/** The stand of a mailbox as it lies in the store. Its log is to be opened with the grounds. @throws StoreError. */
export async function keptStand(store: Store, mailbox: string): Promise<KeptStand | undefined> {
  const head = await store.value(headName(mailbox));
  if (head === undefined) return undefined;
  try {
    const bytes = new DataView(head.buffer, head.byteOffset).getFloat64(0);
    return { stand: decodeStand(head.subarray(8)), bytes };
  } catch (failure) {
    // A damaged one is none: devices give another.
    if (failure instanceof CodecError || failure instanceof RangeError) return undefined;
    throw failure;
  }
}

/** The stand of one mailbox. */
export class MailboxStand implements StateHolder {
  readonly #options: MailboxStandOptions;
  #kept: KeptStand | undefined;
  /** Parts of stands that are not whole: lengths by name, by tag. */
  readonly #staged = new Map<string, Map<string, number>>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: MailboxStandOptions, kept: KeptStand | undefined) {
    this.#options = options;
    this.#kept = kept;
  }

  /** Lets go of parts whose giver did not finish before the mailbox was closed. @throws StoreError. */
  static async open(
    options: MailboxStandOptions,
    kept: KeptStand | undefined,
  ): Promise<MailboxStand> {
    const { mailbox, store } = options;
    const own = kept === undefined ? undefined : tagPrefix(mailbox, kept.stand.tag);
    const values = new Map<string, undefined>();
    for (const name of await store.names(`stand/${mailbox}/`)) {
      const isKept = own !== undefined && (name === headName(mailbox) || name.startsWith(own));
      if (!isKept) values.set(name, undefined);
    }
    if (values.size > 0) await store.commit({ values });
    return new MailboxStand(options, kept);
  }

  /** Bytes of what stands. */
  get bytes(): number {
    return this.#kept?.bytes ?? 0;
  }

  /** An answer that was given. One that the disk has damaged is refused by who asked. */
  async answer(question: Uint8Array): Promise<Uint8Array | undefined> {
    const { mailbox, store } = this.#options;
    if (this.#kept === undefined || question.length !== NAME_BYTES) return undefined;
    return store.value(tagPrefix(mailbox, this.#kept.stand.tag) + toHex(question));
  }

  /** Keeps a part. @throws StoreError. */
  give(tag: string, name: string, bytes: Uint8Array): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      const { count, mailbox, store } = this.#options;
      const staged = await this.#stage(tag);
      if (staged.has(name)) return Uint8Array.of(GIVEN.taken);
      if (staged.size >= PARTS_MAX || tag === this.#kept?.stand.tag) {
        return Uint8Array.of(GIVEN.refused);
      }
      if (!(await count(bytes.length))) return Uint8Array.of(GIVEN.full);
      try {
        await store.commit({ values: new Map([[tagPrefix(mailbox, tag) + name, bytes]]) });
      } catch (failure) {
        await count(-bytes.length);
        throw failure;
      }
      staged.set(name, bytes.length);
      return Uint8Array.of(GIVEN.taken);
    });
  }

  /** Says whether a stand is needed; one whose parts are here is stood on from now on. @throws StoreError. */
  stand(stand: Stand): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      const { log } = this.#options;
      if (log.lacks(stand.grounds).length === 0) return Uint8Array.of(STANDING.needless);
      const staged = this.#staged.get(stand.tag);
      if (stand.parts === 0) return this.#needed(staged);
      if (this.#kept?.stand.tag === stand.tag) {
        await this.#keep(stand, this.#kept.bytes);
        return Uint8Array.of(STANDING.stands);
      }
      if (staged?.size !== stand.parts) {
        // Somebody has given what does not belong to it: it begins anew.
        await this.#drop(stand.tag);
        return Uint8Array.of(STANDING.incomplete);
      }
      await this.#keep(stand, sum(staged));
      return Uint8Array.of(STANDING.stands);
    });
  }

  #needed(staged: ReadonlyMap<string, number> | undefined): Uint8Array {
    const writer = new Writer(64).u8(STANDING.needed);
    for (const name of staged?.keys() ?? []) writer.raw(nameBytes(name).subarray(0, PREFIX_BYTES));
    return writer.finish();
  }

  /** In one commit, so that the log begins either as before or as it does now. */
  async #keep(stand: Stand, bytes: number): Promise<void> {
    const { count, log, mailbox, onStand, store } = this.#options;
    const encoded = encodeStand(stand);
    const head = new Uint8Array(encoded.length + 8);
    new DataView(head.buffer).setFloat64(0, bytes);
    head.set(encoded, 8);
    const values = new Map<string, Uint8Array | undefined>([[headName(mailbox), head]]);
    const before = this.#kept;
    const isOther = before !== undefined && before.stand.tag !== stand.tag;
    if (isOther) {
      for (const name of await store.names(tagPrefix(mailbox, before.stand.tag))) {
        values.set(name, undefined);
      }
    }
    await store.commit({ values });
    this.#kept = { stand, bytes };
    this.#staged.delete(stand.tag);
    if (isOther) await count(-before.bytes);
    await log.reground(stand.grounds);
    onStand?.();
  }

  async #stage(tag: string): Promise<Map<string, number>> {
    const known = this.#staged.get(tag);
    if (known !== undefined) return known;
    for (const oldest of this.#staged.keys()) {
      if (this.#staged.size < STAGED_MAX) break;
      await this.#drop(oldest);
    }
    const staged = new Map<string, number>();
    this.#staged.set(tag, staged);
    return staged;
  }

  async #drop(tag: string): Promise<void> {
    const { count, mailbox, store } = this.#options;
    const staged = this.#staged.get(tag);
    if (staged === undefined) return;
    const prefix = tagPrefix(mailbox, tag);
    await store.commit({
      values: new Map([...staged.keys()].map((name) => [prefix + name, undefined])),
    });
    this.#staged.delete(tag);
    await count(-sum(staged));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function headName(mailbox: string): string {
  return `stand/${mailbox}/head`;
}

function tagPrefix(mailbox: string, tag: string): string {
  return `stand/${mailbox}/${tag}/`;
}

function sum(staged: ReadonlyMap<string, number>): number {
  return [...staged.values()].reduce((all, length) => all + length, 0);
}
