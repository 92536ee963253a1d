/** Devices of the identity that writes in a space: whether this one may, and what the space has not heard of them. */
import { softwareKeys } from '@atoll/crypto';
import {
  identityEntryOf,
  logStatements,
  publishReadingKey,
  readingSecret,
  type IdentityLog,
  type Reader,
  type Statement,
} from '@atoll/halo';
import {
  equalBytes,
  idFromBytes,
  type CredentialId,
  type DeviceKey,
  type KeyId,
} from '@atoll/kernel';
import { KeysGained } from './keys-gained.ts';
import type { Space } from './space.ts';
import { currentSecret, type SpaceWriter } from './space-ports.ts';

/** Membership keys that are sealed to a device which comes back: more were not made while it was away. */
const UNSEALED_MAX = 64;
const NO_CREDENTIAL = '00'.repeat(32) as CredentialId;

/** A secret that was just made. */
export interface FreshSecret {
  readonly secret: Uint8Array;
  /** Of what was known of devices before. */
  readonly version: number;
}

/** What the space does about keys. */
export interface OwnDeviceKeys {
  /** Makes some where none may be used. */
  readonly make: () => Promise<void>;
  /** Some were opened without a block having come: folds what had not opened before. */
  readonly came: () => Promise<void>;
}

/** Keys that are to be sealed to a device. */
export interface UnsealedKey {
  readonly generation: KeyId;
  readonly reader: Reader;
}

/** See above. */
export class OwnDevices {
  readonly #space: Space;
  readonly #writer: SpaceWriter;
  readonly #keys: OwnDeviceKeys;
  readonly #device: DeviceKey;
  /** Devices, each with a generation of keys: whether it was stopped when these were made. */
  readonly #stoppedThen = new Map<string, boolean>();
  /** True once this program has said who it is, at the beginning of its feed. */
  isIntroduced = false;
  /** Opens keys that others have sealed to this member. */
  readonly keysGained: KeysGained;

  constructor(space: Space, writer: SpaceWriter, keys: OwnDeviceKeys) {
    this.#space = space;
    this.#writer = writer;
    this.#keys = keys;
    const { deviceAgreer, deviceSigner, haloSecret, identity } = writer;
    this.#device = idFromBytes('device', deviceSigner.publicKey);
    this.keysGained = new KeysGained({
      ...{ space: space.id, keys: space.keys, authority: space.authority, identity, deviceAgreer },
      secrets: () => [haloSecret, ...(writer.laterSecrets?.() ?? [])],
    });
  }

