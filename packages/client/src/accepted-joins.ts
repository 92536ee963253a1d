/**
 * Offers that this profile has accepted: kept before the host hears of it. Who loses power between being let in and
 * having the space asks for it again by the same link, and nobody else is told who he is.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import {
  equalBytes,
  idBytes,
  idFromBytes,
  type Platform,
  type SpaceId,
  Turns,
} from '@atoll/kernel';

const NAME = 'joining';
const VERSION = 1;
const SECRET_BYTES = 16;
const ID_BYTES = 32;
/** Offers under way at once; the oldest is forgotten for the next. */
const KEPT_MAX = 16;

interface Accepted {
  /** Of the invitation. */
  readonly secret: Uint8Array;
  readonly space: SpaceId;
}

/** See above. */
export class AcceptedJoins {
  readonly #keystore: Platform['keystore'];
  readonly #turns = new Turns();

  constructor({ keystore }: Pick<Platform, 'keystore'>) {
    this.#keystore = keystore;
  }

  /** The space that was offered by an invitation and accepted. @throws KeystoreError. */
  async of(secret: Uint8Array): Promise<SpaceId | undefined> {
    return (await this.#all()).find((each) => equalBytes(each.secret, secret))?.space;
  }

  /** Durable when resolved. @throws KeystoreError. */
  keep(accepted: Accepted): Promise<void> {
    return this.#change((all) => [...without(all, accepted.secret), accepted].slice(-KEPT_MAX));
  }

  /** It has led to something, or never will. @throws KeystoreError. */
  forget(secret: Uint8Array): Promise<void> {
    return this.#change((all) => without(all, secret));
  }

  /** One change after the other: each writes all of them. */
  #change(change: (all: readonly Accepted[]) => readonly Accepted[]): Promise<void> {
    return this.#turns.take(async () => {
      const before = await this.#all();
      const after = change(before);
      if (before.length === 0 && after.length === 0) return;
      await this.#keystore.putSecret(NAME, after.length === 0 ? undefined : encode(after));
    });
  }

  async #all(): Promise<readonly Accepted[]> {
    const bytes = await this.#keystore.getSecret(NAME);
    if (bytes === undefined) return [];
    try {
      return decode(bytes);
    } catch (failure) {
      if (failure instanceof CodecError) return [];
      throw failure;
    }
  }
}

function without(all: readonly Accepted[], secret: Uint8Array): readonly Accepted[] {
  return all.filter((each) => !equalBytes(each.secret, secret));
}

function encode(all: readonly Accepted[]): Uint8Array {
  const writer = new Writer(64).u8(VERSION).varint(all.length);
  for (const { secret, space } of all) writer.raw(secret).raw(idBytes(space));
  return writer.finish();
}

function decode(bytes: Uint8Array): readonly Accepted[] {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) throw new CodecError('CODEC_UNKNOWN_TAG', 'of a later version');
  const all = Array.from({ length: reader.varint(KEPT_MAX) }, () => ({
    secret: reader.take(SECRET_BYTES),
    space: idFromBytes('space', reader.raw(ID_BYTES)),
  }));
  reader.end();
  return all;
}
