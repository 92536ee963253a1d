/**
 * Who may replicate a space with us. The other side's session key must be that of a current device of a
 * member. Somebody who joined a minute ago is not known here yet: it shows its grant, and we look whether
 * whoever gave it could.
 */
import { CodecError } from '@atoll/codec';
import type { Space } from '@atoll/echo';
import {
  checkIdentityLog,
  credentialIdOf,
  decodeStatements,
  encodeStatements,
  identityEntryOf,
  identityIdOf,
  isLogStatement,
  lastFate,
  logStatements,
  rootCredential,
  suffices,
  verifyStatements,
  withEntries,
  wordsOf,
  type DeviceRevocation,
  type Grant,
  type IdentityLog,
  type SessionDevice,
  type Statement,
} from '@atoll/halo';
import {
  equalBytes,
  fromHex,
  idFromBytes,
  type Ed25519Platform,
  type IdentityId,
} from '@atoll/kernel';
import { encodeRefusal } from './devices/refused-log.ts';

/** Devices to which it is said why they are refused, although nobody has known them. */
const REFUSED_MAX = 64;

/** Answers of {@link SpaceMembership.mayHave}. */
export type MayHave = 'yes' | 'no' | 'unknown';

/** Decides about the peers of one space. */
export class SpaceMembership {
  readonly #space: Space;
  readonly #ed25519: Ed25519Platform;
  readonly #ownLog: () => IdentityLog;
  /** Session keys, in hex, that showed a good grant before its block arrived, and whose they are. */
  readonly #introduced = new Map<string, SessionDevice>();
  /** Session keys of devices that nobody may have let in, and whose they say they are. */
  readonly #refused = new Map<string, IdentityId>();
  /** Those of them that the space knows as stopped, and what of the words brought them back. */
  readonly #broughtBack = new Map<string, DeviceRevocation>();

  constructor(options: {
    readonly space: Space;
    readonly ed25519: Ed25519Platform;
    readonly ownLog: () => IdentityLog;
  }) {
    this.#space = options.space;
    this.#ed25519 = options.ed25519;
    this.#ownLog = options.ownLog;
  }

