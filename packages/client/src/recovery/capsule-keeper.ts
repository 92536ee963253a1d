/**
 * Keeps a recovery capsule at every server that the profile uses: put there soon after the identity was made,
 * renewed when its log, its keys or its servers change, and once a month; looked for once a week. Edits are none
 * of its business. What it has done is remembered, so that it goes on where the process before it ended.
 */
import { hash } from '@atoll/crypto';
import { Writer } from '@atoll/codec';
import {
  loadRecovering,
  writeIdentityLog,
  type IdentityLog,
  type RecoveryCapsule,
} from '@atoll/halo';
import {
  equalBytes,
  errorCode,
  idFromBytes,
  utf8,
  type Platform,
  type Signer,
} from '@atoll/kernel';
import type { MailboxRecordsLink } from '@atoll/mesh';
import type { RecoveryCopy } from '../recovery-api.ts';
import type { Engine } from '../engine.ts';
import { socketUrl } from '../kube-address.ts';
import { LiveCell, sameData, type Live } from '../live.ts';
import type { EngineNetwork } from '../network.ts';
import { OneRun } from '../one-run.ts';
import type { OwnIdentity } from '../own-identity.ts';
import {
  loadCapsuleState,
  saveCapsuleState,
  tokenOf,
  type CapsuleState,
  type PutCapsule,
} from './capsule-state.ts';

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

/** What a capsule says, and the hash by which a change is noticed. */
interface Wanted {
  readonly identity: OwnIdentity;
  readonly capsule: Omit<RecoveryCapsule, 'writtenAtMs' | 'tips'>;
  readonly recipients: readonly Uint8Array[];
  readonly digest: Uint8Array;
}

/** The job of one profile. */
export class CapsuleKeeper {
  readonly #engine: Engine;
  readonly #network: EngineNetwork;
  readonly #isKeeper: () => boolean;
  /** X25519 keys of passkeys that may open it. */
  readonly #passkeys: () => readonly Uint8Array[];
  readonly #copies = new LiveCell<readonly RecoveryCopy[]>([], sameData);
  readonly #run: OneRun;
  readonly #refused = new Set<string>();
  #state: CapsuleState | undefined;
  #isAsked = false;
  #failures = 0;

