/** {@link Recovery} over an engine. What it takes is loaded when it is needed. */
import { newWords } from '@atoll/crypto';
import type { Database } from '@atoll/echo';
import {
  loadRecovering,
  admitDevice,
  wordsOf,
  type LogStatement,
  type RecoveredIdentity,
} from '@atoll/halo';
import { equalBytes, errorCode, idFromBytes, type Signer } from '@atoll/kernel';
import type { Identity } from '../api.ts';
import { ClientError } from '../client-error.ts';
import type { Engine } from '../engine.ts';
import { parseKubeUrl } from '../kube-address.ts';
import { LiveCell, sameData, type Live } from '../live.ts';
import type { EngineNetwork } from '../network.ts';
import { DeviceRecord } from '../halo-records.ts';
import type { OwnIdentity } from '../own-identity.ts';
import { hueOf } from '../people.ts';
import { OneRun } from '../one-run.ts';
import type {
  RecoveredState,
  Recovery,
  RecoveryCopy,
  RecoveryOutcome,
  WordsChange,
} from '../recovery-api.ts';
import type { CapsuleKeeper } from './capsule-keeper.ts';
import type { FoundIdentity } from './find-identity.ts';
import type { KeptPasskey } from './kept-records.ts';
import { passkeysOn } from '../passkeys/answers.ts';
import { loadRecovery } from './load-recovery.ts';
import { loadRecovered, saveRecovered, type RecoveredMark } from './recovered-state.ts';
import { devicesBehind, sayFollowed } from './words-followed.ts';
import { shownName } from '../shown-name.ts';

/** What recovery needs of the rest of the client. */
export interface RecoveryParts {
  readonly engine: Engine;
  readonly network: EngineNetwork;
  readonly deviceName: string;
  readonly isKeeper: () => boolean;
  /** The identity of this profile as it is shown. */
  readonly shown: () => Identity | undefined;
  /** Passkeys of the identity, with those that are gone. */
  readonly passkeys: () => readonly KeptPasskey[];
  /** Objects of the private space, once it is open. */
  readonly database: () => Database | undefined;
  /** Adds to the log, with what else is stored of the identity, and tells every space. */
  readonly say: (statement: LogStatement, and: Partial<OwnIdentity>) => Promise<void>;
  readonly isStopped: () => boolean;
  /** Opens the private space of an identity that was just stored. */
  readonly open: (identity: OwnIdentity) => Promise<void>;
}

/** See above. */
export class EngineRecovery implements Recovery {
  readonly #parts: RecoveryParts;
  readonly #copies = new LiveCell<readonly RecoveryCopy[]>([], sameData);
  readonly #recovered = new LiveCell<RecoveredState | undefined>(undefined, sameData);
  readonly #keptPasskeys = new LiveCell<ReadonlySet<string>>(new Set());
  readonly #wordsChanged = new LiveCell<WordsChange | undefined>(undefined, sameData);
  readonly #following: OneRun;
  #keeper: Promise<CapsuleKeeper> | undefined;
  #mark: RecoveredMark | undefined;
  /** Something may have changed since it was last looked where the words lead. */
  #isAsked = false;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
    const { engine } = parts;
    this.#following = new OneRun({ log: engine.platform.log, signal: engine.signal });
    engine.identity.subscribe(() => this.#lookAtWords());
  }

  get copies(): Live<readonly RecoveryCopy[]> {
    return this.#copies;
  }

  /** Devices of passkeys of which a server has a record. */
  get keptPasskeys(): Live<ReadonlySet<string>> {
    return this.#keptPasskeys;
  }

  get recovered(): Live<RecoveredState | undefined> {
    return this.#recovered;
  }

  get wordsChanged(): Live<WordsChange | undefined> {
    return this.#wordsChanged;
  }

