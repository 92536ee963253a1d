/**
 * An invitation on the guest's side, running: give it a link to the host whenever there is one, the digits,
 * and its user's answer; it ends with a ticket or a reason.
 */
import { freshAgreer } from '@atoll/crypto';
import {
  equalBytes,
  idFromBytes,
  type Ed25519Platform,
  type Link,
  type Rng,
  type Signer,
  type SpaceId,
} from '@atoll/kernel';
import { invitationId, invitationRoom } from './derive.ts';
import { parseDigits } from './digits.ts';
import {
  guestState,
  guestStep,
  type GuestEffect,
  type GuestEvent,
  type GuestNote,
  type GuestOver,
  type GuestState,
} from './guest-machine.ts';
import { HaloError } from './halo-error.ts';
import { checkIdentityLog, hasDevice } from './identity-log-check.ts';
import type { IdentityLog } from './identity.ts';
import { knownTag, signIntroduction } from './introduction.ts';
import type { InvitationCode } from './invitation-code.ts';
import { PairingChannel } from './pairing-channel.ts';
import {
  ASK_CHARACTERS_MAX,
  decodeHostMessage,
  encodePairing,
  fitsAsk,
  type Offer,
} from './pairing-messages.ts';
import { judgeOffer, signAcceptance, signResume, type GuestSelf } from './pairing-proof.ts';
import { identityIdOf } from './statement-ids.ts';
import type { InvitationWay } from './statements-invitations.ts';
import type { Bytes } from './statements.ts';
import { decodeTicket, type Ticket } from './ticket.ts';

/** What a guest's screen shows. */
export interface GuestStatus {
  readonly state:
    | 'seeking' // Nobody there yet.
    | 'digits' // The host is there: type the six digits.
    | 'no-digits' // The last digits are used up; the host must show new ones.
    | 'busy' // The host is there, with somebody else.
    | 'checking'
    | 'offered' // The digits matched: who invites to what is in `offer`.
    | 'joining'
    | 'asked' // A member has to agree; that can take days.
    | 'joined'
    | 'over';
  /** How the last digits ended. */
  readonly note: GuestNote | undefined;
  readonly offer: Offer | undefined;
  /** What the host asks of its guests; known once it is there. */
  readonly way: InvitationWay;
  readonly over: GuestOver | undefined;
  /** When the invitation ends, as the host says, or as the code hints before that. */
  readonly expiresAtMs: number;
}

/** How it ended. */
export type GuestOutcome =
  | { readonly joined: true; readonly ticket: Ticket }
  | { readonly joined: false; readonly why: GuestOver };

/** What a running guest needs. */
export interface GuestOptions {
  readonly rng: Rng;
  readonly ed25519: Ed25519Platform;
  readonly code: InvitationCode;
  /** Who we are, to prove that an invitation for somebody known is for us; absent for nobody yet. */
  readonly introduce?: { readonly log: IdentityLog; readonly deviceSigner: Signer } | undefined;
  /** What we did before the program was started again: as whom, and for which space. */
  readonly before?:
    | { readonly did: 'asked' | 'accepted'; readonly self: GuestSelf; readonly space: SpaceId }
    | undefined;
  /** Told after every change. */
  readonly onChange?: (status: GuestStatus) => void;
}

/** A guest with a code. */
export class GuestInvitation implements Disposable {
  /** Resolves once, when nothing more can happen. */
  readonly outcome: Promise<GuestOutcome>;
  readonly #options: GuestOptions;
  #state: GuestState;
  #channel: PairingChannel | undefined;
  #self: GuestSelf | undefined;
  #accepted: Offer | undefined;
  #space: SpaceId | undefined;
  #isClosed = false;
  #resolve: (outcome: GuestOutcome) => void = () => {};

