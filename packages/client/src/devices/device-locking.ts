/**
 * A device that was stopped locks itself: its spaces are closed, and keys go from memory. What it has not sent stays
 * where it is, sealed as everything is here. Only the words open it again.
 */
import {
  decideDevice,
  lastFate,
  loadRecovering,
  logStatements,
  withEntries,
  type DeviceView,
  type RecoveryKeys,
} from '@atoll/halo';
import { equalBytes, errorCode, idFromBytes, utf8, type DeviceKey } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { Device, DeviceLock } from '../devices-api.ts';
import type { Engine } from '../engine.ts';
import { LiveCell, sameData } from '../live.ts';
import { idOf, loadIdentity, type OwnIdentity } from '../own-identity.ts';
import { loadRecovery } from '../recovery/load-recovery.ts';

const NOTE = 'device-lock';

/** Servers of the profile. */
export interface DeviceNetwork {
  readonly kubes: () => readonly string[];
  readonly add: (kube: string) => void;
}

/** What is kept of it. */
interface LockNote {
  readonly lock: DeviceLock;
  readonly kubes: readonly string[];
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
  #turn: Promise<unknown> = Promise.resolve();
  /** Opens the private space of an identity again. Set once. */
  reopen: ((identity: OwnIdentity) => Promise<void>) | undefined;

  constructor(
    engine: Engine,
    parts: { readonly devices: () => readonly Device[]; readonly network: DeviceNetwork },
  ) {
    this.#engine = engine;
    this.#devices = parts.devices;
    this.#network = parts.network;
  }

  /** True if this device was locked before. @throws StoreError. */
  async load(): Promise<boolean> {
    const bytes = await this.#engine.platform.store.value(NOTE);
    if (bytes === undefined) return false;
    this.#engine.isLocked = true;
    const { kubes, lock } = read(bytes);
    // Servers are named in spaces, which are not opened any more: without them no words would help.
    for (const kube of kubes) this.#network.add(kube);
    this.lock.set(lock);
    return true;
  }

  /** Locks this device if any space says that it was stopped. True while it is locked. */
  look(): Promise<boolean> {
    const turn = this.#turn.then(() => this.#look());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** See `Devices.restore`. */
  async unlock(words: string): Promise<void> {
    const engine = this.#engine;
    const { recoveryKeys, wordsOf } = await loadRecovering();
    using keys = await recoveryKeys(words);
    const stored = await loadIdentity(engine.platform.keystore);
    if (stored === undefined) throw new ClientError('CLIENT_NO_IDENTITY', 'nothing is stored');
    if (!equalBytes(keys.signer.publicKey, wordsOf(stored.log).signingKey)) {
      throw new ClientError('CLIENT_WRONG_WORDS', 'these are the words of somebody else');
    }
    const identity = await this.#caughtUp(stored, keys);
    const { log } = identity;
    const statement = await decideDevice({
      ...{ log, atMs: Math.floor(engine.platform.clock.nowMs()), device: this.#own },
      ...{ fate: 'stays', recoverySigner: keys.signer },
    });
    engine.isLocked = false;
    await engine.setIdentity({ ...identity, log: withEntries(log, [statement]) });
    await engine.platform.store.commit({ values: new Map([[NOTE, undefined]]) });
    this.lock.set(undefined);
    await this.reopen?.(engine.requireIdentity());
  }

  /** With what the recovery capsule says: keys were changed since. */
  async #caughtUp(stored: OwnIdentity, keys: RecoveryKeys): Promise<OwnIdentity> {
    const { agreer, locatorSecret, signer } = keys;
    const target = { by: 'words', recoverySigningKey: signer.publicKey } as const;
    const { findIdentity } = await loadRecovery();
    try {
      const seeker = { locatorSecret, agreer, target };
      const { found } = await findIdentity(this.#engine, seeker, this.#network.kubes());
      for (const secret of found.haloRing.all()) stored.haloRing.add(secret);
      return { ...stored, log: withEntries(stored.log, logStatements(found.log)) };
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
    this.#engine.isLocked = true;
    const { platform } = this.#engine;
    const note: LockNote = { lock, kubes: this.#network.kubes() };
    await platform.store.commit({ values: new Map([[NOTE, utf8(JSON.stringify(note))]]) });
    this.lock.set(lock);
    platform.log.event('warn', 'client.device-locked', { standing: lock.standing });
    await this.#shutPlaces();
    return true;
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
    const charges = view.chargesOf(this.#own);
    const words = charges.filter((one) => one.kind === 'device-revocation' && one.fate !== 'stays');
    const last = words.at(-1) ?? charges.find((one) => one.kind === 'device-suspension');
    const by = last?.kind === 'device-suspension' ? last.by : undefined;
    const name = this.#devices().find(({ key }) => key === by)?.name ?? '';
    return {
      standing: view.standingOf(this.#own) === 'out' ? 'removed' : 'suspended',
      ...(by === undefined ? {} : { byName: name }),
      atMs: last?.atMs ?? 0,
      wipe: view.fates.get(this.#own) === 'goes-and-wipes',
      allStopped: view.active.length === 0,
    };
  }

  get #own(): DeviceKey {
    return idFromBytes('device', this.#engine.deviceSigner.publicKey);
  }
}

function read(bytes: Uint8Array): LockNote {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as LockNote;
  } catch (failure) {
    if (!(failure instanceof SyntaxError)) throw failure;
    const lock = { standing: 'suspended', atMs: 0, wipe: false, allStopped: false } as const;
    return { lock, kubes: [] };
  }
}
