/**
 * Tells every space of the profile what was said about devices, and gives the identity a secret that devices that
 * were stopped do not know. What is to be done follows from the log and from what the spaces know: so it goes on
 * after a crash, on every device, and in spaces that come later.
 */
import type { Database, Space } from '@atoll/echo';
import { lastEntry } from '@atoll/halo';
import { compareBytes, equalBytes, utf8, type SpaceId } from '@atoll/kernel';
import type { Engine } from '../engine.ts';
import { SecretRecord } from '../halo-records.ts';
import { takeListedKeys } from '../listed-keys.ts';
import { OneRun } from '../one-run.ts';
import { idOf, type OwnIdentity } from '../own-identity.ts';
import { isNewBesideStopped, listen, mustHear } from './listening.ts';

const SECRET_BYTES = 32;
/** Whoever has said it tells it and makes the new secret at once, the others only if nobody has. */
const OTHERS_AFTER_MS = 5_000;
/** After a failure it is tried again. */
const AGAIN_MS = 30_000;
const TOLD = 'devices-told/';

/** See above. */
export class DeviceJob {
  readonly #engine: Engine;
  readonly #database: () => Database | undefined;
  readonly #run: OneRun;
  #isAsked = false;
  #running: Promise<void> = Promise.resolve();
  /** Entries that this process has signed. */
  #isMine = false;

  constructor(engine: Engine, database: () => Database | undefined) {
    this.#engine = engine;
    this.#database = database;
    this.#run = new OneRun({ log: engine.platform.log, signal: engine.signal });
  }

  /** This device has said something: it is told first. Resolves when all spaces were told, or one could not be. */
  async begin(): Promise<void> {
    this.#isMine = true;
    this.look();
    await this.#running;
  }

  /** Something may be left to do. */
  look(): void {
    const { identity, signal } = this.#engine;
    if (signal.aborted || !this.#hasNews(identity.get())) return;
    if (this.#run.isBusy) {
      this.#isAsked = true;
      return;
    }
    const again = (): void => void this.#later(AGAIN_MS);
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
  #hasNews(own: OwnIdentity | undefined): boolean {
    if (own === undefined) return false;
    if ((own.log.said ?? []).length > 0) return true;
    const identity = idOf(own);
    const identities = this.#engine.opened(own.haloSpace)?.authority.identities;
    if (identities?.isPresent(identity) !== true) return false;
    return own.log.admissions.some(
      ({ device }) => identities.entryOf(identity, device) === undefined,
    );
  }

  /** Secrets that took the place of the first, the latest last. */
  secrets(): readonly Uint8Array[] {
    const records = this.#database()?.query(SecretRecord).run() ?? [];
    return [...records]
      .sort((a, b) => a.counter - b.counter || compareBytes(a.secret, b.secret))
      .map(({ secret }) => secret);
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
    if (!this.#isMine) {
      await this.#engine.platform.clock.sleep(OTHERS_AFTER_MS, this.#engine.signal);
      await halo.settled();
      if (!this.#needsSecret(halo)) return;
    }
    const database = this.#database();
    if (database === undefined) return;
    const { rng } = this.#engine.platform;
    const counters = database.query(SecretRecord).run();
    const counter = 1 + Math.max(0, ...counters.map((one) => one.counter));
    database.add(SecretRecord, { counter, secret: rng.bytes(SECRET_BYTES) });
    await halo.flush();
    await halo.devices.show(log);
  }

  /** There is no reading key that devices that were stopped do not know, and this device may make one. */
  #needsSecret(halo: Space): boolean {
    if (halo.devices.isStopped) return false;
    return halo.authority.keys.readingKey(halo.identity) === undefined;
  }

  async #tellOne(id: SpaceId): Promise<void> {
    const mark = this.#mark();
    if (await this.#isTold(id, mark)) return;
    const { log } = this.#engine.requireIdentity();
    const place = this.#engine.place(id);
    const space = await place?.open();
    if (place !== undefined && isNewBesideStopped(this.#engine, place)) {
      await listen(this.#engine, [place]);
    }
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
    const { log } = this.#engine.requireIdentity();
    const secrets = this.secrets().length;
    return utf8(`${String(log.said?.length ?? 0)} ${lastEntry(log)} ${String(secrets)}`);
  }

  async #later(ms: number): Promise<void> {
    const { platform, signal } = this.#engine;
    await platform.clock.sleep(ms, signal).catch(() => undefined);
    this.look();
  }
}
