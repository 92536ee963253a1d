/**
 * A locked device asks now and then whether the words want it to be wiped, and shows nothing meanwhile. If they do, it
 * hands over what it has not sent, deletes keys, logs and files, and says so. No device's word does that. Each step is
 * kept, so that a crash at any moment goes on with it.
 */
import { loadRecovering, logStatements, withEntries, type DeviceRevocation } from '@atoll/halo';
import { errorCode, idFromBytes, type DeviceKey } from '@atoll/kernel';
import type { Engine } from '../engine.ts';
import { wipeIdentity } from '../own-identity.ts';
import { askForRecords } from '../recovery/find-identity.ts';
import { eraseProfile, eraseStored } from './erase-profile.ts';
import { forgetMailboxes, handOver, keepMailboxes, keptMailboxes } from './handover.ts';
import type { LockNote } from './lock-note.ts';

export { eraseStored, forgetMailboxes, keepMailboxes };

/** A device that has just locked itself asks soon: mostly both was said at once. */
const ASK_FIRST_MS = 5_000;
/** Whoever has a stopped device sees no more traffic than one question in so long. */
const ASK_EVERY_MS = 10 * 60_000;
/** After work that no server took it is tried again: at first soon, then seldom. */
const AGAIN_FIRST_MS = 30_000;
const AGAIN_LAST_MS = 60 * 60_000;
/** So long unsent work waits for a server. Then it goes as well: the words have said so. */
export const HAND_OVER_MS: number = 7 * 24 * 60 * 60 * 1000;

/** What wiping needs of who locks the device. */
export interface WipingParts {
  readonly engine: Engine;
  readonly note: () => LockNote;
  /** Keeps and shows it. Durable when resolved. */
  readonly keep: (note: LockNote) => Promise<void>;
  /** Called whenever all has been done that can be done now. */
  readonly looked: () => void;
  readonly signal: AbortSignal;
}

/** See above. */
export class Wiping {
  readonly #parts: WipingParts;
  #againMs = AGAIN_FIRST_MS;

  constructor(parts: WipingParts) {
    this.#parts = parts;
  }

  /** Until everything is deleted, the device is back, or the client closes. Never rejects. */
  async run(): Promise<void> {
    const { engine, signal } = this.#parts;
    const { clock, log } = engine.platform;
    let waitMs = ASK_FIRST_MS;
    for (;;) {
      try {
        if (engine.isKeeper && (await this.#look())) return;
        if (this.#parts.note().orderedAtMs !== undefined) waitMs = this.#nextMs();
      } catch (failure) {
        if (signal.aborted) return;
        log.event('warn', 'client.not-wiped', { code: errorCode(failure) });
      }
      this.#parts.looked();
      await clock.sleep(waitMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      waitMs = ASK_EVERY_MS;
    }
  }

  /** True when everything is deleted. */
  async #look(): Promise<boolean> {
    const { engine, note } = this.#parts;
    if (note().isErasing !== true) {
      const isOnline = engine.online.get();
      if (isOnline && (await this.#order()) === undefined) await this.#ask();
      const order = await this.#order();
      if (order === undefined) return false;
      if (this.#parts.note().orderedAtMs === undefined) await this.#begin(order);
      if (!(await this.#handOver(isOnline)) || this.#parts.signal.aborted) return false;
      // Not if the words have said otherwise meanwhile.
      if ((await this.#order()) === undefined) return false;
    }
    await this.#erase();
    return true;
  }

  async #order(): Promise<DeviceRevocation | undefined> {
    const { engine } = this.#parts;
    const { signedWipeOrder } = await loadRecovering();
    const { log } = engine.requireIdentity();
    return signedWipeOrder(engine.platform.ed25519, log, this.#own);
  }

  /** Asks the servers that it knows, and takes in what is said there. */
  async #ask(): Promise<void> {
    const { engine, note } = this.#parts;
    const { openWipeOrder, wipeOrderSeed } = await loadRecovering();
    const { locatorSecret, log } = engine.requireIdentity();
    const seed = wipeOrderSeed(locatorSecret, this.#own);
    const to = { agreer: engine.deviceAgreer, device: this.#own, log };
    for (const kube of note().kubes) {
      const { records } = await askForRecords(engine, seed, kube);
      for (const record of records) {
        const found = await openWipeOrder(engine.platform.ed25519, record, to);
        if (found === undefined || this.#parts.signal.aborted) continue;
        const more = logStatements(found);
        await engine.changeIdentity((now) => ({ ...now, log: withEntries(now.log, more) }));
        return;
      }
    }
  }

  /** True when all of it lies at a server, or has waited long enough. */
  async #handOver(isOnline: boolean): Promise<boolean> {
    const { engine, keep } = this.#parts;
    const nowMs = Math.floor(engine.platform.clock.nowMs());
    const { orderedAtMs = nowMs } = this.#parts.note();
    let isAll = true;
    for (const mailbox of await keptMailboxes(engine)) {
      const { handedOver = [], kubes } = this.#parts.note();
      if (handedOver.includes(mailbox.space)) continue;
      if (this.#parts.signal.aborted) return false;
      const isDone = isOnline && (await handOver(engine, mailbox, kubes));
      if (!isDone) isAll = false;
      else await keep({ ...this.#parts.note(), handedOver: [...handedOver, mailbox.space] });
    }
    return isAll || nowMs - orderedAtMs > HAND_OVER_MS;
  }

  async #begin({ atMs }: DeviceRevocation): Promise<void> {
    const { engine, keep } = this.#parts;
    const note = this.#parts.note();
    const { by: _by, byName: _name, ...lock } = note.lock;
    const orderedAtMs = Math.floor(engine.platform.clock.nowMs());
    const said = { ...lock, atMs, standing: 'removed', wipe: 'ordered' } as const;
    await keep({ ...note, orderedAtMs, lock: said });
  }

  async #erase(): Promise<void> {
    const { engine, keep, note } = this.#parts;
    const { handedOver = [] } = note();
    const all = await keptMailboxes(engine);
    const lostSpaces = all.filter(({ space }) => !handedOver.includes(space)).length;
    const before = note();
    const lock = before.isErasing === true ? before.lock : { ...before.lock, lostSpaces };
    await keep({ ...before, lock, isErasing: true });
    await eraseProfile(engine.platform);
    wipeIdentity(engine.identity.get());
    const done: LockNote = { lock: { ...lock, wipe: 'done' }, kubes: [] };
    // What had been begun before may be written late. After all of it, once more:
    const again = async (): Promise<void> => {
      await keep(done);
      await eraseStored(engine.platform);
    };
    // What a failure leaves goes at the next start.
    engine.onClosed = () => again().catch(() => undefined);
    await keep(done);
    engine.platform.log.event('warn', 'client.device-wiped');
  }

  #nextMs(): number {
    const waitMs = this.#againMs;
    this.#againMs = Math.min(AGAIN_LAST_MS, 2 * waitMs);
    return waitMs;
  }

  get #own(): DeviceKey {
    return idFromBytes('device', this.#parts.engine.deviceSigner.publicKey);
  }
}
