/** What the host's machine waits for: signatures, the space, and who is to be let in. Each ends in an event. */
import {
  errorCode,
  idFromBytes,
  type Clock,
  type DeviceKey,
  type Ed25519Platform,
  type Rng,
  type Signer,
} from '@atoll/kernel';
import type { HostStatus } from './host-status.ts';
import type { AskAnswer, HostEffect, HostEvent } from './host-state.ts';
import type { IdentityLog } from './identity.ts';
import { judgeIntroduction } from './introduction.ts';
import { wayOf, type InvitationTerms } from './invitation-record.ts';
import type { Offer } from './pairing-messages.ts';
import { judgeAcceptance, judgeResume, type AdmissionRequest } from './pairing-proof.ts';
import type { Bytes } from './statements.ts';
import { encodeTicket, type Ticket } from './ticket.ts';

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
   * Admits a guest: writes the statements, waits until they are durable, and gives the ticket. Asked again for a
   * guest whom it has admitted, it gives the same. A rejection refuses the guest; with `HALO_INVITATION_USED` it
   * says that others were let in before.
   */
  readonly admit: (request: AdmissionRequest) => Promise<Ticket>;
  /** Somebody asks to be let in; of an invitation by which people ask. */
  readonly ask?: (request: AdmissionRequest, text: string) => Promise<Standing>;
  /** What a device gets that comes back and was let in, or has asked; `undefined` for a stranger. */
  readonly again?: (device: DeviceKey) => Promise<Standing | undefined>;
  /** Told after every change. */
  readonly onChange?: (status: HostStatus) => void;
}

/** Where somebody stands who has asked, or was let in. */
export type Standing = 'pending' | 'refused' | Ticket;

/** See above. */
export class HostAnswers {
  readonly #options: HostOptions;
  readonly #terms: InvitationTerms;
  readonly offer: Offer;

  constructor(options: HostOptions, terms: InvitationTerms) {
    this.#options = options;
    this.#terms = terms;
    const { deviceSigner, log, name } = options;
    const who = { log, device: idFromBytes('device', deviceSigner.publicKey), name };
    this.offer =
      terms.kind === 'device'
        ? { ...who, kind: 'device' }
        : {
            ...who,
            ...{
              kind: 'space',
              space: terms.space,
              spaceName: terms.spaceName,
              level: terms.level,
            },
          };
  }

  /** Whether an acceptance proves what it says. */
  async judge(effect: Extract<HostEffect, { do: 'judge' }>): Promise<HostEvent> {
    const { deviceSigner, ed25519: platform } = this.#options;
    const { acceptance, handshakeHash, line, signature } = effect;
    const about = { acceptance, handshakeHash, signature, offer: this.offer };
    let request: AdmissionRequest | undefined;
    try {
      request = await judgeAcceptance({ platform, deviceSigner, ...about });
    } catch {
      request = undefined; // The device key is out of reach: nobody can be admitted now.
    }
    return { on: 'judged', line, request: this.#isFor(request) ? request : undefined };
  }

  /** Whether the one is there whom the invitation is for. */
  async judgeIntroduction(
    effect: Extract<HostEffect, { do: 'judge-introduction' }>,
  ): Promise<HostEvent> {
    const { handshakeHash, line, message } = effect;
    const { ed25519 } = this.#options;
    const identity = this.#terms.kind === 'space' ? this.#terms.for : undefined;
    const isThem =
      identity !== undefined &&
      (await judgeIntroduction(ed25519, message, { identity, handshakeHash }));
    return { on: 'introduced', line, isThem };
  }

  /** Lets a guest in. */
  async admit({ line, request }: Extract<HostEffect, { do: 'admit' }>): Promise<HostEvent> {
    try {
      return { on: 'admitted', line, ticket: encodeTicket(await this.#options.admit(request)) };
    } catch (failure) {
      const isUsedUp = errorCode(failure) === 'HALO_INVITATION_USED';
      return { on: 'admission-failed', line, isUsedUp };
    }
  }

  /** Notes that somebody asks. */
  async ask({ line, request, text }: Extract<HostEffect, { do: 'ask' }>): Promise<HostEvent> {
    const standing = await this.#options.ask?.(request, text);
    return { on: 'answered', line, answer: answerOf(standing ?? 'refused') };
  }

  /** Who comes back on a new line; `undefined` for somebody who is not the device that he names. */
  async judgeResume(
    effect: Extract<HostEffect, { do: 'judge-resume' }>,
  ): Promise<HostEvent | undefined> {
    const { guest, handshakeHash, line, message } = effect;
    const isThem = await judgeResume(this.#options.ed25519, message, handshakeHash);
    if (!isThem) return undefined;
    if (guest !== undefined) return { on: 'resumed', line, ticket: guest.ticket };
    return (
      (await this.standing(line, message.device)) ?? { on: 'resumed', line, ticket: undefined }
    );
  }

  /** Where a device stands that is known. */
  async standing(line: number, device: DeviceKey): Promise<HostEvent | undefined> {
    const standing = await this.#options.again?.(device);
    if (standing === undefined) return undefined;
    const answer = answerOf(standing);
    if (wayOf(this.#terms) === 'ask') return { on: 'answered', line, answer };
    return { on: 'resumed', line, ticket: typeof answer === 'string' ? undefined : answer };
  }

  #isFor(request: AdmissionRequest | undefined): boolean {
    const named = this.#terms.kind === 'space' ? this.#terms.for : undefined;
    return named === undefined || (request?.kind === 'space' && request.identity === named);
  }
}

function answerOf(standing: Standing): AskAnswer {
  return typeof standing === 'string' ? standing : encodeTicket(standing);
}
