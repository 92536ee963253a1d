/** Answering an invitation: halo's running guest, with a link to the host whenever there is one. */
import {
  loadInvitations,
  roleOfLevel,
  type GuestInvitation as HaloGuest,
  type GuestOver,
  type GuestStatus,
  type Invitations,
  type Offer,
  type Ticket,
} from '@atoll/halo';
import { errorCode, type SpaceId } from '@atoll/kernel';
import type { AcceptedJoins } from './accepted-joins.ts';
import type { GuestInvitation, GuestInvitationState } from './api.ts';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import { kubeOfHint, kubeOfUrl, socketUrl } from './kube-address.ts';
import type { InvitationWay } from './invitations-api.ts';
import { LiveCell, liveUntil, sameData, type Live } from './live.ts';
import { shownName } from './shown-name.ts';

/** Wait before the host is looked for again; every look takes up to half a minute by itself. */
const REDIAL_MS = 1_000;
/** The same for who waits until a member has agreed. */
const ASKING_REDIAL_MS = 15_000;

/** What joining leads to. */
export interface Joined {
  readonly space?: string;
  readonly identity?: string;
}

/** What is offered, as far as it decides who we are for it. */
export type Offered =
  { readonly kind: 'device' } | { readonly kind: 'space'; readonly space: SpaceId };

/** What a guest needs of the client. */
export interface GuestParts {
  readonly engine: Engine;
  readonly code: string;
  /** Server to use when the code names none. */
  readonly kube: () => string | undefined;
  /** Who we are, for the offer that was made. @throws ClientError when it cannot be accepted. */
  readonly self: (offer: Offered, invitations: Invitations) => Parameters<HaloGuest['accept']>[0];
  /** True when the offer is of a space that this profile has. */
  readonly isMember: (offer: Offer) => boolean;
  /** Takes the ticket: from then on the space, or the identity, is ours. */
  readonly take: (ticket: Ticket, kube: string) => Promise<Joined>;
  /** Who we are, if we are anybody yet: for an invitation that is for somebody known. */
  readonly introduce?: () => ConstructorParameters<Invitations['GuestInvitation']>[0]['introduce'];
  /** We have asked, and wait for a member to agree. */
  readonly asked?: (offer: Offer) => void;
  /** What was accepted, also in an earlier run. */
  readonly accepted?: AcceptedJoins;
  /** We had asked in an earlier run. */
  readonly resume?: { readonly space: SpaceId; readonly spaceName: string; readonly from: string };
}

/** {@link GuestInvitation} that dials until it is over. */
export class DialingGuest implements GuestInvitation {
  readonly done: Promise<Joined>;
  readonly #parts: GuestParts;
  readonly #state = new LiveCell<GuestInvitationState>({ at: 'connecting' }, sameData);
  readonly #abort = new AbortController();
  readonly #finished = Promise.withResolvers<Joined>();
  #guest: HaloGuest | undefined;
  #invitations: Invitations | undefined;
  #away = false;
  #hasAsked = false;
  #isAccepting = false;

