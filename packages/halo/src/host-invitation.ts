/**
 * An invitation on the host's side, running: lines in, decisions out. Give it every link that arrives in the
 * invitation's room; it asks back to store its record and to admit a guest that proved itself.
 */
import { softwareAgreer } from '@atoll/crypto';
import {
  idFromBytes,
  type Clock,
  type Ed25519Platform,
  type Link,
  type Rng,
  type Signer,
} from '@atoll/kernel';
import { invitationId, invitationRoom } from './derive.ts';
import { newDigits } from './digits.ts';
import { hostStep } from './host-machine.ts';
import {
  hostState,
  hostWakeAtMs,
  type HostEffect,
  type HostEvent,
  type HostProgress,
  type HostState,
  type SpentReason,
} from './host-state.ts';
import type { IdentityLog } from './identity.ts';
import {
  DEVICE_INVITATION_MS,
  INVITATION_SECRET_BYTES,
  hostFingerprint,
  type InvitationCode,
} from './invitation-code.ts';
import {
  decodeInvitationRecord,
  encodeInvitationRecord,
  type InvitationRecord,
  type InvitationTerms,
} from './invitation-record.ts';
import { PairingChannel } from './pairing-channel.ts';
import { decodeGuestMessage, encodePairing, type Offer } from './pairing-messages.ts';
import { judgeAcceptance, judgeResume, signOffer, type AdmissionRequest } from './pairing-proof.ts';
import type { Bytes } from './statements.ts';
import { encodeTicket, type Ticket } from './ticket.ts';

/** A handshake that takes longer is not one of a person waiting. */
const HANDSHAKE_TIMEOUT_MS = 20_000;
/** Links in their handshake at once; strangers in the room get no further than here. */
const HANDSHAKES_MAX = 16;
/** Longest sleep: platforms' timers overflow at 24 days, and wall clocks are corrected meanwhile. */
const SLEEP_MS_MAX = 3_600_000;

/** What a host's screen shows. */
export interface HostStatus {
  readonly state:
    | 'waiting' // For somebody to open the link.
    | 'opened' // Somebody with the code is there.
    | 'checking' // A try is under way.
    | 'wrong-digits' // These digits are used up; `spent` says how. New ones can be shown.
    | 'joining' // The digits matched; the guest is reading, or being admitted.
    | 'joined'
    | 'closed' // Three sets of digits are used up.
    | 'expired'
    | 'cancelled';
  /** Digits to tell the guest; only while they can still be tried. */
  readonly digits: string | undefined;
  /** 1 to 3. */
  readonly set: number;
  readonly spent: SpentReason | undefined;
  readonly expiresAtMs: number;
  /** Who is being admitted, or was. */
  readonly guest: AdmissionRequest | undefined;
}

/** What a running invitation needs. */
export interface HostOptions {
  readonly rng: Rng;
  readonly clock: Clock;
  readonly ed25519: Ed25519Platform;
  /** Who invites. */
  readonly log: IdentityLog;
  readonly deviceSigner: Signer;
  readonly name: string;
  /** Stores the record; must resolve only when it is durable. */
  readonly save: (record: Bytes) => Promise<void>;
  /**
   * Admits a guest: writes the statements, waits until they are durable, and gives the ticket. A rejection
   * refuses the guest.
   */
  readonly admit: (request: AdmissionRequest) => Promise<Ticket>;
  /** Told after every change. */
  readonly onChange?: (status: HostStatus) => void;
}

/** A running invitation; dispose of it when its dialog and its background life are over. */
export class HostInvitation implements Disposable {
  readonly #options: HostOptions;
  readonly #record: InvitationRecord;
  readonly #offer: Offer;
  readonly #channels = new Map<number, PairingChannel>();
  readonly #stop = new AbortController();
  readonly #startWallMs: number;
  readonly #startMonotonicMs: number;
  #state: HostState;
  #alarm: AbortController | undefined;
  #saving: Promise<void> = Promise.resolve();
  #lines = 0;
  #handshakes = 0;

  private constructor(options: HostOptions, record: InvitationRecord) {
    const { deviceSigner, log, name } = options;
    const { progress, secret, terms } = record;
    this.#options = options;
    this.#record = record;
    this.#startWallMs = options.clock.nowMs();
    this.#startMonotonicMs = options.clock.monotonicMs();
    const who = { log, device: idFromBytes('device', deviceSigner.publicKey), name };
    this.#offer = { ...terms, ...who };
    const { expiresAtMs } = terms;
    this.#state = hostState({ invitation: invitationId(secret), expiresAtMs }, progress);
    this.#dispatch({ on: 'tick' });
  }

