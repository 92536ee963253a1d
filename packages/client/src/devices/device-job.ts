/**
 * Tells every space of the profile what was said about devices, and gives the identity a secret that devices that
 * were stopped do not know. What is to be done follows from the log and from what the spaces know: so it goes on
 * after a crash, on every device, and in spaces that come later.
 */
import type { Database, Space } from '@atoll/echo';
import { softwareAgreer } from '@atoll/crypto';
import { identityEntryOf, lastEntry, readingSecret } from '@atoll/halo';
import { compareBytes, equalBytes, toHex, utf8, type SpaceId } from '@atoll/kernel';
import type { Engine } from '../engine.ts';
import { SecretRecord } from '../halo-records.ts';
import { takeListedKeys } from '../listed-keys.ts';
import { OneRun } from '../one-run.ts';
import { idOf, type IdentitySecrets, type OwnIdentity } from '../own-identity.ts';
import { hearFirst, listen, mustHear } from './listening.ts';

const SECRET_BYTES = 32;
/** Secrets that are made one after the other and are all out of date at once: more of them would be, too. */
const SECRETS_MAX = 4;
/** Whoever has said it tells it and makes the new secret at once, the others only if nobody has. */
const OTHERS_AFTER_MS = 5_000;
/** After a failure it is tried again. */
const AGAIN_MS = 30_000;
/** Not before this, whatever failing changes by itself; then with any change. */
const REST_MS = 1_000;
const TOLD = 'devices-told/';

/** See above. */
export class DeviceJob {
  readonly #engine: Engine;
  readonly #database: () => Database | undefined;
  readonly #run: OneRun;
  #isAsked = false;
  /** Last entry of the log with which it has failed: what failing changes is no reason to try again at once. */
  #failed: string | undefined;
  #running: Promise<void> = Promise.resolve();
  /** Entries that this process has signed. */
  #isMine = false;
  /** Keys of the private space that follow from secrets. */
  readonly #keys = new WeakMap<Uint8Array, Uint8Array>();
  /** What was made last. It may not be written yet. */
  #made: { readonly secret: Uint8Array; readonly version: number } | undefined;
  /** What was known of devices when making secrets has helped nothing: until something else is. */
  #inVain: number | undefined;

  constructor(engine: Engine, database: () => Database | undefined) {
    this.#engine = engine;
    this.#database = database;
    this.#run = new OneRun({ log: engine.platform.log, signal: engine.signal });
  }

  /** This device has said something: it is told first. Resolves when all spaces were told, or one could not be. */
  async begin(): Promise<void> {
    this.#isMine = true;
    this.#failed = undefined;
    this.look();
    await this.#running;
  }