  /** The private space is open: its capsules are kept from now on. */
  follow(): void {
    this.#keeper ??= this.#keep();
    this.#keeper.catch((failure: unknown) => {
      // What opens a space is there; a part that could not be loaded is asked for again at the next start.
      const code = errorCode(failure);
      this.#parts.engine.platform.log.event('warn', 'client.recovery-not-followed', { code });
    });
    this.#lookAtMark().catch((failure: unknown) => this.#notLooked(failure));
    this.#lookAtWords();
  }

  /** The private space has changed: its keys may have, and what was missing may have come. */
  look(): void {
    void this.#keeper?.then(
      (keeper) => keeper.look(),
      () => undefined,
    );
    this.#lookAtMark().catch((failure: unknown) => this.#notLooked(failure));
    this.#lookAtWords();
  }

  makeWords(): Promise<readonly string[]> {
    return newWords(this.#parts.engine.platform.rng);
  }

  async changeWords(typed: { readonly words: string; readonly newWords: string }): Promise<void> {
    const { engine, isStopped, say } = this.#parts;
    const database = this.#parts.database();
    if (isStopped()) throw new ClientError('CLIENT_DEVICE_STOPPED', 'this device was stopped');
    if (database === undefined) {
      throw new ClientError('CLIENT_NO_IDENTITY', 'the identity is not open');
    }
    const { changeWords } = await loadRecovery();
    await changeWords({ engine, database, say }, typed);
    this.look();
    // Nobody is to take copies under the old words for such under the new ones.
    await this.#keeper?.then(
      (keeper) => keeper.shown(),
      () => undefined,
    );
  }

  async recover(options: {
    readonly words: string;
    readonly kubes?: readonly string[];
    readonly deviceName?: string;
  }): Promise<RecoveryOutcome> {
    const { engine } = this.#parts;
    const { recoveryKeys } = await loadRecovering();
    using keys = await recoveryKeys(options.words);
    const { deviceName, kubes } = this.#asked(options);
    const { agreer, locatorSecret, signer } = keys;
    const target = { by: 'words', recoverySigningKey: signer.publicKey } as const;
    const { findIdentity } = await loadRecovery();
    const found = await findIdentity(engine, { locatorSecret, agreer, target }, kubes);
    const own = { locatorSecret: Uint8Array.from(locatorSecret), deviceName };
    // Awaited: the keys are overwritten when this is left.
    return await this.#become(found, signer, { ...own, kubes });
  }

  async recoverByPasskey(
    options: { readonly kubes?: readonly string[]; readonly deviceName?: string } = {},
  ): Promise<RecoveryOutcome> {
    const { engine } = this.#parts;
    const { deviceName, kubes } = this.#asked(options);
    const { findByPasskey } = await loadRecovery();
    using found = await findByPasskey(engine, passkeysOn(engine.platform), kubes);
    const { device, locatorSecret } = found;
    return await this.#become(found, device.signer, { locatorSecret, deviceName, kubes });
  }

  /** @throws ClientError `CLIENT_HAS_IDENTITY`, `CLIENT_NO_SERVER`. */
  #asked(options: { readonly kubes?: readonly string[]; readonly deviceName?: string }): {
    readonly kubes: readonly string[];
    readonly deviceName: string;
  } {
    this.#requireNone();
    const kubes = (options.kubes ?? this.#parts.network.kubes).map(parseKubeUrl);
    if (kubes.length === 0) {
      throw new ClientError('CLIENT_NO_SERVER', 'name the server that is printed beside the words');
    }
    return { kubes, deviceName: options.deviceName ?? this.#parts.deviceName };
  }

  async checkWords(words: string): Promise<boolean> {
    const { recoveryKeys } = await loadRecovering();
    using keys = await recoveryKeys(words);
    const { log } = this.#parts.engine.requireIdentity();
    return equalBytes(keys.signer.publicKey, wordsOf(log).signingKey);
  }

  /** Makes this a device of what was found. */
  async #become(
    { asked, found }: FoundIdentity,
    admitting: Signer,
    own: {
      readonly locatorSecret: Uint8Array<ArrayBuffer>;
      readonly deviceName: string;
      readonly kubes: readonly string[];
    },
  ): Promise<RecoveryOutcome> {
    const { engine, network, open } = this.#parts;
    this.#requireNone();
    const { deviceName, kubes, locatorSecret } = own;
    const identity = await this.#admitted(found, admitting, { locatorSecret, deviceName });
    const tips = found.tips.map(({ hash }) => hash);
    const asOfMs = Math.min(found.asOfMs, Math.floor(engine.platform.clock.nowMs()));
    await saveRecovered(engine.platform.store, { asOfMs, tips });
    await network.keep([...kubes, ...found.kubes]);
    await engine.setIdentity(identity);
    await open(identity);
    const shown = this.#parts.shown();
    if (shown === undefined) throw new ClientError('CLIENT_NO_IDENTITY', 'nothing was recovered');
    return { identity: shown, asOfMs, asked };
  }

  /** The identity with this device in its log, by the word of the recovery key or of a passkey's device. */
  async #admitted(
    found: RecoveredIdentity,
    admitting: Signer,
    own: { readonly locatorSecret: Uint8Array<ArrayBuffer>; readonly deviceName: string },
  ): Promise<OwnIdentity> {
    const { deviceAgreer, deviceSigner } = this.#parts.engine;
    const { displayName, haloRing, haloSecret, haloSpace, identity } = found;
    const admission = await admitDevice({
      log: found.log,
      admitting,
      newSigner: deviceSigner,
      newAgreementKey: deviceAgreer.publicKey,
    });
    const log = { ...found.log, admissions: [...found.log.admissions, admission] };
    const colour = hueOf(identity);
    return { log, haloRing, haloSecret, haloSpace, displayName, colour, ...own };
  }

  async #keep(): Promise<CapsuleKeeper> {
    const { engine, isKeeper, network, passkeys } = this.#parts;
    const { CapsuleKeeper } = await loadRecovery();
    const { database } = this.#parts;
    const keeper = new CapsuleKeeper({ engine, network, isKeeper, passkeys, database });
    const show = (): void => {
      this.#copies.set(keeper.copies.get());
      this.#lookAtWords();
      this.#keptPasskeys.set(keeper.keptPasskeys.get());
    };
    keeper.copies.subscribe(show);
    keeper.keptPasskeys.subscribe(show);
    show();
    return keeper;
  }

  /** Words that were changed elsewhere lead somewhere else: that is said in the private space. */
  #lookAtWords(): void {
    const { log } = this.#parts.engine.identity.get() ?? {};
    if (log?.said?.some(({ kind }) => kind === 'recovery-change') !== true) return;
    this.#isAsked = true;
    if (this.#following.isBusy) return;
    void this.#following.start('client.words-not-followed', async () => {
      while (this.#isAsked) {
        this.#isAsked = false;
        await this.#followWords();
      }
    });
  }

  async #followWords(): Promise<void> {
    const { database, engine } = this.#parts;
    const { locatorsIn } = await loadRecovery();
    const { own } = await locatorsIn(engine, database());
    const now = engine.requireIdentity();
    this.#showWords(now);
    if (own === undefined) return;
    if (!equalBytes(own, now.locatorSecret)) {
      await engine.changeIdentity((newest) => ({ ...newest, locatorSecret: own }));
    }
    await this.#sayFollowed();
  }

  /** The others are told once nothing of this device lies under the old words. */
  async #sayFollowed(): Promise<void> {
    const { database, engine, isKeeper, isStopped } = this.#parts;
    const keeper = await this.#keeper;
    const open = database();
    if (open === undefined || isStopped() || !isKeeper()) return;
    if ((await keeper?.hasMoved()) === true) sayFollowed(engine, open);
  }

  #showWords({ log }: OwnIdentity): void {
    const { changes, isContested } = wordsOf(log);
    const last = changes.at(-1)?.statement;
    if (last === undefined) return;
    const { atMs, device } = last;
    const { engine } = this.#parts;
    const database = this.#parts.database();
    const records = database?.query(DeviceRecord).run() ?? [];
    const byName = shownName(records.find((record) => record.device === device)?.name ?? '');
    const byThisDevice = device === idFromBytes('device', engine.deviceSigner.publicKey);
    const awaited = database === undefined ? [] : devicesBehind(engine, database);
    this.#wordsChanged.set({ atMs, byName, byThisDevice, isContested, awaited });
  }

  /** The next change looks again. */
  #notLooked(failure: unknown): void {
    const { platform } = this.#parts.engine;
    platform.log.event('warn', 'client.recovery-not-looked-at', { code: errorCode(failure) });
  }

  /** Whether all that the capsules named is here by now. */
  async #lookAtMark(): Promise<void> {
    const { engine } = this.#parts;
    const { store } = engine.platform;
    this.#mark ??= await loadRecovered(store);
    const mark = this.#mark;
    if (mark === undefined) return;
    const identity = engine.identity.get();
    const space = identity === undefined ? undefined : engine.opened(identity.haloSpace);
    const missing = mark.tips.filter((tip) => space?.index.branches.blockOf(tip) === undefined);
    this.#recovered.set({ asOfMs: mark.asOfMs, complete: missing.length === 0 });
    if (missing.length > 0 || mark.tips.length === 0) return;
    this.#mark = { ...mark, tips: [] };
    await saveRecovered(store, this.#mark);
  }

  #requireNone(): void {
    if (this.#parts.engine.identity.get() === undefined) return;
    throw new ClientError('CLIENT_HAS_IDENTITY', 'this profile has an identity already');
  }
}