  /** Makes an invitation; resolves when its record is durable. */
  static async create(options: HostOptions, terms: InvitationTerms): Promise<HostInvitation> {
    const { clock, rng } = options;
    const latestMs = terms.kind === 'device' ? clock.nowMs() + DEVICE_INVITATION_MS : Infinity;
    const record: InvitationRecord = {
      terms: { ...terms, expiresAtMs: Math.min(terms.expiresAtMs, latestMs) },
      secret: rng.bytes(INVITATION_SECRET_BYTES),
      hostSecret: rng.bytes(32),
      progress: { set: 1, digits: newDigits(rng), used: false, outcome: 'open' },
    };
    await options.save(encodeInvitationRecord(record));
    return new HostInvitation(options, record);
  }

  /** Continues an invitation after a restart. @throws HaloError `HALO_KEYS_MALFORMED`. */
  static restore(options: HostOptions, record: Uint8Array): HostInvitation {
    return new HostInvitation(options, decodeInvitationRecord(record));
  }

  /** What it gives to whom it lets in. */
  get terms(): InvitationTerms {
    return this.#record.terms;
  }

  /** The code to send, with a hint where to meet (may be empty). */
  code(kube: string): InvitationCode {
    const { hostSecret, secret, terms } = this.#record;
    const fingerprint = hostFingerprint(softwareAgreer(hostSecret).publicKey);
    const { expiresAtMs, kind } = terms;
    return { kind, secret, fingerprint, expiresAtMs, kube };
  }

