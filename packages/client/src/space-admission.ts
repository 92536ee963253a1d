/** Letting somebody into a space, once for everybody: also after a restart, and by whom else was asked. */
import type { Space } from '@atoll/echo';
import {
  suffices,
  type AdmissionRequest,
  type InvitationId,
  type Invitations,
  type SpaceTicket,
  type RoleLevel,
} from '@atoll/halo';
import { ROOT_ZONE, type DeviceKey, type IdentityId, type KeyId } from '@atoll/kernel';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';

/** What letting in needs. */
export interface AdmissionParts {
  readonly engine: Engine;
  readonly halo: Invitations;
  /** The space, opened if it was closed. */
  readonly echo: () => Promise<Space>;
  readonly name: () => string;
}

/** See above. */
export class SpaceAdmission {
  readonly #parts: AdmissionParts;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /**
   * Makes a guest a member and gives its ticket; to one who is a member with that level, the ticket alone.
   * @throws ClientError `CLIENT_NOT_ALLOWED`; HaloError `HALO_INVITATION_USED`; StoreError.
   */
  async admit(
    request: AdmissionRequest,
    right: {
      readonly level: RoleLevel;
      readonly invitation?: InvitationId | undefined;
      readonly kube: string;
      /** Keys of now alone, which are new ones. */
      readonly withoutHistory?: true | undefined;
    },
  ): Promise<SpaceTicket> {
    if (request.kind !== 'space') {
      throw new ClientError('CLIENT_INVITATION', 'the guest asks for something else');
    }
    const { engine, halo } = this.#parts;
    const echo = await this.#parts.echo();
    const { authority, identity, id, keys } = echo;
    const held = authority.roleLevelOf(request.identity);
    if (held !== undefined && suffices(held, right.level)) {
      return this.#ticket(echo, request.identity, right.kube);
    }
    const own = authority.credentials.people.rightFor(identity, 'control')?.exercised;
    if (own === undefined) {
      throw new ClientError('CLIENT_NOT_ALLOWED', 'you cannot admit anybody here now');
    }
    this.#requirePlace(echo, right.invitation);
    // What was written until now lies under others.
    if (right.withoutHistory === true) {
      await echo.keyCare.makeAnew(ROOT_ZONE);
      echo.database.mutations.publishTypes();
    }
    const { statements, credential } = await halo.admitGuest({
      rng: engine.platform.rng,
      space: id,
      guest: { log: request.log, readingKey: request.readingKey },
      level: right.level,
      ...own,
      issuer: identity,
      deviceSigner: engine.deviceSigner,
      keys: keys.ring,
      invitation: right.invitation,
      ...(right.withoutHistory === true ? { withoutHistory: inUse(echo) } : {}),
    });
    await echo.publish({ statements, credential: own.parent });
    await echo.settled();
    // Others may have let in as many meanwhile: then the guest hears so before it can write anything.
    if (!authority.credentials.counts(credential)) throw usedUp(halo);
    return this.#ticket(echo, request.identity, right.kube);
  }

  /** The ticket of a member whose device this is; `undefined` for anybody else. */
  async ticketFor(device: DeviceKey, kube: string): Promise<SpaceTicket | undefined> {
    const echo = await this.#parts.echo();
    const member = echo.authority.members().find(({ devices }) => devices.includes(device));
    return member && this.#ticket(echo, member.identity, kube);
  }

  #requirePlace({ authority }: Space, invitation: InvitationId | undefined): void {
    if (invitation === undefined) return;
    const uses = authority.invitations.get(invitation)?.uses ?? 0;
    if (authority.credentials.admittedBy(invitation) >= uses) throw usedUp(this.#parts.halo);
  }

  #ticket(echo: Space, identity: IdentityId, kube: string): SpaceTicket {
    const { authority, id, keys } = echo;
    const { genesis } = authority;
    const credential = authority.credentialFor(identity, 'read');
    const level = authority.roleLevelOf(identity);
    if (genesis === undefined || credential === undefined || level === undefined) {
      throw new ClientError('CLIENT_NOT_ALLOWED', 'there is no such member');
    }
    const name = this.#parts.name();
    const withHistory = authority.isGivenAll(identity);
    const shared = keys.ring.share({ withHistory, current: inUse(echo) });
    const kubes = [kube];
    return { kind: 'space', genesis, space: id, keys: shared, name, level, credential, kubes };
  }
}

/** Generations of zones under which is written now. */
function inUse({ authority, keys }: Space): readonly KeyId[] {
  const isHeld = (generation: KeyId): boolean => keys.ring.get(generation) !== undefined;
  return authority
    .keyed()
    .flatMap((of) => (of === 'membership' ? [] : (authority.keys.current(of, isHeld) ?? [])));
}

function usedUp({ HaloError }: Invitations): Error {
  return new HaloError('HALO_INVITATION_USED', 'the invitation has let in as many as it may');
}
