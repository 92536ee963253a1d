/**
 * An invitation on the host's side, running: lines in, decisions out. Give it every link that arrives in the
 * invitation's room; it asks back to store its record and to admit a guest that proved itself.
 */
import { softwareAgreer } from '@atoll/crypto';
import type { DeviceKey, Link } from '@atoll/kernel';
import { invitationRoom } from './derive.ts';
import { HostAnswers, type HostOptions } from './host-answers.ts';
import { HostCore } from './host-core.ts';
import { shownStatus, type HostStatus } from './host-status.ts';
import { NO_LINE, type HostEffect, type HostEvent, type HostProgress } from './host-state.ts';
import { hostFingerprint, type InvitationCode } from './invitation-code.ts';
import {
  decodeInvitationRecord,
  encodeInvitationRecord,
  type InvitationRecord,
  type InvitationTerms,
} from './invitation-record.ts';
import { newInvitation } from './new-invitation.ts';
import { PairingChannel } from './pairing-channel.ts';
import { decodeGuestMessage, encodePairing } from './pairing-messages.ts';
import { signOffer } from './pairing-proof.ts';
import type { Bytes } from './statements.ts';

/** A handshake that takes longer is not one of a person waiting. */
const HANDSHAKE_TIMEOUT_MS = 20_000;
/** Links in their handshake at once; strangers in the room get no further than here. */
const HANDSHAKES_MAX = 16;
/** Longest sleep: platforms' timers overflow at 24 days, and wall clocks are corrected meanwhile. */
const SLEEP_MS_MAX = 3_600_000;

/** A running invitation; dispose of it when its dialog and its background life are over. */
export class HostInvitation implements Disposable {
  readonly #options: HostOptions;
  readonly #record: InvitationRecord;
  readonly #core: HostCore;
  readonly #answers: HostAnswers;
  readonly #channels = new Map<number, PairingChannel>();
  /** Guests that have asked and are waiting on a line. */
  readonly #waiting = new Map<number, DeviceKey>();
  readonly #stop = new AbortController();
  readonly #startWallMs: number;
  readonly #startMonotonicMs: number;
  #alarm: AbortController | undefined;
  #saving: Promise<void> = Promise.resolve();
  #lines = NO_LINE;
  #handshakes = 0;

  private constructor(options: HostOptions, record: InvitationRecord) {
    this.#options = options;
    this.#record = record;
    this.#startWallMs = options.clock.nowMs();
    this.#startMonotonicMs = options.clock.monotonicMs();
    this.#core = new HostCore(options.rng, record);
    this.#answers = new HostAnswers(options, record.terms);
    void this.#goOn();
    this.#dispatch({ on: 'tick' });
  }

  /** Makes an invitation; resolves when its record is durable. @throws HaloError `HALO_INVITATION_TERMS`. */
  static create(options: HostOptions, terms: InvitationTerms): Promise<HostInvitation> {
    const { clock, rng } = options;
    return HostInvitation.begin(options, newInvitation({ nowMs: clock.nowMs(), rng }, terms));
  }

  /** Begins with a record that is not stored yet; resolves when it is durable. */
  static async begin(options: HostOptions, record: InvitationRecord): Promise<HostInvitation> {
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

  /** Address of the server at which guests arrive. */
  get kube(): string {
    return this.#record.kube;
  }

  /** Name of the room at a server in which guests arrive. */
  room(kubeName: string): Bytes {
    return invitationRoom(this.#record.secret, kubeName);
  }

  /** What to show. */
  get status(): HostStatus {
    return shownStatus(this.#core.state);
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

  /** Others have let in as many as it may. Who is being let in here hears what the space says of it. */
  allIn(): void {
    this.#dispatch({ on: 'all-in' });
  }

  /** Resolves when everything that is to survive a restart is durable, or was refused by the keystore. */
  get settled(): Promise<void> {
    return this.#saving;
  }

  /** Somebody has decided about who asked: guests that wait on a line are told. */
  tell(): void {
    for (const [line, device] of this.#waiting) {
      void this.#answers.standing(line, device).then((event) => {
        if (event?.on === 'answered' && event.answer !== 'pending') this.#dispatch(event);
      });
    }
  }

  /** Leaves the room; the invitation itself goes on when it is restored. */
  [Symbol.dispose](): void {
    this.#stop.abort();
    this.#alarm?.abort();
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  /** Lets in whom a restart has interrupted. */
  async #goOn(): Promise<void> {
    for (const request of this.#core.interrupted) {
      this.#dispatch(await this.#answers.admit({ do: 'admit', line: NO_LINE, request }));
    }
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
      this.#waiting.delete(line);
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
    const [effects, changed] = this.#core.step(event, this.#nowMs());
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
      case 'ask':
        this.#waiting.set(effect.line, effect.request.device);
        void this.#answer(this.#answers.ask(effect), effect.line);
        return;
      case 'judge':
        void this.#answer(this.#answers.judge(effect), effect.line);
        return;
      case 'judge-introduction':
        void this.#answer(this.#answers.judgeIntroduction(effect), effect.line);
        return;
      case 'judge-resume':
        if (effect.guest === undefined) this.#waiting.set(effect.line, effect.message.device);
        void this.#answer(this.#answers.judgeResume(effect), effect.line);
        return;
      case 'admit':
        void this.#answer(this.#answers.admit(effect), effect.line);
    }
  }

  /** What cannot be answered, for whatever reason, ends the line: the guest comes again. */
  async #answer(answer: Promise<HostEvent | undefined>, line: number): Promise<void> {
    const event = await answer.catch(() => undefined);
    if (event === undefined) this.#channels.get(line)?.close();
    else this.#dispatch(event);
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
      const { offer } = this.#answers;
      const message = await signOffer(this.#options.deviceSigner, offer, handshakeHash);
      channel?.send(encodePairing(message));
    } catch {
      channel?.close(); // The device key is out of reach: the guest sees an interrupted try.
    }
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
    const wakeAtMs = this.#core.wakeAtMs;
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
