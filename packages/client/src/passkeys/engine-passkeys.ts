/** {@link Passkeys} over an engine: the list, and who may open this device. What makes one is loaded when needed. */
import type { Database } from '@atoll/echo';
import { errorCode, toHex, PASSKEY_UNLOCK_SALT } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { Devices } from '../devices-api.ts';
import type { Engine } from '../engine.ts';
import { PasskeyRecord } from '../halo-records.ts';
import { LiveCell, sameData, type Live } from '../live.ts';
import type { Passkey, Passkeys } from '../passkeys-api.ts';
import type { KeptPasskey } from '../recovery/kept-records.ts';
import { givenBy, passkeysOn } from './answers.ts';
import type { NewPasskey } from './new-passkey.ts';

/** What passkeys need of the rest of the client. */
export interface PasskeyParts {
  readonly engine: Engine;
  readonly devices: Devices;
  /** Devices of passkeys of which a server has a record. */
  readonly kept: Live<ReadonlySet<string>>;
  /** Takes the device of a passkey into the log, and writes it down. */
  readonly take: (made: NewPasskey, name: string) => Promise<void>;
  /** What capsules and records say has changed. */
  readonly changed: () => void;
}

/** See above. */
export class EnginePasskeys implements Passkeys {
  readonly #parts: PasskeyParts;
  readonly #list = new LiveCell<readonly Passkey[]>([], sameData);
  #database: Database | undefined;
  /** Credentials that open this device. */
  #slots: ReadonlySet<string> = new Set();

  constructor(parts: PasskeyParts) {
    this.#parts = parts;
    parts.devices.subscribe(() => this.#heard());
    parts.kept.subscribe(() => this.#show());
  }

  get(): readonly Passkey[] {
    return this.#list.get();
  }

  subscribe(listener: () => void): () => void {
    return this.#list.subscribe(listener);
  }

  async isSupported(): Promise<boolean> {
    return (await this.#parts.engine.platform.passkeys?.isSupported()) ?? false;
  }

  /** The private space is open. */
  follow(database: Database): void {
    this.#database = database;
    database.query(PasskeyRecord).subscribe(() => this.#heard());
    this.look();
  }

  /** What opens this device may have changed. */
  look(): void {
    this.#lookAtSlots().catch((failure: unknown) => {
      // Somebody else has changed what opens the keys; the next start looks again.
      const code = errorCode(failure);
      this.#parts.engine.platform.log.event('info', 'client.passkeys-not-looked-at', { code });
    });
  }

  /** For those who keep records: all that there ever were, with those that are gone. */
  kept(): readonly KeptPasskey[] {
    return this.#records().map((record) => ({
      device: record.device,
      agreementKey: record.agreementKey,
      recordKey: record.recordKey,
      mailboxSeed: record.mailbox,
      wrapped: record.wrapped,
      isGone: !this.#counts(record),
    }));
  }

  async add(options: { readonly name: string }): Promise<{ readonly key: string }> {
    const { engine, take } = this.#parts;
    this.#refuseStopped();
    this.#require();
    const passkeys = passkeysOn(engine.platform);
    const { newPasskey } = await import('./new-passkey.ts');
    const known = this.#records().filter((one) => this.#counts(one));
    const { made, unlock } = await newPasskey(engine, passkeys, {
      name: options.name,
      known: known.map(({ credential }) => credential),
    });
    await take(made, options.name);
    const { keystore } = engine.platform;
    if (keystore.isProtected === true) await keystore.passkeys?.add(made.credential, unlock);
    await this.#lookAtSlots();
    this.#parts.changed();
    return { key: made.device };
  }

  async openWith(key: string): Promise<void> {
    const { keystore, ...platform } = this.#parts.engine.platform;
    const { credential } = this.#recordOf(key);
    const answer = await passkeysOn(platform).evaluate({
      salts: [PASSKEY_UNLOCK_SALT],
      among: [credential],
    });
    const [output] = givenBy(answer).outputs;
    if (keystore.passkeys === undefined || output === undefined) givenBy({ at: 'unsupported' });
    else await keystore.passkeys.add(credential, output);
    await this.#lookAtSlots();
  }

  async remove(key: string): Promise<void> {
    this.#refuseStopped();
    const { devices, engine } = this.#parts;
    const record = this.#recordOf(key);
    const { credential } = record;
    record.removedAtMs = Math.floor(engine.platform.clock.nowMs());
    await engine.opened(engine.requireIdentity().haloSpace)?.flush();
    await engine.platform.keystore.passkeys?.remove(credential);
    if (devices.get().find((one) => one.key === key)?.standing === 'active') {
      await devices.suspend(key);
    }
    await this.#lookAtSlots();
    this.#parts.changed();
  }

  /** Something about passkeys has come: one that is gone opens this device no longer. */
  #heard(): void {
    this.#show();
    const gone = this.#records().filter((record) => !this.#counts(record));
    if (gone.some(({ credential }) => this.#slots.has(toHex(credential)))) this.look();
  }

  async #lookAtSlots(): Promise<void> {
    const { keystore } = this.#parts.engine.platform;
    const open = (await keystore.passkeys?.list()) ?? [];
    const gone = this.#records().filter((record) => !this.#counts(record));
    this.#slots = new Set(open.map(toHex));
    // One at a time: each replaces what opens the keys.
    for (const { credential } of this.#parts.engine.isKeeper ? gone : []) {
      if (!this.#slots.has(toHex(credential))) continue;
      await keystore.passkeys?.remove(credential);
      this.#slots = new Set([...this.#slots].filter((one) => one !== toHex(credential)));
    }
    this.#show();
  }

  #show(): void {
    const { devices, kept } = this.#parts;
    const names = new Map(devices.get().map(({ key, name }) => [key, name]));
    this.#list.set(
      this.#records()
        .filter((record) => this.#counts(record))
        .map(({ addedAtMs, credential, device: key }): Passkey => ({
          key,
          name: names.get(key) ?? '',
          addedAtMs,
          opensThisDevice: this.#slots.has(toHex(credential)),
          way: kept.get().has(key) ? 'kept' : 'waiting',
        })),
    );
  }

  /** Neither taken away nor stopped. */
  #counts({
    device,
    removedAtMs,
  }: {
    readonly device: string;
    removedAtMs?: number | undefined;
  }): boolean {
    const standing = this.#parts.devices.get().find(({ key }) => key === device)?.standing;
    return removedAtMs === undefined && (standing === undefined || standing === 'active');
  }

  #records() {
    return this.#database?.query(PasskeyRecord).run() ?? [];
  }

  #recordOf(key: string) {
    const record = this.#records().find((one) => one.device === key && this.#counts(one));
    if (record !== undefined) return record;
    throw new ClientError('CLIENT_UNKNOWN_PASSKEY', 'none of your passkeys has this key');
  }

  #require(): void {
    if (this.#database !== undefined) return;
    throw new ClientError('CLIENT_NO_IDENTITY', 'the identity is not open');
  }

  #refuseStopped(): void {
    if (this.#parts.devices.lock.get() === undefined) return;
    throw new ClientError('CLIENT_DEVICE_STOPPED', 'this device was stopped');
  }
}