  /** Whether a session key belongs to a device of a member. `remote`: X25519 key in hex. */
  mayHave(remote: string): MayHave {
    const introduced = this.#introduced.get(remote);
    if (introduced !== undefined && this.#isStillIn(remote, introduced)) return 'yes';
    this.#introduced.delete(remote);
    const { authority } = this.#space;
    const key = fromHex(remote);
    if (key === undefined) return 'no';
    // A joiner knows nobody yet and has nothing to give away; whoever is here proved to hold the key.
    if (authority.members().length === 0) return 'yes';
    const devices = authority.identities.byAgreementKey(key);
    const isMember = devices.some(
      (device) => authority.roleOf(device.identity) !== undefined && !this.#isOut(device),
    );
    return isMember ? 'yes' : 'unknown';
  }

  /** True for a device that reads by a public link, and has nothing to say. `remote`: X25519 key in hex. */
  isFollower(remote: string): boolean {
    const introduced = this.#introduced.get(remote);
    const { identities } = this.#space.authority;
    return introduced !== undefined && identities.isLink(introduced.identity);
  }

  /**
   * For a device that is known as stopped, or that nobody may have let in: the newest entries of its identity's log, as
   * many as fit. Whoever asks has proved to hold its key.
   */
  whyNot(remote: string): Uint8Array {
    const key = fromHex(remote);
    const { identities } = this.#space.authority;
    const stopped = (key === undefined ? [] : identities.byAgreementKey(key)).find((device) =>
      identities.isKnownAsStopped(device.identity, device.device),
    );
    const identity = stopped?.identity ?? this.#refused.get(remote);
    const log = identity === undefined ? undefined : identities.logOf(identity);
    return log === undefined ? new Uint8Array(0) : encodeRefusal(log);
  }

  /** Own identity log, and the grant that made us a member. */
  introduce(): Uint8Array {
    const statements: Statement[] = [...logStatements(this.#ownLog())];
    const grant = this.#heldGrant();
    if (grant !== undefined) statements.push(grant);
    return encodeStatements(statements);
  }

  /** Checks the other side's introduction. True from then on until the space is closed. */
  async checkIntroduction(remote: string, bytes: Uint8Array): Promise<boolean> {
    try {
      const device = await this.#goodDevice(remote, decodeStatements(bytes));
      if (device !== undefined) this.#introduced.set(remote, device);
      return device !== undefined;
    } catch (failure) {
      if (failure instanceof CodecError) return false;
      throw failure;
    }
  }

  async #goodDevice(
    remote: string,
    statements: readonly Statement[],
  ): Promise<SessionDevice | undefined> {
    const log = logIn(statements);
    const key = fromHex(remote);
    if (log === undefined || key === undefined) return undefined;
    const devices = await checkIdentityLog(this.#ed25519, log);
    const own = devices?.find((device) => equalBytes(device.agreementKey, key));
    if (own === undefined) return undefined;
    const identity = identityIdOf(log.genesis);
    const device = { identity, device: own.device };
    if (this.#isRefused(device, log)) {
      if (this.#refused.size < REFUSED_MAX) this.#refused.set(remote, identity);
      return undefined;
    }
    if (this.#space.authority.identities.isKnownAsStopped(identity, own.device)) {
      const stays = this.#broughtBackBy(device, log);
      if (stays === undefined) return undefined;
      this.#broughtBack.set(remote, stays);
    }
    return (await this.#isMember(identity, statements)) ? device : undefined;
  }

  /**
   * True for a device that the space does not know yet, and that only devices which were stopped have let in, or words
   * that do not count any more.
   */
  #isRefused(
    { device, identity }: SessionDevice,
    shown: IdentityLog,
    seen: ReadonlySet<string> = new Set(),
  ): boolean {
    const { identities } = this.#space.authority;
    if (identities.entryOf(identity, device) !== undefined) return false;
    if (seen.has(device)) return true;
    const known = identities.logOf(identity);
    if (known === undefined) return false;
    const log = withEntries(known, logStatements(shown));
    const keys = wordsOf(log);
    const own = log.admissions.filter((one) => one.device === device);
    return own.every((admission) => {
      if (keys.counts(admission.admittedBy, identityEntryOf(admission))) return false;
      const by = idFromBytes('device', admission.admittedBy);
      const isDevice = by === log.genesis.device || log.admissions.some((one) => one.device === by);
      if (!isDevice || identities.isKnownAsStopped(identity, by)) return true;
      return this.#isRefused({ device: by, identity }, log, new Set([...seen, device]));
    });
  }

  /** Known as a member, or shows a grant that makes it one. */
  async #isMember(identity: IdentityId, statements: readonly Statement[]): Promise<boolean> {
    if (this.#space.authority.roleOf(identity) !== undefined) return true;
    const grant = statements.find((statement) => statement.kind === 'grant');
    if (grant?.subject.to !== 'identity' || grant.subject.identity !== identity) return false;
    // A right that is known here, and does not hold, is no news.
    const isKnown = this.#space.authority.credentials.get(credentialIdOf(grant)) !== undefined;
    return !isKnown && (await this.#couldGive(grant));
  }

  #isStillIn(remote: string, device: SessionDevice): boolean {
    if (!this.#isOut(device)) return true;
    const { credentials, identities } = this.#space.authority;
    const shown = this.#broughtBack.get(remote);
    if (shown === undefined || credentials.wasRemoved(device.identity)) return false;
    const known = identities.logOf(device.identity);
    const last = known === undefined ? undefined : lastFate(known, device.device);
    return last === undefined || last.counter < shown.counter || last.fate === 'stays';
  }

  /**
   * What the words say in the log that was shown, later than anything that is known here, if it is that the device
   * stays: one that was found again can so tell those who only heard that it was stopped.
   */
  #broughtBackBy(
    { device, identity }: SessionDevice,
    shown: IdentityLog,
  ): DeviceRevocation | undefined {
    const known = this.#space.authority.identities.logOf(identity);
    const log = known === undefined ? shown : withEntries(known, logStatements(shown));
    const last = lastFate(log, device);
    if (last?.fate !== 'stays') return undefined;
    return equalBytes(last.recoveryKey, wordsOf(log).signingKey) ? last : undefined;
  }

  /** Removed since, or suspended: whatever it has shown before. */
  #isOut({ device, identity }: SessionDevice): boolean {
    const { credentials, identities } = this.#space.authority;
    return credentials.wasRemoved(identity) || identities.isKnownAsStopped(identity, device);
  }

  /** Whether a grant is signed by a device whose identity could give it, as far as we know. */
  async #couldGive(grant: Grant): Promise<boolean> {
    const [checked] = await verifyStatements(this.#ed25519, [grant]);
    const { authority, id } = this.#space;
    const issued = authority.identities.devicesOf(grant.issuer);
    const level = authority.levelOf(grant.issuer);
    return (
      checked?.signed === true &&
      grant.space === id &&
      issued.some(({ device }) => device === grant.device) &&
      level !== undefined &&
      suffices(level, 'control')
    );
  }

  #heldGrant(): Grant | undefined {
    const { authority, identity, id } = this.#space;
    const credential = authority.credentialFor(identity, 'read');
    if (credential === undefined || credential === rootCredential(id)) return undefined;
    return authority.credentials.get(credential)?.grant;
  }
}

/** The identity log among statements. */
function logIn(statements: readonly Statement[]): IdentityLog | undefined {
  const genesis = statements.find((statement) => statement.kind === 'identity-genesis');
  if (genesis === undefined) return undefined;
  return withEntries({ genesis, admissions: [] }, statements.filter(isLogStatement));
}