  /** True if this device was suspended or removed, as far as the space knows. */
  get isStopped(): boolean {
    const { authority, identity } = this.#space;
    return authority.identities.isKnownAsStopped(identity, this.#device);
  }

  /** True once the space knows of this device: only then it says whether that acts. */
  get isKnown(): boolean {
    const { authority, identity } = this.#space;
    return authority.identities.entryOf(identity, this.#device) !== undefined;
  }

  /** To whom keys are sealed beside the readers: in a private space, devices that act. */
  get readers(): readonly Reader[] {
    const { authority, identity } = this.#space;
    const { identities } = authority;
    if (this.#writer.deviceAgreer === undefined) return [];
    return identities
      .devicesOf(identity)
      .filter(({ device }) => !identities.isStopped(identity, device))
      .map(({ agreementKey: key }) => ({ identity, key }));
  }

  /** True for keys of a private space that were sealed to none of the devices which act now and were stopped then. */
  hasMissed(generation: KeyId): boolean {
    return this.#missing(generation).length > 0;
  }

  /**
   * Keys that nobody has sealed to a device which was stopped when they were made, and acts again: those of contents in
   * use, and all membership keys, for each is published under the one before.
   */
  get unsealed(): readonly UnsealedKey[] {
    const { authority, identity, keys } = this.#space;
    if (this.#writer.deviceAgreer === undefined) return [];
    const isHeld = (id: KeyId): boolean => keys.ring.get(id) !== undefined;
    const memberships = authority.keys
      .generations('membership')
      .filter(isHeld)
      .slice(-UNSEALED_MAX);
    const contents = authority
      .keyed()
      .filter((of) => of !== 'membership')
      .flatMap((of) => authority.keys.current(of, isHeld) ?? []);
    return [...memberships, ...contents].flatMap((generation) => {
      const copies = authority.keys.copiesFor(identity, generation);
      return this.#missing(generation)
        .filter(
          ({ key }) =>
            !this.#isOwn(key) && !copies.some(({ readingKey }) => equalBytes(readingKey, key)),
        )
        .map((reader) => ({ generation, reader }));
    });
  }

  #isOwn(key: Uint8Array): boolean {
    const own = this.#writer.deviceAgreer?.publicKey;
    return own !== undefined && equalBytes(own, key);
  }

  #missing(generation: KeyId): readonly Reader[] {
    const { authority, identity } = this.#space;
    const { identities, keys } = authority;
    const made = keys.statedIn(generation);
    if (this.#writer.deviceAgreer === undefined || made === undefined) return [];
    return identities
      .devicesOf(identity)
      .filter(
        ({ device }) =>
          !identities.isStopped(identity, device) && this.#wasStopped(device, generation, made),
      )
      .map(({ agreementKey: key }) => ({ identity, key }));
  }

  /** As the block knew it that states the generation: that never changes. */
  #wasStopped(device: DeviceKey, generation: KeyId, made: number): boolean {
    const name = `${device} ${generation}`;
    const known = this.#stoppedThen.get(name);
    if (known !== undefined) return known;
    const { authority, identity } = this.#space;
    const { identities } = authority;
    const wasStopped =
      identities.entryOf(identity, device, made) !== undefined &&
      identities.isStopped(identity, device, made);
    this.#stoppedThen.set(name, wasStopped);
    return wasStopped;
  }

  /**
   * Shows what was said about devices, together with a new reading key where a device that was stopped knows the one
   * before, and changes the keys. True if there was anything to say. Durable when resolved. `fresh`: a secret that was
   * made for this, knowing what `version` of devices says, and may be used only as long as nothing else is known.
   */
  async show(log: IdentityLog, fresh?: FreshSecret): Promise<boolean> {
    const { authority, identity } = this.#space;
    // What is said of one's devices is not said where nobody knows who reads.
    if (this.#writer.isSilent === true) return false;
    await this.#space.settled();
    for (let isSaid = false; !isSaid;) {
      const { version } = authority.identities;
      const statements = await this.#newsOf(log, fresh);
      if (statements.length === 0) return false;
      // Who has written nothing here says in a block before who it is: the reading key in that would be beside a stop.
      await this.#space.introduce();
      const credential = authority.credentialFor(identity, 'read') ?? NO_CREDENTIAL;
      // What was heard while it was signed may be the stop of a device that has the secret.
      const holds = (): boolean => (isSaid = authority.identities.version === version);
      await this.#space.publish({ statements, credential, holds });
      await this.#space.settled();
    }
    // The statement itself may say that this device is to stop.
    if (!this.isStopped) await this.#keys.make();
    await this.#space.flush();
    return true;
  }

  /** Tries again to open keys: there are secrets that were not here. */
  async gainKeys(): Promise<void> {
    await this.keysGained.open();
    // Nobody else looks at what did not open before: no block has come.
    await this.#keys.came();
    await this.#space.settled();
  }

  /** Entries of the log that the space does not know, and a reading key where there is none that is safe. */
  async #newsOf(log: IdentityLog, fresh?: FreshSecret): Promise<readonly Statement[]> {
    const { authority, id, identity } = this.#space;
    const here = authority.identities.logOf(identity);
    const known = new Set(
      here === undefined ? [] : logStatements(here).map((one) => identityEntryOf(one)),
    );
    const statements: Statement[] = logStatements(log).filter(
      (statement) => !known.has(identityEntryOf(statement)),
    );
    const secret = this.#secretFor(log, fresh);
    if (this.isStopped || secret === undefined) return statements;
    const { publicKey: key } = await softwareKeys.agreer(readingSecret(secret, id));
    const current = authority.keys.readingKey(identity)?.key;
    const isCurrent = current !== undefined && equalBytes(current, key);
    if (isCurrent || authority.keys.isStated(identity, key)) return statements;
    const counter = authority.keys.nextCounter(identity);
    const { deviceSigner } = this.#writer;
    const reading = { space: id, identity, deviceSigner, counter, key };
    return [...statements, await publishReadingKey(reading)];
  }

  /** What was found to be safe may be known to a device of whose stop only this space has heard. */
  #secretFor(log: IdentityLog, fresh: FreshSecret | undefined): Uint8Array | undefined {
    const { identities } = this.#space.authority;
    if (fresh !== undefined) {
      return identities.version === fresh.version ? fresh.secret : undefined;
    }
    const known = new Set((log.said ?? []).map((one) => identityEntryOf(one)));
    const said = identities.logOf(this.#space.identity)?.said ?? [];
    return said.every((one) => known.has(identityEntryOf(one)))
      ? currentSecret(this.#writer)
      : undefined;
  }
}
