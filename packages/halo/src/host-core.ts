/** The machine that an invitation's way in needs: tries of digits are judged by one, all else by the other. */
import type { Rng } from '@atoll/kernel';
import { invitationId } from './derive.ts';
import { doorStep } from './door-machine.ts';
import { doorState, doorWakeAtMs, type DoorState } from './door-state.ts';
import { hostStep } from './host-machine.ts';
import {
  hostState,
  hostWakeAtMs,
  type HostEffect,
  type HostEvent,
  type HostState,
} from './host-state.ts';
import { knownTag } from './introduction.ts';
import { usesOf, wayOf, type InvitationRecord } from './invitation-record.ts';
import type { AdmissionRequest } from './pairing-proof.ts';

/** See above. */
export class HostCore {
  readonly #rng: Rng;
  #state: HostState | DoorState;

  constructor(rng: Rng, { progress, secret, terms }: InvitationRecord) {
    this.#rng = rng;
    const { expiresAtMs } = terms;
    const uses = usesOf(terms);
    const way = wayOf(terms);
    const named = terms.kind === 'space' ? terms.for : undefined;
    const known =
      named === undefined
        ? undefined
        : (handshakeHash: Uint8Array) => knownTag(handshakeHash, named);
    this.#state =
      way === 'digits'
        ? hostState({ invitation: invitationId(secret), expiresAtMs, uses }, progress)
        : doorState({ way, expiresAtMs, uses, known }, progress);
  }

  get state(): HostState | DoorState {
    return this.#state;
  }

  /** Guests whose admission was interrupted by a restart: to be done again. */
  get interrupted(): readonly AdmissionRequest[] {
    if ('entering' in this.#state) return this.#state.entering;
    const { phase } = this.#state;
    return phase.at === 'admitting' ? [phase.request] : [];
  }

  /** When a tick is wanted at the latest. */
  get wakeAtMs(): number | undefined {
    return 'way' in this.#state ? doorWakeAtMs(this.#state) : hostWakeAtMs(this.#state);
  }

  /** One step; what is to be done, and whether anything changed. */
  step(
    event: HostEvent,
    nowMs: number,
  ): readonly [effects: readonly HostEffect[], changed: boolean] {
    const before = this.#state;
    const [after, effects] =
      'way' in before
        ? doorStep(before, event, nowMs)
        : hostStep({ rng: this.#rng }, before, event, nowMs);
    this.#state = after;
    return [effects, after !== before];
  }
}
