/**
 * Spaces into which this identity has asked to be let: kept, and asked about again and again, so that the answer is
 * heard although both sides are seldom there at once.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { idBytes, idFromBytes, toHex, errorCode, type Platform, type SpaceId } from '@atoll/kernel';
import type { GuestInvitation } from './api.ts';
import type { PendingJoin } from './invitations-api.ts';
import { LiveCell, type Live } from './live.ts';
import { shownName } from './shown-name.ts';

/** Stands before what says which requests there are. */
export const ASKING = 'asking/';
const TEXT_BYTES_MAX = 4096;
const ID_BYTES = 8;

/** What is kept of a request. Secret: it holds the code. */
export interface Asked {
  readonly code: string;
  readonly space: SpaceId;
  readonly spaceName: string;
  readonly from: string;
  readonly askedAtMs: number;
}

/** What following requests needs. */
export interface PendingParts {
  readonly platform: Platform;
  readonly signal: AbortSignal;
  /** Answers an invitation by which we have asked before. */
  readonly resume: (asked: Asked) => GuestInvitation;
}

/** See above. */
export class PendingJoins {
  readonly #parts: PendingParts;
  readonly #list = new LiveCell<readonly PendingJoin[]>([]);
  readonly #known = new Set<string>();
  /** Guests that go on asking, by their codes. */
  readonly #guests = new Map<string, GuestInvitation>();

  constructor(parts: PendingParts) {
    this.#parts = parts;
  }

  get list(): Live<readonly PendingJoin[]> {
    return this.#list;
  }

  /** Who asks by a code already; `undefined` if nobody does, or that has ended. */
  guestFor(code: string): GuestInvitation | undefined {
    return this.#guests.get(code.trim());
  }

  /** Goes on with requests of an earlier run. @throws StoreError. */
  async restore(): Promise<void> {
    const { keystore, log, store } = this.#parts.platform;
    for (const name of await store.names(ASKING)) {
      const id = name.slice(ASKING.length);
      const bytes = this.#known.has(id) ? undefined : await keystore.getSecret(name);
      if (bytes === undefined) continue;
      try {
        const asked = decode(bytes);
        this.#follow(id, asked, this.#parts.resume(asked));
      } catch (failure) {
        log.event('warn', 'client.request-not-read', { code: errorCode(failure) });
      }
    }
  }

  /** Keeps a request that a running guest has made. Durable when resolved. @throws StoreError. */
  async add(asked: Asked, guest: GuestInvitation): Promise<void> {
    const { keystore, rng, store } = this.#parts.platform;
    const id = toHex(rng.bytes(ID_BYTES));
    this.#known.add(id);
    await keystore.putSecret(`${ASKING}${id}`, encode(asked));
    await store.commit({ values: new Map([[`${ASKING}${id}`, Uint8Array.of(1)]]) });
    this.#follow(id, asked, guest);
  }

  #follow(id: string, { askedAtMs, code, from, spaceName }: Asked, guest: GuestInvitation): void {
    this.#known.add(id);
    this.#guests.set(code.trim(), guest);
    const gone = (): void => void this.#guests.delete(code.trim());
    guest.done.then(gone, gone);
    const state = new LiveCell<'waiting' | 'turned-away' | 'ended'>('waiting');
    const forget = async (): Promise<void> => {
      this.#list.set(this.#list.get().filter((other) => other.id !== id));
      guest.cancel();
      await this.#remove(id);
    };
    this.#list.set([
      ...this.#list.get(),
      { id, spaceName: shownName(spaceName), from: shownName(from), askedAtMs, state, forget },
    ]);
    guest.done.then(
      () => void forget(),
      () => {
        if (this.#parts.signal.aborted) return;
        const now = guest.state.get();
        if (now.at !== 'ended') return; // The program or its user has stopped asking; it is asked again later.
        state.set(now.why === 'turned-away' ? 'turned-away' : 'ended');
        void this.#remove(id);
      },
    );
  }

  async #remove(id: string): Promise<void> {
    const { keystore, log, store } = this.#parts.platform;
    try {
      await store.commit({ values: new Map([[`${ASKING}${id}`, undefined]]) });
      await keystore.putSecret(`${ASKING}${id}`, undefined);
    } catch (failure) {
      log.event('warn', 'client.request-not-forgotten', { code: errorCode(failure) });
    }
  }
}

function encode({ askedAtMs, code, from, space, spaceName }: Asked): Uint8Array {
  const writer = new Writer(256).u8(1).text(code).raw(idBytes(space)).text(spaceName).text(from);
  return writer.varint(askedAtMs).finish();
}

function decode(bytes: Uint8Array): Asked {
  const reader = new Reader(bytes);
  if (reader.u8() !== 1) throw new CodecError('CODEC_UNKNOWN_TAG', 'a request of a later version');
  const code = reader.text(TEXT_BYTES_MAX);
  const space = idFromBytes('space', reader.raw(32));
  const spaceName = reader.text(TEXT_BYTES_MAX);
  const from = reader.text(TEXT_BYTES_MAX);
  const askedAtMs = reader.varint();
  reader.end();
  return { code, space, spaceName, from, askedAtMs };
}
