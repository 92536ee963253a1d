/**
 * Keeps a recovery capsule at every server that the profile uses, a record for each passkey, and orders to wipe: put there soon after
 * they were made, renewed when log, keys or servers change, and once a month; looked for once a week, and taken away
 * when a passkey is removed. Edits are none of its business. What it has done is remembered, so that it goes on where
 * the process before it ended.
 */
import { hash, softwareKeys } from '@atoll/crypto';
import type { Database } from '@atoll/echo';
import { equalBytes, errorCode, type Platform, type Signer } from '@atoll/kernel';
import type { MailboxRecordsLink } from '@atoll/mesh';
import type { RecoveryCopy } from '../recovery-api.ts';
import type { Engine } from '../engine.ts';
import { socketUrl } from '../kube-address.ts';
import { LiveCell, sameData, type Live } from '../live.ts';
import type { EngineNetwork } from '../network.ts';
import { OneRun } from '../one-run.ts';
import { locatorsIn } from './locators.ts';
import {
  loadCapsuleState,
  placeOf,
  saveCapsuleState,
  tokenOf,
  type CapsuleState,
  type PutCapsule,
} from './capsule-state.ts';
import {
  wantedRecords,
  type KeptPasskey,
  type WantedRecord,
  type WantedRecords,
} from './kept-records.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** What changes together is said together. */
const SOON_MS = 1_000;
/** A capsule is renewed although it says nothing new, so that its date tells that somebody lived. */
export const RENEW_AFTER_MS: number = 30 * DAY_MS;
/** So often it is looked whether a server still has it. */
export const LOOK_AFTER_MS: number = 7 * DAY_MS;
/** After a failure it is tried again: at first soon, then seldom. */
const AGAIN_FIRST_MS = 30_000;
const AGAIN_LAST_MS = 60 * 60_000;

/** The job of one profile. */
export class CapsuleKeeper {
  readonly #engine: Engine;
  readonly #network: EngineNetwork;
  readonly #isKeeper: () => boolean;
  readonly #passkeys: () => readonly KeptPasskey[];
  readonly #database: () => Database | undefined;
  readonly #copies = new LiveCell<readonly RecoveryCopy[]>([], sameData);
  readonly #keptPasskeys = new LiveCell<ReadonlySet<string>>(new Set(), sameSet);
  readonly #run: OneRun;
  readonly #refused = new Set<string>();
  #state: CapsuleState | undefined;
  #asked = 0;
  #newest: WantedRecords | undefined;
  #isAsked = false;
  #failures = 0;

  constructor(options: {
    readonly engine: Engine;
    readonly network: EngineNetwork;
    readonly isKeeper: () => boolean;
    readonly passkeys: () => readonly KeptPasskey[];
    readonly database: () => Database | undefined;
  }) {
    const { engine } = options;
    this.#engine = engine;
    this.#network = options.network;
    this.#isKeeper = options.isKeeper;
    this.#passkeys = options.passkeys;
    this.#database = options.database;
    this.#run = new OneRun({ log: engine.platform.log, signal: engine.signal });
    engine.identity.subscribe(() => this.look());
    options.network.status.subscribe(() => this.#connected());
    void this.#daily();
  }

  get copies(): Live<readonly RecoveryCopy[]> {
    return this.#copies;
  }

  /** Devices of passkeys of which a server has a record. */
  get keptPasskeys(): Live<ReadonlySet<string>> {
    return this.#keptPasskeys;
  }

  /** Something may have changed that a capsule says: looks soon, once for many changes. */
  look(): void {
    const { platform, signal } = this.#engine;
    if (signal.aborted) return;
    this.#wanted().then(
      () => this.#show(),
      (failure: unknown) => {
        // Closed while it was read: there is nobody to show it to.
        if (signal.aborted) return;
        platform.log.event('warn', 'client.capsule-not-shown', { code: errorCode(failure) });
      },
    );
    if (this.#isAsked) return;
    this.#isAsked = true;
    void this.#after(SOON_MS, () => {
      this.#isAsked = false;
      if (this.#run.isBusy) this.look();
      else void this.#run.start('client.capsule-not-kept', () => this.#renew());
    });
  }