  constructor(options: GuestOptions) {
    this.#options = options;
    const { before, code } = options;
    this.#state = guestState(invitationId(code.secret), before?.did);
    this.#self = before?.self;
    this.#space = before?.space;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Name of the room at a server in which the host waits. */
  room(kubeName: string): Bytes {
    return invitationRoom(this.#options.code.secret, kubeName);
  }

  /** What to show. */
  get status(): GuestStatus {
    const { expiresAtMs, note, phase, way } = this.#state;
    return {
      state: shownState(this.#state),
      note,
      way,
      offer: 'offer' in phase && phase.at === 'offered' ? phase.offer : this.#accepted,
      over: phase.at === 'over' ? phase.why : undefined,
      expiresAtMs: expiresAtMs === 0 ? this.#options.code.expiresAtMs : expiresAtMs,
    };
  }

  /** Takes a link to somebody in the room. One is enough: while it lives, others are closed. */
  connect(link: Link): void {
    void this.#shakeHands(link);
  }

  /** Six digits as typed. Before there is a host they wait for it. @throws HaloError `HALO_DIGITS_MALFORMED`. */
  enterDigits(text: string): void {
    this.#dispatch({ on: 'digits', digits: parseDigits(text) });
  }

  /**
   * Agrees to the offer. Where a member has to agree, `text` says to that one who it is, in at most
   * {@link ASK_CHARACTERS_MAX} characters. @throws HaloError `HALO_INVITATION_OVER` when there is no offer, or one of
   * another kind; `HALO_TEXT_TOO_LONG`.
   */
  accept(self: GuestSelf, text = ''): void {
    if (!fitsAsk(text)) {
      throw new HaloError('HALO_TEXT_TOO_LONG', `at most ${ASK_CHARACTERS_MAX} characters`);
    }
    const { phase } = this.#state;
    if (phase.at !== 'offered' || phase.offer.kind !== self.kind) {
      throw new HaloError('HALO_INVITATION_OVER', 'there is no such offer to accept');
    }
    this.#self = self;
    this.#accepted = phase.offer;
    this.#space = phase.offer.kind === 'space' ? phase.offer.space : undefined;
    this.#dispatch({ on: 'accept', text });
  }

  /** Says no, at any time before joining. */
  decline(): void {
    this.#dispatch({ on: 'decline' });
  }

  /** Leaves. An invitation that was not accepted stays good for another start. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#channel?.close();
  }

  async #shakeHands(link: Link): Promise<void> {
    const { code, rng } = this.#options;
    const { fingerprint, secret } = code;
    const agreer = await freshAgreer(rng);
    const channel = await PairingChannel.open({ link, rng, secret, agreer, fingerprint });
    if (channel === 'wrong-host') this.#dispatch({ on: 'wrong-host' });
    if (typeof channel === 'string') return;
    if (this.#isClosed || this.#channel !== undefined) channel.close();
    else this.#open(channel);
  }

  #open(channel: PairingChannel): void {
    this.#channel = channel;
    void channel.ended.then(() => {
      this.#channel = undefined;
      this.#dispatch({ on: 'ended' });
    });
    this.#dispatch({ on: 'opened', handshakeHash: channel.handshakeHash });
    channel.onMessage((bytes) => {
      const message = decodeHostMessage(bytes);
      if (message === undefined) channel.close();
      else this.#dispatch({ on: 'message', message });
    });
  }

  #dispatch(event: GuestEvent): void {
    if (this.#isClosed) return;
    const { rng } = this.#options;
    const [state, effects] = guestStep({ rng }, this.#state, event);
    const changed = state !== this.#state;
    const wasEnded = isEnd(this.#state);
    this.#state = state;
    for (const effect of effects) this.#run(effect);
    if (changed && !wasEnded && isEnd(state)) void this.#finish(state);
    if (changed) this.#options.onChange?.(this.status);
  }

  #run(effect: GuestEffect): void {
    switch (effect.do) {
      case 'send':
        this.#channel?.send(encodePairing(effect.message));
        return;
      case 'close':
        this.#channel?.close();
        return;
      case 'judge-offer':
        void this.#judgeOffer(effect);
        return;
      case 'send-acceptance':
        void this.#sendAcceptance(effect);
        return;
      case 'introduce':
        void this.#introduce(effect);
        return;
      case 'send-resume':
        void this.#sendResume(effect.handshakeHash);
    }
  }

  async #judgeOffer(effect: Extract<GuestEffect, { do: 'judge-offer' }>): Promise<void> {
    const { handshakeHash, message } = effect;
    const isTrue = await judgeOffer(this.#options.ed25519, message, handshakeHash);
    this.#dispatch({ on: 'offer-judged', isTrue });
  }

  async #sendAcceptance(effect: Extract<GuestEffect, { do: 'send-acceptance' }>): Promise<void> {
    if (this.#self === undefined) return;
    const channel = this.#channel;
    const message = await signAcceptance(this.#self, effect.offer, effect.handshakeHash);
    const { text } = effect;
    const { acceptance, signature } = message;
    const asking =
      text === undefined ? message : ({ say: 'ask', acceptance, signature, text } as const);
    channel?.send(encodePairing(asking));
  }

  /** Only the one who is meant says who he is; whoever else asks learns nothing. */
  async #introduce(effect: Extract<GuestEffect, { do: 'introduce' }>): Promise<void> {
    const { introduce: self } = this.#options;
    const { handshakeHash, known } = effect;
    const own = self && knownTag(handshakeHash, identityIdOf(self.log.genesis));
    if (self === undefined || own === undefined || !equalBytes(own, known)) {
      this.#dispatch({ on: 'not-named' });
      return;
    }
    const channel = this.#channel;
    channel?.send(encodePairing(await signIntroduction(self, handshakeHash)));
  }

  async #sendResume(handshakeHash: Bytes): Promise<void> {
    if (this.#self === undefined) return;
    const channel = this.#channel;
    const message = await signResume(this.#self.deviceSigner, handshakeHash);
    channel?.send(encodePairing(message));
  }

  async #finish({ phase }: GuestState): Promise<void> {
    if (phase.at === 'over') this.#resolve({ joined: false, why: phase.why });
    if (phase.at !== 'joined') return;
    const ticket = await this.#readTicket(phase.ticket);
    if (ticket === undefined) this.#resolve({ joined: false, why: 'broken' });
    else this.#resolve({ joined: true, ticket });
  }

  /** A ticket is for what was offered, or it is none. */
  async #readTicket(bytes: Bytes): Promise<Ticket | undefined> {
    const offer = this.#accepted;
    const ticket = decodeOrNothing(bytes);
    if (ticket === undefined || this.#self === undefined) return undefined;
    if (ticket.kind === 'space') return ticket.space === this.#space ? ticket : undefined;
    const { log } = ticket;
    const devices = await checkIdentityLog(this.#options.ed25519, log);
    const own = idFromBytes('device', this.#self.deviceSigner.publicKey);
    const isOffered =
      offer?.kind === 'device' && identityIdOf(log.genesis) === identityIdOf(offer.log.genesis);
    return isOffered && devices !== undefined && hasDevice(devices, own) ? ticket : undefined;
  }
}

function decodeOrNothing(bytes: Bytes): Ticket | undefined {
  try {
    return decodeTicket(bytes);
  } catch (failure) {
    if (failure instanceof HaloError) return undefined;
    throw failure;
  }
}

function isEnd({ phase }: GuestState): boolean {
  return phase.at === 'joined' || phase.at === 'over';
}

function shownState({ phase }: GuestState): GuestStatus['state'] {
  switch (phase.at) {
    case 'ready':
      return 'digits';
    case 'entering':
    case 'trying':
    case 'confirming':
    case 'confirmed':
    case 'checking':
      return 'checking';
    case 'awaiting-ticket':
      return 'joining';
    default:
      return phase.at;
  }
}
