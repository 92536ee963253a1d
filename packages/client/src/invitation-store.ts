/**
 * Invitations of this profile on its device: which there are, by space, and their records in the keystore. Several
 * windows and programs of a profile may be open; whoever holds an invitation's lock answers it.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import type { AdmissionRequest, Invitations } from '@atoll/halo';
import { toHex, utf8, type Platform, type SpaceId } from '@atoll/kernel';
import { ClientError } from './client-error.ts';
import { ENDED, INVITATIONS, secretsOf } from './invitation-names.ts';

/** People whose requests wait, of one invitation; whoever comes then pushes out the one who has waited longest. */
export const REQUESTS_MAX = 20;
/** Refusals that are remembered, so that those refused can be told. */
const REFUSED_MAX = 20;
const ID_BYTES = 16;
const TEXT_BYTES_MAX = 560;
/** So long a lock is held for one change, many times over. */
const LOCK_LOOK_MS = 20;

/** Where an invitation is kept: under its space, or among those for devices. */
export interface InvitationPlace {
  readonly scope: SpaceId | 'device';
  /** 16 bytes in hex: of one that the space knows, how its name there begins. */
  readonly id: string;
}

/** Somebody who asks, as kept. */
export interface StoredRequest {
  readonly request: Extract<AdmissionRequest, { kind: 'space' }>;
  readonly text: string;
  readonly askedAtMs: number;
  readonly isRefused: boolean;
}

/** See above. */
export class InvitationStore {
  readonly #platform: Platform;
  readonly #halo: Invitations;
  readonly #signal: AbortSignal;

  constructor(platform: Platform, halo: Invitations, signal: AbortSignal) {
    this.#platform = platform;
    this.#halo = halo;
    this.#signal = signal;
  }

  /** A place for a new invitation. */
  placeFor(scope: SpaceId | 'device'): InvitationPlace {
    return { scope, id: toHex(this.#platform.rng.bytes(ID_BYTES)) };
  }

  /** Invitations of a space, or for devices. */
  async list(scope: SpaceId | 'device'): Promise<readonly InvitationPlace[]> {
    const names = await this.#platform.store.names(`${INVITATIONS}${scope}/`);
    return names.map((name) => ({ scope, id: name.slice(name.lastIndexOf('/') + 1) }));
  }

  /** The record; secret. `undefined` if there is none. */
  load({ id }: InvitationPlace): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#platform.keystore.getSecret(`invitation/${id}`);
  }

  /** Keeps a record. Durable when resolved. @throws StoreError. */
  async save(place: InvitationPlace, record: Uint8Array): Promise<void> {
    const { keystore, store } = this.#platform;
    const name = nameOf(place);
    // The name first: a secret that nothing leads to would stay for ever.
    if ((await store.value(name)) === undefined) {
      await store.commit({ values: new Map([[name, utf8('1')]]) });
    }
    await keystore.putSecret(`invitation/${place.id}`, record);
  }

  /** Forgets an invitation and who has asked by it. @throws StoreError. */
  async remove(place: InvitationPlace): Promise<void> {
    const { keystore, store } = this.#platform;
    for (const name of secretsOf(place.id)) await keystore.putSecret(name, undefined);
    const gone = [nameOf(place), `${ENDED}${place.id}`];
    await store.commit({ values: new Map(gone.map((name) => [name, undefined])) });
  }

  /** Forgets one of which power has failed before its record was written. @throws StoreError. */
  async removeUnwritten(place: InvitationPlace): Promise<void> {
    await using lock = await this.lock(place);
    // Whoever writes it at this moment holds the lock.
    if (lock !== undefined && (await this.load(place)) === undefined) await this.remove(place);
  }

  /** Notes that its user has ended one that another program answers. Durable when resolved. @throws StoreError. */
  async noteEnded({ id }: InvitationPlace): Promise<void> {
    await this.#platform.store.commit({ values: new Map([[`${ENDED}${id}`, utf8('1')]]) });
  }

  /** True for one that was noted as ended. @throws StoreError. */
  async isEnded({ id }: InvitationPlace): Promise<boolean> {
    return (await this.#platform.store.value(`${ENDED}${id}`)) !== undefined;
  }

  /** The right to answer an invitation, if no other window has it. */
  lock({ id }: InvitationPlace): Promise<AsyncDisposable | undefined> {
    return this.#platform.locks.tryAcquire(`invitation-${id}`);
  }

  /** Who asks by an invitation, the oldest first. */
  async requests({ id }: InvitationPlace): Promise<readonly StoredRequest[]> {
    const bytes = await this.#platform.keystore.getSecret(`requests/${id}`);
    return bytes === undefined ? [] : this.#decode(bytes);
  }

  /** Changes who asks; windows do so one after the other. Durable when resolved. */
  async changeRequests(
    place: InvitationPlace,
    change: (before: readonly StoredRequest[]) => readonly StoredRequest[],
  ): Promise<readonly StoredRequest[]> {
    await using _lock = await this.#alone(place);
    const after = bounded(change(await this.requests(place)));
    await this.#platform.keystore.putSecret(`requests/${place.id}`, this.#encode(after));
    return after;
  }

  async #alone({ id }: InvitationPlace): Promise<AsyncDisposable> {
    for (;;) {
      const lock = await this.#platform.locks.tryAcquire(`requests-${id}`);
      if (lock !== undefined) return lock;
      await this.#platform.clock.sleep(LOCK_LOOK_MS, this.#signal);
    }
  }

  #encode(requests: readonly StoredRequest[]): Uint8Array {
    const writer = new Writer(1024).u8(1).varint(requests.length);
    for (const { askedAtMs, isRefused, request, text } of requests) {
      writer
        .varint(askedAtMs)
        .u8(isRefused ? 1 : 0)
        .text(text);
      this.#halo.writeRequest(writer, request);
    }
    return writer.finish();
  }

  #decode(bytes: Uint8Array): readonly StoredRequest[] {
    try {
      const reader = new Reader(bytes);
      if (reader.u8() !== 1)
        throw new CodecError('CODEC_UNKNOWN_TAG', 'requests of a later version');
      const count = reader.varint(REQUESTS_MAX + REFUSED_MAX);
      const all = Array.from({ length: count }, () => {
        const askedAtMs = reader.varint();
        const isRefused = reader.u8() === 1;
        const text = reader.text(TEXT_BYTES_MAX);
        return { askedAtMs, isRefused, text, request: this.#halo.readRequest(reader) };
      });
      reader.end();
      return all.flatMap(({ request, ...rest }) =>
        request.kind === 'space' ? [{ ...rest, request }] : [],
      );
    } catch (cause) {
      if (!(cause instanceof CodecError)) throw cause;
      throw new ClientError('CLIENT_PROFILE_MALFORMED', 'stored requests cannot be read', {
        cause,
      });
    }
  }
}

function bounded(requests: readonly StoredRequest[]): readonly StoredRequest[] {
  const pending = requests.filter(({ isRefused }) => !isRefused).slice(-REQUESTS_MAX);
  return [...requests.filter(({ isRefused }) => isRefused).slice(-REFUSED_MAX), ...pending];
}

function nameOf({ id, scope }: InvitationPlace): string {
  return `${INVITATIONS}${scope}/${id}`;
}