  constructor(options: {
    readonly engine: Engine;
    readonly network: EngineNetwork;
    readonly isKeeper: () => boolean;
    readonly passkeys: () => readonly Uint8Array[];
  }) {
    const { engine } = options;
    this.#engine = engine;
    this.#network = options.network;
    this.#isKeeper = options.isKeeper;
    this.#passkeys = options.passkeys;
    this.#run = new OneRun({ log: engine.platform.log, signal: engine.signal });
    engine.identity.subscribe(() => this.look());
    options.network.status.subscribe(() => this.#connected());
    void this.#daily();
  }

  get copies(): Live<readonly RecoveryCopy[]> {
    return this.#copies;
  }

  /** Something may have changed that a capsule says: looks soon, once for many changes. */
  look(): void {
    void this.#wanted().then((wanted) => this.#show(wanted));
    if (this.#isAsked || this.#engine.signal.aborted) return;
    this.#isAsked = true;
    void this.#after(SOON_MS, () => {
      this.#isAsked = false;
      if (this.#run.isBusy) this.look();
      else void this.#run.start('client.capsule-not-kept', () => this.#renew());
    });
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

  /** Puts or looks for the capsule wherever that is due and the server can be reached. */
  async #renew(): Promise<void> {
    const wanted = await this.#wanted();
    if (wanted === undefined || !this.#isKeeper() || !this.#engine.online.get()) return;
    let failed = false;
    for (const kube of this.#reached()) {
      if (!this.#isDue(kube, wanted)) continue;
      try {
        await this.#keepAt(kube, wanted);
      } catch (failure) {
        if (this.#engine.signal.aborted) return;
        failed = true;
        const code = errorCode(failure);
        if (code === 'MESH_REFUSED') this.#refused.add(kube);
        this.#engine.platform.log.event('info', 'client.capsule-not-kept', { code });
      }
      this.#show(wanted);
    }
    this.#show(wanted);
    this.#failures = failed ? this.#failures + 1 : 0;
    if (failed) {
      const waitMs = Math.min(AGAIN_LAST_MS, AGAIN_FIRST_MS * 2 ** (this.#failures - 1));
      void this.#after(waitMs, () => this.look());
    }
  }

  #reached(): readonly string[] {
    const { kubes } = this.#network.status.get();
    return kubes.filter(({ connected }) => connected).map(({ url }) => url);
  }

  #isDue(kube: string, wanted: Wanted): boolean {
    const put = this.#state?.byKube.get(kube);
    if (put === undefined || !equalBytes(put.digest, wanted.digest)) return true;
    const nowMs = this.#nowMs();
    return nowMs - put.putAtMs > RENEW_AFTER_MS || nowMs - put.seenAtMs > LOOK_AFTER_MS;
  }

  async #keepAt(kube: string, wanted: Wanted): Promise<void> {
    const { mesh, signal } = this.#engine;
    const access = await capsuleAccess(this.#engine.platform, wanted.identity.locatorSecret);
    using link = await mesh.openRecords({ url: socketUrl(kube), access }, signal);
    const put = this.#state?.byKube.get(kube);
    const isThere = put === undefined ? undefined : await isKept(link, put);
    const isChanged = put === undefined || !equalBytes(put.digest, wanted.digest);
    const nowMs = this.#nowMs();
    const wasLost = put?.wasLost === true || isThere === false;
    if (isThere === false) {
      this.#engine.platform.log.event('warn', 'client.capsule-lost', { kube });
    }
    if (isThere === true && !isChanged && nowMs - put.putAtMs <= RENEW_AFTER_MS) {
      await this.#remember(kube, { ...put, seenAtMs: nowMs });
      return;
    }
    const record = await this.#seal(wanted, nowMs);
    const state = await this.#loaded();
    // The token is remembered before it is used: a record that nobody can replace would stay for years.
    await saveCapsuleState(this.#engine.platform.keystore, state);
    if (!(await link.keep(tokenOf(state), record))) {
      this.#refused.add(kube);
      return;
    }
    this.#refused.delete(kube);
    const { digest } = wanted;
    const hashed = hash('capsule-record', record);
    await this.#remember(kube, {
      digest,
      record: hashed,
      putAtMs: nowMs,
      seenAtMs: nowMs,
      wasLost,
    });
  }

  async #seal(wanted: Wanted, nowMs: number): Promise<Uint8Array> {
    const { deviceSigner, platform } = this.#engine;
    const { sealCapsule } = await loadRecovering();
    const tips = this.#engine.place(wanted.identity.haloSpace)?.replica.tips() ?? [];
    return sealCapsule(
      { ...wanted.capsule, writtenAtMs: nowMs, tips },
      { rng: platform.rng, deviceSigner, recipients: wanted.recipients },
    );
  }

  /** What a capsule is to say now; `undefined` while that is not known. */
  async #wanted(): Promise<Wanted | undefined> {
    const identity = this.#engine.identity.get();
    const space = identity === undefined ? undefined : this.#engine.opened(identity.haloSpace);
    const haloGenesis = space?.authority.genesis;
    if (identity === undefined || space === undefined || haloGenesis === undefined)
      return undefined;
    await this.#loaded();
    const { displayName, haloSecret, log } = identity;
    const haloRing = space.keys.ring;
    const kubes = this.#network.kubes;
    const device = idFromBytes('device', this.#engine.deviceSigner.publicKey);
    const { wordsOf } = await loadRecovering();
    const recipients = [wordsOf(log).agreementKey, ...this.#passkeys()];
    const digest = hash(
      'capsule-content',
      logBytes(log),
      hash('ring', haloRing.export()),
      haloSecret,
      utf8(JSON.stringify([displayName, kubes])),
      ...recipients,
    );
    const capsule = { device, log, haloGenesis, haloRing, haloSecret, displayName, kubes };
    return { identity, capsule, recipients, digest };
  }

  async #loaded(): Promise<CapsuleState> {
    const { keystore, rng } = this.#engine.platform;
    this.#state ??= await loadCapsuleState(keystore, rng);
    return this.#state;
  }

  async #remember(kube: string, put: PutCapsule): Promise<void> {
    const state = await this.#loaded();
    const byKube = new Map(state.byKube);
    byKube.delete(kube);
    this.#state = { ...state, byKube: byKube.set(kube, put) };
    await saveCapsuleState(this.#engine.platform.keystore, this.#state);
  }

  #show(wanted: Wanted | undefined): void {
    if (wanted === undefined) return;
    this.#copies.set(
      this.#network.kubes.map((kube): RecoveryCopy => {
        const put = this.#state?.byKube.get(kube);
        const isCurrent = put !== undefined && equalBytes(put.digest, wanted.digest);
        const at = this.#refused.has(kube) ? 'refused' : isCurrent ? 'kept' : 'waiting';
        const wasLost = put?.wasLost === true;
        return put === undefined
          ? { kube, at, wasLost }
          : { kube, at, keptAtMs: put.putAtMs, wasLost };
      }),
    );
  }

  #nowMs(): number {
    return Math.max(0, Math.floor(this.#engine.platform.clock.nowMs()));
  }
}

/** The access key of the mailbox in which capsules lie. */
export async function capsuleAccess(
  { keys }: Pick<Platform, 'keys'>,
  locatorSecret: Uint8Array,
): Promise<Signer> {
  const [{ capsuleSeed }, { softwareKeys }] = await Promise.all([
    loadRecovering(),
    import('@atoll/crypto'),
  ]);
  return (keys ?? softwareKeys).signer(capsuleSeed(locatorSecret));
}

function logBytes(log: IdentityLog): Uint8Array {
  const writer = new Writer(1024);
  writeIdentityLog(writer, log);
  return writer.finish();
}

async function isKept(link: MailboxRecordsLink, put: PutCapsule): Promise<boolean> {
  const records = await link.read();
  return records.some((record) => equalBytes(hash('capsule-record', record), put.record));
}