  /** Resolves when {@link CapsuleKeeper.copies} say what is so now. */
  async shown(): Promise<void> {
    await this.#wanted();
    this.#show();
  }

  /** True if nothing of this device lies under words that were changed, at the servers that are used. */
  async hasMoved(): Promise<boolean> {
    const former = (await this.#wanted())?.former;
    const isLeft = (record: WantedRecord): boolean =>
      this.#network.kubes.every((kube) => !this.#isDue(kube, record));
    return former?.every(isLeft) ?? false;
  }

  /** A server that has just come may lack it. */
  #connected(): void {
    if (this.#copies.get().some(({ at }) => at === 'waiting') || this.#isNewServer()) this.look();
  }

  #isNewServer(): boolean {
    return this.#network.kubes.length !== this.#copies.get().length;
  }

  async #daily(): Promise<void> {
    this.look();
    const { signal } = this.#engine;
    while (!signal.aborted) {
      await this.#after(DAY_MS, () => this.look());
    }
  }

  async #after(waitMs: number, then: () => void): Promise<void> {
    const { platform, signal } = this.#engine;
    await platform.clock.sleep(waitMs, signal).then(then, () => undefined);
  }

  /** Puts or looks for records wherever that is due and the server can be reached. */
  async #renew(): Promise<void> {
    const wanted = await this.#wanted();
    if (wanted === undefined || !this.#isKeeper() || !this.#engine.online.get()) return;
    let failed = false;
    for (const kube of this.#reached()) {
      const { byPasskey, capsule, former, wipeOrders } = wanted;
      // Where the new words lead to nothing yet, the old ones still lead to something.
      const isTime = (record: WantedRecord): boolean =>
        this.#isDue(kube, record) && (!former.includes(record) || this.#isCurrent(capsule, kube));
      for (const record of [...wipeOrders, capsule, ...byPasskey.values(), ...former]) {
        if (!isTime(record)) continue;
        if (!(await this.#tryToKeep(kube, record))) failed = true;
        if (this.#engine.signal.aborted) return;
        this.#show();
      }
    }
    this.#show();
    this.#failures = failed ? this.#failures + 1 : 0;
    if (failed) {
      const waitMs = Math.min(AGAIN_LAST_MS, AGAIN_FIRST_MS * 2 ** (this.#failures - 1));
      void this.#after(waitMs, () => this.look());
    }
  }

  async #tryToKeep(kube: string, record: WantedRecord): Promise<boolean> {
    try {
      await this.#keepAt(kube, record);
      return true;
    } catch (failure) {
      const code = errorCode(failure);
      if (code === 'MESH_REFUSED') this.#refused.add(placeOf(record.mailboxSeed, kube));
      this.#engine.platform.log.event('info', 'client.capsule-not-kept', { code });
      return false;
    }
  }

  #reached(): readonly string[] {
    const { kubes } = this.#network.status.get();
    return kubes.filter(({ connected }) => connected).map(({ url }) => url);
  }

  #isDue(kube: string, { digest, mailboxSeed, seal }: WantedRecord): boolean {
    const put = this.#putAt(mailboxSeed, kube);
    // Where nothing was put, nothing has to be taken away.
    if (seal === undefined) return put !== undefined;
    if (put === undefined || !equalBytes(put.digest, digest)) return true;
    const nowMs = this.#nowMs();
    return nowMs - put.putAtMs > RENEW_AFTER_MS || nowMs - put.seenAtMs > LOOK_AFTER_MS;
  }

  async #keepAt(kube: string, { digest, mailboxSeed, seal }: WantedRecord): Promise<void> {
    const { mesh, platform, signal } = this.#engine;
    const access = await mailboxAccess(platform, mailboxSeed);
    using link = await mesh.openRecords({ url: socketUrl(kube), access }, signal);
    const place = placeOf(mailboxSeed, kube);
    if (seal === undefined) {
      await link.keep(tokenOf(await this.#loaded(), mailboxSeed), new Uint8Array(0));
      await this.#remember(place, undefined);
      return;
    }
    const put = this.#putAt(mailboxSeed, kube);
    const isThere = put === undefined ? undefined : await isKept(link, put);
    const isChanged = put === undefined || !equalBytes(put.digest, digest);
    const nowMs = this.#nowMs();
    const wasLost = put?.wasLost === true || isThere === false;
    if (isThere === false) platform.log.event('warn', 'client.capsule-lost', { kube });
    if (isThere === true && !isChanged && nowMs - put.putAtMs <= RENEW_AFTER_MS) {
      await this.#remember(place, { ...put, seenAtMs: nowMs });
      return;
    }
    const record = await seal(nowMs);
    const state = await this.#loaded();
    // The token is remembered before it is used: a record that nobody can replace would stay for years.
    await saveCapsuleState(platform.keystore, state);
    if (!(await link.keep(tokenOf(state, mailboxSeed), record))) {
      this.#refused.add(place);
      return;
    }
    this.#refused.delete(place);
    const hashed = hash('capsule-record', record);
    await this.#remember(place, {
      digest,
      record: hashed,
      putAtMs: nowMs,
      seenAtMs: nowMs,
      wasLost,
    });
  }

  /** What is to lie where now; `undefined` while that is not known. */
  async #wanted(): Promise<WantedRecords | undefined> {
    await this.#loaded();
    const { former } = await locatorsIn(this.#engine, this.#database());
    const { kubes } = this.#network;
    const asked = ++this.#asked;
    const passkeys = this.#passkeys();
    const wanted = await wantedRecords(this.#engine, { kubes, passkeys, former });
    if (asked === this.#asked) this.#newest = wanted;
    return wanted;
  }

  #putAt(mailboxSeed: Uint8Array, kube: string): PutCapsule | undefined {
    return this.#state?.byPlace.get(placeOf(mailboxSeed, kube));
  }

  async #loaded(): Promise<CapsuleState> {
    const { keystore, rng } = this.#engine.platform;
    this.#state ??= await loadCapsuleState(keystore, rng);
    return this.#state;
  }

  async #remember(place: string, put: PutCapsule | undefined): Promise<void> {
    const state = await this.#loaded();
    const byPlace = new Map(state.byPlace);
    byPlace.delete(place);
    if (put !== undefined) byPlace.set(place, put);
    this.#state = { ...state, byPlace };
    await saveCapsuleState(this.#engine.platform.keystore, this.#state);
  }

  /** By what is wanted now: what was before the words were changed may be at the servers still, or again. */
  #show(): void {
    const wanted = this.#newest;
    if (wanted === undefined) return;
    const { kubes } = this.#network;
    this.#copies.set(
      kubes.map((kube): RecoveryCopy => {
        const { mailboxSeed } = wanted.capsule;
        const put = this.#putAt(mailboxSeed, kube);
        // As long as old words still lead to something there, it is not as it is to be.
        const isOld = wanted.former.some((record) => this.#isDue(kube, record));
        const isCurrent = this.#isCurrent(wanted.capsule, kube) && !isOld;
        const isRefused = this.#refused.has(placeOf(mailboxSeed, kube));
        const at = isRefused ? 'refused' : isCurrent ? 'kept' : 'waiting';
        const wasLost = put?.wasLost === true;
        return put === undefined
          ? { kube, at, wasLost }
          : { kube, at, keptAtMs: put.putAtMs, wasLost };
      }),
    );
    const kept = [...wanted.byPasskey].flatMap(([device, record]) =>
      kubes.some((kube) => this.#isCurrent(record, kube)) ? [device] : [],
    );
    this.#keptPasskeys.set(new Set(kept));
  }

  #isCurrent({ digest, mailboxSeed, seal }: WantedRecord, kube: string): boolean {
    const put = this.#putAt(mailboxSeed, kube);
    return seal !== undefined && put !== undefined && equalBytes(put.digest, digest);
  }

  #nowMs(): number {
    return Math.max(0, Math.floor(this.#engine.platform.clock.nowMs()));
  }
}

/** The key of a mailbox of records, or one of those of another. */
export function mailboxAccess(
  { keys }: Pick<Platform, 'keys'>,
  mailboxSeed: Uint8Array,
): Promise<Signer> {
  return (keys ?? softwareKeys).signer(mailboxSeed);
}

async function isKept(link: MailboxRecordsLink, put: PutCapsule): Promise<boolean> {
  const records = await link.read();
  return records.some((record) => equalBytes(hash('capsule-record', record), put.record));
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}