  /** Something may be left to do. */
  look(): void {
    const { identity, signal } = this.#engine;
    const own = identity.get();
    if (own === undefined || signal.aborted || !this.#hasNews(own)) return;
    if (this.#failed === lastEntry(own.log)) {
      this.#isAsked = true;
      return;
    }
    if (this.#run.isBusy) {
      this.#isAsked = true;
      return;
    }
    const again = (): void => void this.#rest(lastEntry(own.log));
    const running: Promise<void> = this.#run
      .start('client.devices-not-told', () => this.#tell(), again)
      .then(() => {
        if (!this.#isAsked) return undefined;
        this.#isAsked = false;
        this.look();
        // Once the client has ended, nothing was begun.
        return this.#running === running ? undefined : this.#running;
      });
    this.#running = running;
  }

  /** Something was said of devices, or the private space does not know of one that another space knows. */
  #hasNews(own: OwnIdentity): boolean {
    if ((own.log.said ?? []).length > 0) return true;
    const identity = idOf(own);
    const identities = this.#engine.opened(own.haloSpace)?.authority.identities;
    if (identities?.isPresent(identity) !== true) return false;
    return own.log.admissions.some(
      ({ device }) => identities.entryOf(identity, device) === undefined,
    );
  }

  /** Secrets that are there beside the first, whoever has left them. */
  secrets(): readonly Uint8Array[] {
    const records = this.#database()?.query(SecretRecord).run() ?? [];
    const secrets = records.map(({ secret }) => secret);
    return secrets.filter(({ length }) => length === SECRET_BYTES).sort(compareBytes);
  }

  /** The same, beside that of now. */
  secretsOf(first: Uint8Array): IdentitySecrets {
    const secretOfNow = (): Uint8Array | undefined => this.#secretOfNow(first);
    const { rng } = this.#engine.platform;
    const toState = (): Uint8Array => secretOfNow() ?? rng.bytes(SECRET_BYTES);
    return { laterSecrets: () => this.secrets(), secretOfNow, toState };
  }

  /**
   * The secret that no stopped device knows. None is found by its place among the others, where a device may have left
   * its own before it was stopped: it is the one of which whoever has made it has stated the key in the private space.
   */
  #secretOfNow(first: Uint8Array): Uint8Array | undefined {
    // The private space is founded before there is an identity.
    const { said = [] } = this.#engine.identity.get()?.log ?? {};
    if (said.length === 0) return first;
    const key = this.#safeKey();
    if (key === undefined) return undefined;
    return [first, ...this.secrets()].find((secret) => equalBytes(this.#keyOf(secret), key));
  }

  /** Reading key of the private space, once that has heard all that was said. */
  #safeKey(): Uint8Array | undefined {
    const { haloSpace, log } = this.#engine.requireIdentity();
    const halo = this.#engine.opened(haloSpace);
    if (halo === undefined) return undefined;
    const { identities, keys } = halo.authority;
    const known = identities.logOf(halo.identity)?.said?.map((one) => identityEntryOf(one));
    const isHeard = (log.said ?? []).every((one) => known?.includes(identityEntryOf(one)));
    return isHeard ? keys.readingKey(halo.identity)?.key : undefined;
  }

  #keyOf(secret: Uint8Array): Uint8Array {
    let key = this.#keys.get(secret);
    if (key === undefined) {
      const { haloSpace } = this.#engine.requireIdentity();
      key = softwareAgreer(readingSecret(secret, haloSpace)).publicKey;
      this.#keys.set(secret, key);
    }
    return key;
  }

  async #tell(): Promise<void> {
    const engine = this.#engine;
    const identity = engine.identity.get();
    const halo = identity === undefined ? undefined : engine.opened(identity.haloSpace);
    if (identity === undefined || halo === undefined) return;
    await this.#listen(halo.id);
    await this.#tellHalo(halo);
    // Who was let in is shown where he comes; all hear of it once something was said of devices.
    if ((identity.log.said ?? []).length === 0) return;
    // Mostly the spaces bring it themselves; told by two devices at once, each would make keys of its own.
    if (!this.#isMine && (await this.#isAnyUntold())) {
      await engine.platform.clock.sleep(OTHERS_AFTER_MS, engine.signal);
    }
    const failures: unknown[] = [];
    for (const { id } of engine.places) {
      if (id === halo.id || engine.signal.aborted) continue;
      // A space that does not open keeps no other one from hearing of it.
      await this.#tellOne(id).catch((failure: unknown) => failures.push(failure));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Who comes, or was brought back, hears first. The private space leads to what is new of the others. */
  async #listen(haloSpace: SpaceId): Promise<void> {
    const engine = this.#engine;
    const halo = engine.place(haloSpace);
    if (halo === undefined || !mustHear(engine, halo)) return;
    await listen(engine, [halo]);
    const database = this.#database();
    if (database !== undefined) await takeListedKeys(engine, database);
    const others = engine.places.filter(
      ({ id, opened }) => id !== haloSpace && opened !== undefined,
    );
    await listen(engine, others);
  }

  async #tellHalo(halo: Space): Promise<void> {
    const { log } = this.#engine.requireIdentity();
    await halo.devices.show(log);
    if (!this.#needsSecret(halo)) return;
    // Only once it is shown there, the private space says of this device whether it acts.
    await halo.introduce();
    if (!this.#isMine) {
      await this.#engine.platform.clock.sleep(OTHERS_AFTER_MS, this.#engine.signal);
      await halo.settled();
    }
    for (let left = SECRETS_MAX; left > 0 && this.#needsSecret(halo); left--) {
      await this.#makeSecret(halo);
    }
    const { version } = halo.authority.identities;
    this.#inVain = this.#needsSecret(halo) ? version : undefined;
  }

  /**
   * Makes a secret that no stopped device knows, and states its key. One that is found here may be that of a device
   * that was stopped; one that was made before the next stop is heard of may be known to a device that this stops.
   */
  async #makeSecret(halo: Space): Promise<void> {
    const { log } = this.#engine.requireIdentity();
    const { version } = halo.authority.identities;
    if (this.#made?.version !== version) {
      const secret = this.#engine.platform.rng.bytes(SECRET_BYTES);
      halo.database.add(SecretRecord, { secret });
      this.#made = { secret, version };
    }
    await halo.flush();
    await halo.devices.show(log, this.#made);
  }

  /** There is no reading key that devices that were stopped do not know, and this device may make one. */
  #needsSecret(halo: Space): boolean {
    const { identities, keys } = halo.authority;
    if (halo.devices.isStopped || this.#inVain === identities.version) return false;
    return keys.readingKey(halo.identity) === undefined;
  }

  async #tellOne(id: SpaceId): Promise<void> {
    const mark = this.#mark();
    if (await this.#isTold(id, mark)) return;
    const { log } = this.#engine.requireIdentity();
    const place = this.#engine.place(id);
    const space = await place?.open();
    await hearFirst(this.#engine, place);
    await space?.devices.show(log);
    await this.#engine.platform.store.commit({ values: new Map([[TOLD + id, mark]]) });
  }

  async #isAnyUntold(): Promise<boolean> {
    const mark = this.#mark();
    const told = await Promise.all(
      [...this.#engine.places].map(({ id }) => this.#isTold(id, mark)),
    );
    // The private space is told each time, and is not marked.
    return told.filter((isTold) => !isTold).length > 1;
  }

  async #isTold(id: SpaceId, mark: Uint8Array): Promise<boolean> {
    const told = await this.#engine.platform.store.value(TOLD + id);
    return told !== undefined && equalBytes(told, mark);
  }

  /** What there is to tell, for noticing that it was told. */
  #mark(): Uint8Array {
    const { haloSecret, log } = this.#engine.requireIdentity();
    const key = this.#secretOfNow(haloSecret) === undefined ? undefined : this.#safeKey();
    const safe = key === undefined ? '' : toHex(key);
    return utf8(`${String(log.said?.length ?? 0)} ${lastEntry(log)} ${safe}`);
  }

  async #rest(failed: string): Promise<void> {
    const { platform, signal } = this.#engine;
    this.#failed = failed;
    await platform.clock.sleep(REST_MS, signal).catch(() => undefined);
    this.#failed = undefined;
    if (this.#isAsked) this.look();
    else await this.#later(AGAIN_MS - REST_MS);
  }

  async #later(ms: number): Promise<void> {
    const { platform, signal } = this.#engine;
    await platform.clock.sleep(ms, signal).catch(() => undefined);
    this.look();
  }
}
