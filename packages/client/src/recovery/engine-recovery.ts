/** {@link Recovery} over an engine. What it takes is loaded when it is needed. */
import { loadRecovering, admitDevice, type RecoveredIdentity } from '@atoll/halo';
import { equalBytes, errorCode, type Signer } from '@atoll/kernel';
import type { Identity } from '../api.ts';
import { ClientError } from '../client-error.ts';
import type { Engine } from '../engine.ts';
import { parseKubeUrl } from '../kube-address.ts';
import { LiveCell, sameData, type Live } from '../live.ts';
import type { EngineNetwork } from '../network.ts';
import type { OwnIdentity } from '../own-identity.ts';
import { hueOf } from '../people.ts';
import type { RecoveredState, Recovery, RecoveryCopy, RecoveryOutcome } from '../recovery-api.ts';
import type { CapsuleKeeper } from './capsule-keeper.ts';
import type { FoundIdentity } from './find-identity.ts';
import type { KeptPasskey } from './kept-records.ts';
import { passkeysOn } from '../passkeys/answers.ts';
import { loadRecovery } from './load-recovery.ts';
import { loadRecovered, saveRecovered, type RecoveredMark } from './recovered-state.ts';

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
  /** Opens the private space of an identity that was just stored. */
  readonly open: (identity: OwnIdentity) => Promise<void>;
}

/** See above. */
export class EngineRecovery implements Recovery {
  readonly #parts: RecoveryParts;
  readonly #copies = new LiveCell<readonly RecoveryCopy[]>([], sameData);
  readonly #recovered = new LiveCell<RecoveredState | undefined>(undefined, sameData);
  readonly #keptPasskeys = new LiveCell<ReadonlySet<string>>(new Set());
  #keeper: Promise<CapsuleKeeper> | undefined;
  #mark: RecoveredMark | undefined;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
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

  /** The private space is open: its capsules are kept from now on. */
  follow(): void {
    this.#keeper ??= this.#keep();
    this.#keeper.catch((failure: unknown) => {
      // What opens a space is there; a part that could not be loaded is asked for again at the next start.
      const code = errorCode(failure);
      this.#parts.engine.platform.log.event('warn', 'client.recovery-not-followed', { code });
    });
    this.#lookAtMark().catch((failure: unknown) => this.#notLooked(failure));
  }

  /** The private space has changed: its keys may have, and what was missing may have come. */
  look(): void {
    void this.#keeper?.then(
      (keeper) => keeper.look(),
      () => undefined,
    );
    this.#lookAtMark().catch((failure: unknown) => this.#notLooked(failure));
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
    const { recoveryKeys, wordsOf } = await loadRecovering();
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
    const keeper = new CapsuleKeeper({ engine, network, isKeeper, passkeys });
    const show = (): void => {
      this.#copies.set(keeper.copies.get());
      this.#keptPasskeys.set(keeper.keptPasskeys.get());
    };
    keeper.copies.subscribe(show);
    keeper.keptPasskeys.subscribe(show);
    show();
    return keeper;
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
