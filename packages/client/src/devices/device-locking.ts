/**
 * A device that was stopped locks itself: its spaces are closed, and keys go from memory. What it has not sent stays
 * where it is, sealed as everything is here. Only the words open it again, and only they have it wiped.
 */
import {
  decideDevice,
  lastFate,
  loadRecovering,
  logStatements,
  withEntries,
  wordsOf,
  type DeviceView,
  type KeyRing,
  type LogStatement,
  type RecoveryKeys,
} from '@atoll/halo';
import {
  concatBytes,
  equalBytes,
  errorCode,
  idFromBytes,
  type DeviceKey,
  type SpaceId,
  Turns,
} from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { Device, DeviceLock } from '../devices-api.ts';
import type { Engine } from '../engine.ts';
import { LiveCell, sameData } from '../live.ts';
import { idOf, loadIdentity, wipeIdentity, wipeKeys, type OwnIdentity } from '../own-identity.ts';
import { loadRecovery } from '../recovery/load-recovery.ts';
import { loadLockNote, saveLockNote, type LockNote } from './lock-note.ts';
import type * as LockedWord from './locked-word.ts';
import type * as Wiping from './wiping.ts';

/** Servers of the profile. */
export interface DeviceNetwork {
  readonly kubes: () => readonly string[];
  readonly add: (kube: string) => void;
}

/** See above. */
export class DeviceLocking {
  readonly lock: LiveCell<DeviceLock | undefined> = new LiveCell<DeviceLock | undefined>(
    undefined,
    sameData,
  );
  readonly #engine: Engine;
  readonly #devices: () => readonly Device[];
  readonly #network: DeviceNetwork;
  readonly #listed: () => ReadonlyMap<SpaceId, KeyRing>;
  readonly #turns = new Turns();
  #note: LockNote | undefined;
  /** Ends asking for an order to wipe. */
  #listening: AbortController | undefined;
  /** Servers were asked, and what they ordered is done as far as it can be. */
  #heeded: Promise<void> = Promise.resolve();
  /** Opens the private space of an identity again. Set once. */
  reopen: ((identity: OwnIdentity) => Promise<void>) | undefined;

  constructor(
    engine: Engine,
    parts: {
      readonly devices: () => readonly Device[];
      readonly network: DeviceNetwork;
      /** Keys of the spaces that the private space lists. */
      readonly listed: () => ReadonlyMap<SpaceId, KeyRing>;
    },
  ) {
    this.#engine = engine;
    this.#devices = parts.devices;
    this.#network = parts.network;
    this.#listed = parts.listed;
  }