  constructor(parts: GuestParts) {
    this.#parts = parts;
    this.done = this.#finished.promise;
    // Whoever only watches `state` has not asked for a rejection.
    this.done.catch(() => undefined);
    parts.engine.signal.addEventListener('abort', () => this.#abort.abort());
    void this.#run();
  }

  get state(): Live<GuestInvitationState> {
    return this.#state;
  }

  submit(digits: string): void {
    this.#guest?.enterDigits(digits);
  }

  accept(text = ''): void {
    const offer = this.#guest?.status.offer;
    const invitations = this.#invitations;
    if (offer === undefined || invitations === undefined || this.#isAccepting) return;
    this.#isAccepting = true;
    this.#accept(offer, invitations, text)
      .catch((failure: unknown) => this.#fail(failure))
      .finally(() => (this.#isAccepting = false));
  }

  /** The host hears of it once it is durable here that we have accepted. */
  async #accept(offer: Offer, invitations: Invitations, text: string): Promise<void> {
    const self = this.#parts.self(offer, invitations);
    const { secret } = invitations.parseInvitationCode(this.#parts.code);
    const isKept = offer.kind === 'space' && this.#guest?.status.way !== 'ask';
    if (isKept) await this.#parts.accepted?.keep({ secret, space: offer.space });
    this.#guest?.accept(self, text);
  }

  decline(): void {
    this.#guest?.decline();
  }

  cancel(): void {
    this.#abort.abort();
    this.#guest?.[Symbol.dispose]();
    this.#finished.reject(new ClientError('CLIENT_INVITATION', 'joining was cancelled'));
  }

  async #run(): Promise<void> {
    try {
      const invitations = await loadInvitations();
      this.#invitations = invitations;
      const { GuestInvitation: Guest, parseInvitationCode } = invitations;
      if (this.#abort.signal.aborted) return;
      const code = parseInvitationCode(this.#parts.code);
      const kube = kubeOfHint(code.kube) ?? kubeOfUrl(this.#parts.code) ?? this.#parts.kube();
      if (kube === undefined) {
        throw new ClientError('CLIENT_NO_SERVER', 'the invitation names no server');
      }
      const { rng, ed25519 } = this.#parts.engine.platform;
      const introduce = this.#parts.introduce?.();
      const before = await this.#before(code.secret, invitations);
      if (this.#abort.signal.aborted) return;
      const guest = new Guest({
        ...{ rng, ed25519, code, introduce, before },
        onChange: (status) => this.#changed(status),
      });
      this.#guest = guest;
      void this.#dial(guest, socketUrl(kube));
      await this.#end(await guest.outcome, kube);
      await this.#parts.accepted?.forget(code.secret);
    } catch (failure) {
      this.#fail(failure);
    } finally {
      this.#abort.abort();
    }
  }

  /** What we did by this invitation in an earlier run. */
  async #before(
    secret: Uint8Array,
    invitations: Invitations,
  ): Promise<ConstructorParameters<Invitations['GuestInvitation']>[0]['before']> {
    const { accepted, resume, self } = this.#parts;
    const space = resume?.space ?? (await accepted?.of(secret));
    if (space === undefined) return undefined;
    const did = resume === undefined ? 'accepted' : 'asked';
    return { did, space, self: self({ kind: 'space', space }, invitations) };
  }

  /** Looks for the host, again and again, until the invitation is over. */
  async #dial(guest: HaloGuest, url: string): Promise<void> {
    const { signal } = this.#abort;
    const { online, platform } = this.#parts.engine;
    while (!signal.aborted) {
      try {
        await liveUntil(online, (isOnline) => isOnline, signal);
        const at = { url, room: guest.room('') };
        const link = await this.#parts.engine.mesh.dialInvitation(at, signal);
        this.#away = false;
        guest.connect(link);
        await Promise.race([link.ended, offline(online, signal)]);
        if (signal.aborted || !online.get()) link.close();
      } catch {
        this.#away = true;
        this.#changed(guest.status);
      }
      const isAsking = guest.status.state === 'asked';
      await platform.clock
        .sleep(isAsking ? ASKING_REDIAL_MS : REDIAL_MS, signal)
        .catch(() => undefined);
    }
  }

  async #end(outcome: Awaited<HaloGuest['outcome']>, kube: string): Promise<void> {
    if (!outcome.joined) {
      this.#state.set(overState(outcome.why));
      const { why } = outcome;
      this.#finished.reject(new ClientError('CLIENT_INVITATION', `the invitation ended: ${why}`));
      return;
    }
    this.#state.set({ at: 'joining' });
    const joined = await this.#parts.take(outcome.ticket, kube);
    const { space } = joined;
    this.#state.set(space === undefined ? { at: 'joined' } : { at: 'joined', space });
    this.#finished.resolve(joined);
  }

  #changed(status: GuestStatus): void {
    const { offer, state } = status;
    if (state === 'offered' && offer !== undefined && this.#parts.isMember(offer)) {
      const known = offer.kind === 'space' ? { space: offer.space } : {};
      this.#state.set({ at: 'ended', why: 'already-member', ...known });
      const failure = new ClientError('CLIENT_INVITATION', 'this profile is a member already');
      this.#finished.reject(failure);
      this.#guest?.[Symbol.dispose]();
      this.#abort.abort();
      return;
    }
    const shown = this.#shown(status);
    if (shown !== undefined) this.#state.set(shown);
  }

  /** `undefined` where the outcome says the rest. */
  #shown({ note, offer, state, way }: GuestStatus): GuestInvitationState | undefined {
    switch (state) {
      case 'seeking':
        return { at: this.#away ? 'host-away' : 'connecting' };
      case 'digits':
        if (note === undefined) return { at: 'digits' };
        return { at: 'digits', problem: note === 'old' ? 'old' : 'wrong' };
      case 'no-digits':
        return { at: 'digits', problem: note === 'old' ? 'old' : 'wrong' };
      case 'offered':
        return offer === undefined ? undefined : confirmState(offer, way);
      case 'busy':
        return { at: 'host-busy' };
      case 'checking':
      case 'joining':
        return { at: state };
      case 'asked':
        return this.#askedState(offer);
      case 'joined':
      case 'over':
        return undefined;
    }
  }

  /** Kept the first time, so that the answer is heard after a restart too. */
  #askedState(offer: Offer | undefined): GuestInvitationState {
    const { asked, resume } = this.#parts;
    const isFirst = !this.#hasAsked && resume === undefined;
    this.#hasAsked = true;
    if (offer?.kind !== 'space') {
      return {
        at: 'asked',
        space: shownName(resume?.spaceName ?? ''),
        from: shownName(resume?.from ?? ''),
      };
    }
    if (isFirst) asked?.(offer);
    return { at: 'asked', space: shownName(offer.spaceName), from: shownName(offer.name) };
  }

  #fail(failure: unknown): void {
    const code = errorCode(failure);
    const message = failure instanceof Error ? failure.message : 'joining failed';
    const isMalformed = code.startsWith('HALO_CODE') || code === 'HALO_NOT_A_CODE';
    this.#state.set(isMalformed ? { at: 'malformed', code } : { at: 'failed', code, message });
    this.#finished.reject(failure);
  }
}

function confirmState(offer: Offer, way: InvitationWay): GuestInvitationState {
  if (offer.kind === 'device')
    return { at: 'confirm', from: shownName(offer.name), kind: 'device', way };
  const { level, name, spaceName } = offer;
  const [from, space] = [shownName(name), shownName(spaceName)];
  return { at: 'confirm', from, space, role: roleOfLevel(level), kind: 'space', way };
}

function overState(why: GuestOver): GuestInvitationState {
  switch (why) {
    case 'used':
    case 'cancelled':
    case 'expired':
    case 'closed':
    case 'declined':
    case 'turned-away':
    case 'not-for-you':
      return { at: 'ended', why };
    case 'refused':
    case 'wrong-host':
    case 'broken':
      return {
        at: 'failed',
        code: 'CLIENT_INVITATION',
        message: `the other side did not answer as it must (${why})`,
      };
  }
}

/** Resolves when the user goes offline or joining is given up. */
function offline(online: Live<boolean>, signal: AbortSignal): Promise<unknown> {
  return liveUntil(online, (isOnline) => !isOnline, signal).catch(() => undefined);
}

/** Who we are for a space that is offered to an identity. @throws ClientError `CLIENT_INVITATION`, `CLIENT_NO_IDENTITY`. */
export function selfFor(
  engine: Engine,
  offer: Offered,
  readingKeyOf: Invitations['readingKeyOf'],
): ReturnType<GuestParts['self']> {
  if (offer.kind !== 'space') {
    throw new ClientError('CLIENT_INVITATION', 'this invitation is for a device of one’s own');
  }
  const { deviceSigner, secretsOf } = engine;
  const { colour, displayName, haloSecret, log } = engine.requireIdentity();
  const readingKey = readingKeyOf(secretsOf(haloSecret).toState(), offer.space);
  return { kind: 'space', log, deviceSigner, name: displayName, colour, readingKey };
}
