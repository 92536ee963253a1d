/** Invitations into a space that this device answers, and who asks to be let in. The rest is loaded when there is any. */
import type { Space } from '@atoll/echo';
import { levelOfRole, loadInvitations, roleOfLevel } from '@atoll/halo';
import { errorCode, type IdentityId, type SpaceId } from '@atoll/kernel';
import type { HostInvitation, Role } from './api.ts';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import type { InvitationPlace, StoredRequest } from './invitation-store.ts';
import type {
  InviteOptions,
  IssuedInvitation,
  IssuedInvitations,
  JoinRequest,
  JoinRequests,
} from './invitations-api.ts';
import { LiveCell, sameData, type Live } from './live.ts';
import type { Named } from './members-api.ts';
import type { EngineNetwork } from './network.ts';
import { OpenInvitations } from './open-invitations.ts';
import type { SpaceHosting } from './space-hosting.ts';
import { strangerIn } from './names-in-space.ts';
import { shownName, shownWords } from './shown-name.ts';

/** What invitations are made with. */
export interface InvitationsOptions {
  readonly engine: Engine;
  readonly network: EngineNetwork;
  readonly space: SpaceId;
  /** The space, opened if it was closed. */
  readonly echo: () => Promise<Space>;
  /** The space, while it is open. */
  readonly now: () => Space | undefined;
  readonly name: () => string;
  /** Members who are there at this moment. */
  readonly here: () => ReadonlySet<IdentityId>;
}

/** The open invitations of one space. */
export class SpaceInvitations implements JoinRequests, IssuedInvitations {
  readonly #options: InvitationsOptions;
  readonly #open = new OpenInvitations();
  readonly #list = new LiveCell<readonly JoinRequest[]>([], sameData);
  #hosting: Promise<SpaceHosting> | undefined;
  #asked: readonly (StoredRequest & { readonly place: InvitationPlace })[] = [];

  constructor(options: InvitationsOptions) {
    this.#options = options;
  }

  /** Those that somebody may still answer. */
  get open(): Live<readonly HostInvitation[]> {
    return this.#open.list;
  }

  get list(): Live<readonly JoinRequest[]> {
    return this.#list;
  }

  /** See `Space.invite`. */
  async invite(options: InviteOptions = {}): Promise<HostInvitation> {
    return (await this.#host()).invite(options);
  }

  /** Goes on with what was left open. True if another window answers some of it. */
  async restore(): Promise<boolean> {
    const hosting = await this.#host();
    const isElsewhere = await hosting.restore();
    await this.refresh();
    return isElsewhere;
  }

  /** Looks at what the space says, if it says anything of invitations. */
  look(): void {
    const standing = this.#options.now()?.authority.invitations.standing() ?? [];
    if (standing.length === 0 && this.#hosting === undefined) return;
    this.#host().then(
      (hosting) => void hosting.look(),
      () => undefined,
    );
  }

  async refresh(): Promise<void> {
    const hosting = await this.#host();
    const asked = (await hosting.requests()).filter(({ isRefused }) => !isRefused);
    const terms = await Promise.all(asked.map(({ place }) => hosting.termsOf(place)));
    this.#asked = asked;
    this.#list.set(
      asked.map(({ askedAtMs, request, text }, at) => ({
        ...this.#stranger(request.identity, request.name),
        text: shownWords(text),
        askedAtMs,
        role: roleOfLevel(terms[at]?.level ?? 'read'),
        withoutHistory: terms[at]?.withoutHistory === true,
      })),
    );
  }

  /** Nobody is taken for a member by the name with which he asks. */
  #stranger(id: IdentityId, name: string): Named {
    const space = this.#options.now();
    if (space === undefined) return { id, displayName: shownName(name) };
    return strangerIn(space.authority, id, name);
  }

  async approve(id: string, options: { readonly role?: Role } = {}): Promise<void> {
    const asked = await this.#one(id);
    const hosting = await this.#host();
    const { role } = options;
    await hosting.approve(asked, role === undefined ? undefined : levelOfRole(role));
    await this.refresh();
  }

  async refuse(id: string): Promise<void> {
    const asked = await this.#one(id);
    await (await this.#host()).refuse(asked);
    await this.refresh();
  }

  async issued(): Promise<readonly IssuedInvitation[]> {
    return (await this.#host()).issued();
  }

  async revoke(id: string): Promise<void> {
    return (await this.#host()).revoke(id);
  }

  async #one(id: string): Promise<StoredRequest & { readonly place: InvitationPlace }> {
    await this.refresh();
    const asked = this.#asked.find(({ request }) => request.identity === id);
    if (asked !== undefined) return asked;
    throw new ClientError('CLIENT_NO_REQUEST', 'nobody of that identity asks to be let in');
  }

  #host(): Promise<SpaceHosting> {
    this.#hosting ??= this.#loadHosting();
    return this.#hosting;
  }

  async #loadHosting(): Promise<SpaceHosting> {
    const [{ SpaceHosting: Hosting }, halo] = await Promise.all([
      import('./space-hosting.ts'),
      loadInvitations(),
    ]);
    return new Hosting(this.#options, halo, {
      kept: (invitation) => this.#open.keep(invitation),
      asked: () => this.#refreshUnasked(),
    });
  }

  #refreshUnasked(): void {
    this.refresh().catch((failure: unknown) => {
      const { log } = this.#options.engine.platform;
      log.event('warn', 'client.requests-not-read', { code: errorCode(failure) });
    });
  }
}