  /** True if this device was locked before. @throws StoreError. */
  async load(): Promise<boolean> {
    const note = await loadLockNote(this.#engine.platform.store);
    if (note === undefined) return false;
    this.#note = note;
    // Servers are named in spaces, which are not opened any more: without them no words would help.
    for (const kube of note.kubes) this.#network.add(kube);
    const identity = this.#engine.identity.get();
    if (identity === undefined) {
      await this.#loadWiped(note);
      return false;
    }
    this.#engine.locked.set(true);
    wipeKeys(identity);
    this.lock.set(note.lock);
    void this.#listen();
    return true;
  }

  /** Keys went first: what is left goes now. The profile may begin anew, and tells until then what has been. */
  async #loadWiped(note: LockNote): Promise<void> {
    const { eraseStored } = await loadWiping();
    await eraseStored(this.#engine.platform);
    await this.#keep({ lock: { ...note.lock, wipe: 'done' }, kubes: [] });
    const stop = this.#engine.identity.subscribe(() => {
      stop();
      this.#forget().catch((failure: unknown) => this.#failed(failure));
    });
  }

  /** Locks this device if any space says that it was stopped. True while it is locked. */
  look(): Promise<boolean> {
    return this.#turns.take(() => this.#look());
  }

  /** See `Devices.heed`. */
  async heed(): Promise<void> {
    await this.#turns.idle();
    await this.#heeded;
    await this.#lookForReturn();
  }

  /** Devices as they were known when this one was locked. */
  get known(): readonly Device[] {
    return this.#note?.devices ?? [];
  }

  /** Tells what this device says of another one although it is stopped: that counts whoever is suspended. */
  async tell(said: readonly LogStatement[]): Promise<void> {
    await this.#engine.changeIdentity((now) => ({ ...now, log: withEntries(now.log, said) }));
    if (this.#note !== undefined) await this.#keep({ ...this.#note, hasSpoken: true });
    await this.#lookForReturn();
  }

  /** Most devices may have said that those which stopped this one are out: then it is back, without the words. */
  #lookForReturn(): Promise<void> {
    return this.#turns.take(async () => {
      const note = this.#note;
      const { isKeeper, isLocked } = this.#engine;
      if (note?.hasSpoken !== true || note.isErasing === true || !isLocked || !isKeeper) return;
      const { tellLocked } = await loadLockedWord();
      const { isBack, log } = await tellLocked(this.#engine, this.#network.kubes());
      const stored = await loadIdentity(this.#engine.platform.keystore);
      if (stored === undefined || this.#engine.signal.aborted) return;
      const identity = { ...stored, log: withEntries(stored.log, logStatements(log)) };
      if (isBack) return this.#comeBack(identity);
      await this.#engine.changeIdentity((now) => ({ ...now, log: identity.log }));
      wipeIdentity(stored);
    });
  }

  async #comeBack(identity: OwnIdentity): Promise<void> {
    const engine = this.#engine;
    this.#listening?.abort();
    engine.locked.set(false);
    await engine.setIdentity(identity);
    await this.#forget();
    await (await loadWiping()).forgetMailboxes(engine);
    await this.reopen?.(engine.requireIdentity());
  }

  /** See `Devices.restore`. */
  async unlock(words: string): Promise<void> {
    const engine = this.#engine;
    const { recoveryKeys } = await loadRecovering();
    using keys = await recoveryKeys(words);
    const stored = await loadIdentity(engine.platform.keystore);
    if (stored === undefined) throw new ClientError('CLIENT_NO_IDENTITY', 'nothing is stored');
    const isOf = ({ log }: OwnIdentity): boolean =>
      equalBytes(keys.signer.publicKey, wordsOf(log).signingKey);
    const identity = await this.#caughtUp(stored, keys);
    // Words that were changed while this device was locked are told by the servers alone.
    if (!isOf(identity)) {
      wipeIdentity(stored);
      const what = isOf(stored) ? 'the words were changed' : 'these are the words of somebody else';
      throw new ClientError('CLIENT_WRONG_WORDS', what);
    }
    if (this.#note?.isErasing === true) {
      throw new ClientError('CLIENT_DEVICE_STOPPED', 'what is on this device is being deleted');
    }
    const { log } = identity;
    const statement = await decideDevice({
      ...{ log, atMs: Math.floor(engine.platform.clock.nowMs()), device: this.#own },
      ...{ fate: 'stays', recoverySigner: keys.signer },
    });
    await this.#comeBack({ ...identity, log: withEntries(log, [statement]) });
  }

  /** With what the recovery capsule says: keys were changed since. */
  async #caughtUp(stored: OwnIdentity, keys: RecoveryKeys): Promise<OwnIdentity> {
    const { agreer, locatorSecret, signer } = keys;
    const target = { by: 'words', recoverySigningKey: signer.publicKey } as const;
    const { findIdentity } = await loadRecovery();
    try {
      const seeker = { locatorSecret, agreer, target };
      const { found } = await findIdentity(this.#engine, seeker, this.#network.kubes());
      if (found.identity !== idOf(stored)) return stored;
      for (const secret of found.haloRing.all()) stored.haloRing.add(secret);
      const log = withEntries(stored.log, logStatements(found.log));
      return { ...stored, log, locatorSecret: concatBytes(locatorSecret) };
    } catch (failure) {
      // Without one, another device has to give the keys.
      if (errorCode(failure) === 'CLIENT_NOTHING_TO_RECOVER') return stored;
      throw failure;
    }
  }

  async #look(): Promise<boolean> {
    if (this.#engine.isLocked) return true;
    const lock = this.#lockBy();
    if (lock === undefined) return false;
    this.#engine.locked.set(true);
    const { platform } = this.#engine;
    await this.#keepMailboxes();
    await this.#keep({ lock, kubes: this.#network.kubes(), devices: this.#devices() });
    platform.log.event('warn', 'client.device-locked', { standing: lock.standing });
    await this.#shutPlaces();
    void this.#listen();
    return true;
  }

  /** While it is locked, this device asks whether it is to be wiped. Never rejects. */
  async #listen(): Promise<void> {
    const { signal } = this.#engine;
    const listening = new AbortController();
    this.#listening = listening;
    const looked = Promise.withResolvers<undefined>();
    this.#heeded = looked.promise;
    try {
      const { Wiping } = await loadWiping();
      const wiping = new Wiping({
        engine: this.#engine,
        note: () => this.#note ?? { lock: NO_LOCK, kubes: [] },
        keep: (note) => this.#keep(note),
        looked: () => {
          looked.resolve(undefined);
          this.#lookForReturn().catch((failure: unknown) => this.#failed(failure));
        },
        signal: AbortSignal.any([signal, listening.signal]),
      });
      await wiping.run();
    } catch (failure) {
      this.#failed(failure);
    } finally {
      looked.resolve(undefined);
    }
  }

  /** Without them what was not sent waits here all the same; wiped, it would be lost. */
  async #keepMailboxes(): Promise<void> {
    try {
      const listed = this.#listed();
      await (await loadWiping()).keepMailboxes(this.#engine, listed);
      for (const ring of listed.values()) ring.wipe();
    } catch (failure) {
      this.#failed(failure);
    }
  }

  async #keep(note: LockNote): Promise<void> {
    await saveLockNote(this.#engine.platform.store, note);
    this.#note = note;
    this.lock.set(note.lock);
  }

  async #forget(): Promise<void> {
    await saveLockNote(this.#engine.platform.store, undefined);
    this.#note = undefined;
    this.lock.set(undefined);
  }

  #failed(failure: unknown): void {
    if (this.#engine.signal.aborted) return;
    const code = errorCode(failure);
    this.#engine.platform.log.event('warn', 'client.device-lock-failed', { code });
  }

  /** Says nothing of any space and takes nothing any more: opened again, each begins anew with everybody. */
  async #shutPlaces(): Promise<void> {
    const { mesh, places } = this.#engine;
    for (const place of places) {
      await place.shut();
      mesh.removeSpace(place.id);
      place.onUnwired?.();
      place.ring.wipe();
    }
    wipeKeys(this.#engine.requireIdentity());
  }

  #lockBy(): DeviceLock | undefined {
    const identity = this.#engine.identity.get();
    // Not every space has heard yet that this device was brought back.
    if (identity === undefined || this.#stays(identity)) return undefined;
    const id = idOf(identity);
    for (const { opened } of this.#engine.places) {
      const view = opened?.space.authority.identities.devices(id);
      const standing = view?.standingOf(this.#own);
      if (view === undefined || standing === undefined || standing === 'active') continue;
      // A space that has not heard of the device yet does not know it.
      if (!view.isKnown(this.#own)) continue;
      return this.#lockIn(view);
    }
    return undefined;
  }

  #stays({ log }: OwnIdentity): boolean {
    return lastFate(log, this.#own)?.fate === 'stays';
  }

  #lockIn(view: DeviceView): DeviceLock {
    return {
      standing: view.standingOf(this.#own) === 'out' ? 'removed' : 'suspended',
      ...this.#whoIn(view),
      wipe: 'no',
      allStopped: view.active.length === 0,
    };
  }

  /** Who has stopped it, and when. */
  #whoIn(view: DeviceView): Pick<DeviceLock, 'atMs' | 'by' | 'byName' | 'byOldWords'> {
    const charges = view.chargesOf(this.#own);
    const words = charges.filter((one) => one.kind === 'device-revocation' && one.fate !== 'stays');
    const last = words.at(-1) ?? charges.find((one) => one.kind === 'device-suspension');
    if (last?.kind === 'device-suspension') {
      const by = this.#devices().find(({ key }) => key === last.by);
      return { atMs: last.atMs, by: last.by, byName: by?.name ?? '' };
    }
    if (last !== undefined || !view.isByOldWords(this.#own)) return { atMs: last?.atMs ?? 0 };
    // Nobody has said anything of it: what stops it is that its words were changed.
    return { atMs: view.keys.changes.at(-1)?.statement.atMs ?? 0, byOldWords: true };
  }

  get #own(): DeviceKey {
    return idFromBytes('device', this.#engine.deviceSigner.publicKey);
  }
}

const NO_LOCK: DeviceLock = { standing: 'suspended', atMs: 0, wipe: 'no', allStopped: false };

/** What hardly any device ever says. */
function loadLockedWord(): Promise<typeof LockedWord> {
  return import('./locked-word.ts');
}

/** What no device needs that nobody has stopped. */
function loadWiping(): Promise<typeof Wiping> {
  return import('./wiping.ts');
}