  /** Name of the room at a server in which guests arrive. */
  room(kubeName: string): Bytes {
    return invitationRoom(this.#record.secret, kubeName);
  }

  /** What to show. */
  get status(): HostStatus {
    const { digits, expiresAtMs, phase, set } = this.#state;
    const live = phase.at === 'open' || phase.at === 'recording' || phase.at === 'confirming';
    return {
      state: shownState(this.#state),
      digits: live ? digits : undefined,
      set,
      spent: phase.at === 'spent' ? phase.why : undefined,
      expiresAtMs,
      guest: 'request' in phase ? phase.request : undefined,
    };
  }

  /** Takes a link that arrived in the room. Whoever is on it does not matter before it has shaken hands. */
  connect(link: Link): void {
    if (this.#stop.signal.aborted || this.#handshakes >= HANDSHAKES_MAX) link.close();
    else void this.#shakeHands(link);
  }

  /** Replaces digits that are used up. */
  showNewDigits(): void {
    this.#dispatch({ on: 'show-new-digits' });
  }

  /** Ends the invitation for good. Guests that ask later are told. */
  cancel(): void {
    this.#dispatch({ on: 'cancel' });
  }

  /** Leaves the room; the invitation itself goes on when it is restored. */
  [Symbol.dispose](): void {
    this.#stop.abort();
    this.#alarm?.abort();
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  async #shakeHands(link: Link): Promise<void> {
    const { clock, rng } = this.#options;
    const { hostSecret, secret } = this.#record;
    const done = new AbortController();
    this.#handshakes++;
    clock.sleep(HANDSHAKE_TIMEOUT_MS, done.signal).then(
      () => link.close(),
      () => {},
    );
    const agreer = softwareAgreer(hostSecret);
    const channel = await PairingChannel.open({ link, rng, secret, agreer });
    done.abort();
    this.#handshakes--;
    if (typeof channel === 'string') return;
    if (this.#stop.signal.aborted) channel.close();
    else this.#open(channel);
  }

  #open(channel: PairingChannel): void {
    const line = ++this.#lines;
    this.#channels.set(line, channel);
    void channel.ended.then(() => {
      this.#channels.delete(line);
      this.#dispatch({ on: 'ended', line });
    });
    this.#dispatch({ on: 'opened', line, handshakeHash: channel.handshakeHash });
    channel.onMessage((bytes) => {
      const message = decodeGuestMessage(bytes);
      if (message === undefined) channel.close();
      else this.#dispatch({ on: 'message', line, message });
    });
  }

  #dispatch(event: HostEvent): void {
    if (this.#stop.signal.aborted) return;
    const { rng } = this.#options;
    const [state, effects] = hostStep({ rng }, this.#state, event, this.#nowMs());
    const changed = state !== this.#state;
    this.#state = state;
    for (const effect of effects) this.#run(effect);
    this.#setAlarm();
    if (changed) this.#options.onChange?.(this.status);
  }

  #run(effect: HostEffect): void {
    switch (effect.do) {
      case 'record':
        this.#save(effect.record, effect.progress);
        return;
      case 'send':
        this.#channels.get(effect.line)?.send(encodePairing(effect.message));
        return;
      case 'close':
        this.#channels.get(effect.line)?.close();
        return;
      case 'offer':
        void this.#sendOffer(effect);
        return;
      case 'judge':
        void this.#judge(effect);
        return;
      case 'admit':
        void this.#admit(effect.request);
        return;
      case 'judge-resume':
        void this.#judgeResume(effect);
    }
  }

  /** One after the other: a later state must never be overwritten by an earlier one. */
  #save(record: number, progress: HostProgress): void {
    const bytes = encodeInvitationRecord({ ...this.#record, progress });
    this.#saving = this.#saving
      .then(() => this.#options.save(bytes))
      .then(
        () => this.#dispatch({ on: 'recorded', record }),
        () => this.#dispatch({ on: 'record-failed', record }),
      );
  }

  async #sendOffer({ handshakeHash, line }: Extract<HostEffect, { do: 'offer' }>): Promise<void> {
    const channel = this.#channels.get(line);
    try {
      const message = await signOffer(this.#options.deviceSigner, this.#offer, handshakeHash);
      channel?.send(encodePairing(message));
    } catch {
      channel?.close(); // The device key is out of reach: the guest sees an interrupted try.
    }
  }

  async #judge(effect: Extract<HostEffect, { do: 'judge' }>): Promise<void> {
    const { deviceSigner, ed25519: platform } = this.#options;
    const { acceptance, handshakeHash, signature } = effect;
    const about = { acceptance, handshakeHash, signature, offer: this.#offer };
    let request: AdmissionRequest | undefined;
    try {
      request = await judgeAcceptance({ platform, deviceSigner, ...about });
    } catch {
      request = undefined; // The device key is out of reach: nobody can be admitted now.
    }
    this.#dispatch({ on: 'judged', request });
  }

  async #admit(request: AdmissionRequest): Promise<void> {
    let ticket: Bytes;
    try {
      ticket = encodeTicket(await this.#options.admit(request));
    } catch {
      this.#dispatch({ on: 'admission-failed' });
      return;
    }
    this.#dispatch({ on: 'admitted', ticket });
  }

  async #judgeResume(effect: Extract<HostEffect, { do: 'judge-resume' }>): Promise<void> {
    const { handshakeHash, line, message, request } = effect;
    const { ed25519 } = this.#options;
    const isThem = await judgeResume(ed25519, message, request, handshakeHash);
    if (isThem) this.#dispatch({ on: 'resumed', line });
    else this.#channels.get(line)?.close();
  }

  /** The wall clock decides about expiry, but setting it back does not lengthen a life. */
  #nowMs(): number {
    const { clock } = this.#options;
    const elapsedMs = clock.monotonicMs() - this.#startMonotonicMs;
    return Math.max(clock.nowMs(), this.#startWallMs + elapsedMs);
  }

  #setAlarm(): void {
    this.#alarm?.abort();
    this.#alarm = undefined;
    const wakeAtMs = hostWakeAtMs(this.#state);
    if (wakeAtMs === undefined || this.#stop.signal.aborted) return;
    const alarm = new AbortController();
    this.#alarm = alarm;
    const delayMs = Math.min(Math.max(0, wakeAtMs - this.#nowMs()), SLEEP_MS_MAX);
    this.#options.clock.sleep(delayMs, alarm.signal).then(
      () => this.#dispatch({ on: 'tick' }),
      () => {},
    );
  }
}

function shownState({ lines, phase }: HostState): HostStatus['state'] {
  switch (phase.at) {
    case 'open':
      return lines.length === 0 ? 'waiting' : 'opened';
    case 'recording':
    case 'confirming':
      return 'checking';
    case 'spent':
      return 'wrong-digits';
    case 'offered':
    case 'judging':
    case 'entering':
    case 'admitting':
      return 'joining';
    default:
      return phase.at;
  }
}
