/** An identity with several devices in a space: what stories of lost and stolen devices are told with. */
import { recoverySecrets, softwareSigner, wordsToSeed } from '@atoll/crypto';
import { simAgreer, simSigner } from '@atoll/testkit';
import { idFromBytes, type CredentialId, type DeviceKey, type Signer } from '@atoll/kernel';
import {
  agreeWithDevice,
  changeRecovery,
  decideDevice,
  suspendDevice,
} from '../device-statements.ts';
import {
  admitDevice,
  lastEntry,
  logStatements,
  withEntries,
  type IdentityLog,
} from '../identity.ts';
import { admitFeed } from '../issue.ts';
import { identityEntryOf } from '../statement-ids.ts';
import type { DeviceFate } from '../statements-devices.ts';
import type { DeviceAdmission, IdentityEntry, Statement } from '../statements.ts';
import { NONE, type TestFeed } from './dag.ts';
import { foundTown, type Town } from './town.ts';

/** One device of Ada's, with a feed. */
export interface HouseDevice {
  readonly key: DeviceKey;
  readonly signer: Signer;
  readonly feed: TestFeed;
  readonly admission: DeviceAdmission | undefined;
}

/** Ada's devices; the laptop has founded the space. */
export class Household {
  readonly town: Town;
  readonly laptop: HouseDevice;
  readonly recovery: Signer;
  log: IdentityLog;
  #now = 1_700_000_000_000;

  private constructor(town: Town, recovery: Signer) {
    this.town = town;
    this.recovery = recovery;
    this.log = town.founder.log;
    const { deviceSigner: signer } = town.founder;
    const key = idFromBytes('device', signer.publicKey);
    this.laptop = { key, signer, feed: town.founderFeed, admission: undefined };
  }

  static async make(seed: number): Promise<Household> {
    const town = await foundTown(seed);
    const secrets = recoverySecrets(await wordsToSeed(town.founder.words));
    return new Household(town, softwareSigner(secrets.signingSeed));
  }

  get right(): CredentialId {
    return this.town.founded.credential;
  }

  /** A device that `by` lets in; its first block follows everything, unless it is to hide. */
  async device(
    by: Signer,
    options: {
      readonly previous?: IdentityEntry;
      readonly deps?: readonly number[];
      readonly isPasskey?: true;
    } = {},
  ): Promise<HouseDevice> {
    const { dag } = this.town;
    const signer = simSigner(dag.rng.bytes(32));
    const at = options.previous;
    const admission = await admitDevice({
      log: at === undefined ? this.log : { ...this.log, admissions: [], said: [] },
      admitting: by,
      newSigner: signer,
      newAgreementKey: simAgreer(dag.rng.bytes(32)).publicKey,
      ...(options.isPasskey === undefined ? {} : { isPasskey: options.isPasskey }),
    });
    this.log = withEntries(this.log, [admission]);
    const key = idFromBytes('device', signer.publicKey);
    const device = { key, signer, feed: dag.feed(), admission };
    await this.open(device, options);
    return device;
  }

  /** The first block of a feed of a device. */
  async open(
    device: HouseDevice,
    options: { readonly feed?: TestFeed; readonly deps?: readonly number[] } = {},
  ): Promise<number> {
    const { dag, founder, space } = this.town;
    const { identity } = founder;
    const feed = options.feed ?? device.feed;
    const { opening } = feed;
    const admitted = await admitFeed({ space, identity, deviceSigner: device.signer, ...opening });
    return dag.append(space, feed, {
      deps: options.deps ?? dag.tips(),
      statements: [...logStatements(this.log), admitted],
    });
  }

  /** Data by a device, behind everything that there is, or behind what it pretends to know. */
  write(
    { feed }: Pick<HouseDevice, 'feed'>,
    deps: readonly number[] = this.town.dag.tips(),
  ): Promise<number> {
    const { dag, space } = this.town;
    const others = deps.filter((dep) => dep !== feed.tip);
    return dag.append(space, feed, { deps: others, data: [this.right] });
  }

  /** A block with statements, and the whole log before them. */
  present(
    { feed }: Pick<HouseDevice, 'feed'>,
    statements: readonly Statement[] = [],
    deps: readonly number[] = this.town.dag.tips(),
  ): Promise<number> {
    const { dag, space } = this.town;
    return dag.append(space, feed, {
      deps: deps.filter((dep) => dep !== feed.tip),
      credential: NONE,
      statements: [...logStatements(this.log), ...statements],
    });
  }

  /** A device says that another one is to stop. */
  async suspend(by: HouseDevice, whom: HouseDevice): Promise<Statement> {
    const input = { log: this.log, atMs: this.#now++, device: whom.key, deviceSigner: by.signer };
    const statement = await suspendDevice(input);
    this.log = withEntries(this.log, [statement]);
    return statement;
  }

  /** The words say what becomes of a device. */
  async decide(
    whom: HouseDevice,
    fate: DeviceFate,
    recoverySigner: Signer = this.recovery,
  ): Promise<Statement> {
    const input = { log: this.log, atMs: this.#now++, device: whom.key, fate, recoverySigner };
    const statement = await decideDevice(input);
    this.log = withEntries(this.log, [statement]);
    return statement;
  }

  /** A second device agrees with an admission. */
  async agree(by: HouseDevice, whom: HouseDevice): Promise<Statement> {
    const { admission } = whom;
    if (admission === undefined) throw new RangeError('the first device needs no agreement');
    const entry = identityEntryOf(admission);
    const input = { log: this.log, atMs: this.#now++, entry, deviceSigner: by.signer };
    const statement = await agreeWithDevice(input);
    this.log = withEntries(this.log, [statement]);
    return statement;
  }

  /** Other words; their signing key. */
  async newWords(
    by: HouseDevice,
    oldSigner: Signer = this.recovery,
    log: IdentityLog = this.log,
  ): Promise<{ readonly statement: Statement; readonly signer: Signer }> {
    const { rng } = this.town.dag;
    const newSigner = simSigner(rng.bytes(32));
    const statement = await changeRecovery({
      ...{ log, atMs: this.#now++, oldSigner, newSigner, deviceSigner: by.signer },
      agreementKey: simAgreer(rng.bytes(32)).publicKey,
    });
    this.log = withEntries(this.log, [statement]);
    return { statement, signer: newSigner };
  }

  /** Name of the last entry. */
  get last(): IdentityEntry {
    return lastEntry(this.log);
  }
}
