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
  identityIdOf,
  logStatements,
  rootCredential,
  suffices,
  verifyStatements,
  type Grant,
  type IdentityLog,
  type SessionDevice,
  type Statement,
} from '@atoll/halo';
import { equalBytes, fromHex, type Ed25519Platform } from '@atoll/kernel';

/** Answers of {@link SpaceMembership.mayHave}. */
export type MayHave = 'yes' | 'no' | 'unknown';

/** Decides about the peers of one space. */
export class SpaceMembership {
  readonly #space: Space;
  readonly #ed25519: Ed25519Platform;
  readonly #ownLog: () => IdentityLog;
  /** Session keys, in hex, that showed a good grant before its block arrived, and whose they are. */
  readonly #introduced = new Map<string, SessionDevice>();

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
    if (introduced !== undefined && !this.#isOut(introduced)) return 'yes';
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
    if (this.#space.authority.identities.isStopped(identity, own.device)) return undefined;
    if (this.#space.authority.roleOf(identity) !== undefined) return device;
    const grant = statements.find((statement) => statement.kind === 'grant');
    if (grant?.subject.to !== 'identity' || grant.subject.identity !== identity) return undefined;
    // A right that is known here, and does not hold, is no news.
    const isKnown = this.#space.authority.credentials.get(credentialIdOf(grant)) !== undefined;
    return !isKnown && (await this.#couldGive(grant)) ? device : undefined;
  }

  /** Removed since, or suspended: whatever it has shown before. */
  #isOut({ device, identity }: SessionDevice): boolean {
    const { credentials, identities } = this.#space.authority;
    return credentials.wasRemoved(identity) || identities.isStopped(identity, device);
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
  const admissions = statements.filter((statement) => statement.kind === 'device-admission');
  return { genesis, admissions };
}
