/** Invitations into a space that are made on this device, and the admission of who answers them. */
import type { Space } from '@atoll/echo';
import {
  levelOfRole,
  loadInvitations,
  suffices,
  type AdmissionRequest,
  type SpaceTicket,
} from '@atoll/halo';
import { toHex } from '@atoll/kernel';
import type { HostInvitation, Role } from './api.ts';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import { hostOptions } from './halo.ts';
import type { ListeningInvitation } from './host-invitation.ts';
import { LiveCell, type Live } from './live.ts';
import type { EngineNetwork } from './network.ts';

const INVITATION_MS: number = 24 * 60 * 60 * 1000;

/** What invitations are made with. */
export interface InvitationsOptions {
  readonly engine: Engine;
  readonly network: EngineNetwork;
  /** The space, opened if it was closed. */
  readonly echo: () => Promise<Space>;
  readonly name: () => string;
}

/** The open invitations of one space. */
export class SpaceInvitations {
  readonly #options: InvitationsOptions;
  readonly #open = new LiveCell<readonly HostInvitation[]>([]);

  constructor(options: InvitationsOptions) {
    this.#options = options;
  }

  /** Those that somebody may still answer. */
  get open(): Live<readonly HostInvitation[]> {
    return this.#open;
  }

  /** See `Space.invite`. */
  async invite(
    options: { readonly role?: Role; readonly expiresInMs?: number } = {},
  ): Promise<HostInvitation> {
    const { role = 'writer', expiresInMs = INVITATION_MS } = options;
    const { echo, engine, name, network } = this.#options;
    const { authority, id, identity } = await echo();
    const right = authority.credentials.people.rightFor(identity, 'control')?.credential;
    if (right === undefined) {
      throw new ClientError('CLIENT_NOT_ALLOWED', 'only admins can invite here');
    }
    // Nobody gives what he has, but for owners: it would not count, and the guest would be nobody.
    if (right.level !== 'own' && suffices(levelOfRole(role), right.level)) {
      throw new ClientError('CLIENT_NOT_ALLOWED', 'only owners can invite admins and owners');
    }
    const { clock, keystore, rng } = engine.platform;
    const record = `invitation/${toHex(rng.bytes(8))}`;
    const kube = network.requireKube();
    const own = engine.requireIdentity();
    const terms = {
      kind: 'space',
      space: id,
      spaceName: name(),
      level: levelOfRole(role),
      way: 'digits',
      uses: 1,
      expiresAtMs: Math.floor(clock.nowMs() + expiresInMs),
    } as const;
    const hosting = await import('./host-invitation.ts');
    const invitation = await hosting.ListeningInvitation.open({
      engine,
      kube,
      role,
      start: (onChange, { HostInvitation: HaloHost }) =>
        HaloHost.create(
          {
            ...hostOptions(engine, own),
            save: (bytes) => keystore.putSecret(record, bytes),
            admit: (request) => this.#admit(request, role, kube),
            onChange,
          },
          terms,
        ),
    });
    this.#keep(invitation);
    return invitation;
  }

  async #admit(request: AdmissionRequest, role: Role, kube: string): Promise<SpaceTicket> {
    const { engine, name } = this.#options;
    const echo = await this.#options.echo();
    const { authority, identity, id, keys } = echo;
    const right = authority.credentials.people.rightFor(identity, 'control')?.exercised;
    const { genesis } = authority;
    if (request.kind !== 'space' || right === undefined || genesis === undefined) {
      throw new ClientError('CLIENT_NOT_ALLOWED', 'you cannot admit anybody here now');
    }
    const level = levelOfRole(role);
    const { admitGuest } = await loadInvitations();
    const { statements, credential } = await admitGuest({
      rng: engine.platform.rng,
      space: id,
      guest: { log: request.log, readingKey: request.readingKey },
      level,
      ...right,
      issuer: identity,
      deviceSigner: engine.deviceSigner,
      keys: keys.ring,
    });
    await echo.publish({ statements, credential: right.parent });
    const ticket = { kind: 'space', genesis, space: id, keys: keys.ring, name: name() } as const;
    return { ...ticket, level, credential, kubes: [kube] };
  }

  /** Listed while it is open. */
  #keep(invitation: ListeningInvitation): void {
    this.#open.set([...this.#open.get(), invitation]);
    const stop = invitation.state.subscribe(() => {
      if (invitation.isOpen) return;
      stop();
      this.#open.set(this.#open.get().filter((other) => other !== invitation));
    });
  }
}
