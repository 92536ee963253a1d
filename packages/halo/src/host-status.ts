/** What a host's screen shows of an invitation. */
import type { DoorState } from './door-state.ts';
import type { HostState, SpentReason } from './host-state.ts';
import type { AdmissionRequest } from './pairing-proof.ts';

/** See above. */
export interface HostStatus {
  readonly state:
    | 'waiting' // For somebody to open the link.
    | 'opened' // Somebody with the code is there.
    | 'checking' // A try is under way.
    | 'wrong-digits' // These digits are used up; `spent` says how. New ones can be shown.
    | 'joining' // The digits matched, or there are none; the guest is reading, or being admitted.
    | 'joined' // As many as it lets in are in.
    | 'closed' // Three sets of digits are used up.
    | 'expired'
    | 'cancelled';
  /** Digits to tell the guest; only while they can still be tried. */
  readonly digits: string | undefined;
  /** 1 to 3. */
  readonly set: number;
  readonly spent: SpentReason | undefined;
  readonly expiresAtMs: number;
  /** Who is being admitted, or was admitted last. */
  readonly guest: AdmissionRequest | undefined;
  /** Guests that were let in, of so many. */
  readonly admitted: number;
  readonly uses: number;
}

/** The status of a machine of either kind. */
export function shownStatus(state: HostState | DoorState): HostStatus {
  return 'way' in state ? doorStatus(state) : digitsStatus(state);
}

function doorStatus(door: DoorState): HostStatus {
  const { admitted, expiresAtMs, guests, lines, uses } = door;
  const moving = lines.flatMap(({ phase }) => ('request' in phase ? [phase.request] : []));
  const guest = moving[0] ?? guests.at(-1)?.request;
  const none = { digits: undefined, set: 1, spent: undefined };
  return { admitted, uses, expiresAtMs, state: doorShown(door), guest, ...none };
}

function digitsStatus(host: HostState): HostStatus {
  const { admitted, digits, expiresAtMs, guests, phase, set, turn, uses } = host;
  const live = phase.at === 'open' || phase.at === 'recording' || phase.at === 'confirming';
  const isTold = live && (uses === 1 || turn !== undefined);
  const guest = 'request' in phase ? phase.request : undefined;
  return {
    ...{ admitted, uses, expiresAtMs, set },
    state: hostShown(host),
    digits: isTold ? digits : undefined,
    spent: phase.at === 'spent' ? phase.why : undefined,
    guest: guest ?? guests.at(-1)?.request,
  };
}

function doorShown({ at, lines }: DoorState): HostStatus['state'] {
  if (at !== 'open') return at;
  if (lines.some(({ phase }) => phase.at === 'entering' || phase.at === 'admitting')) {
    return 'joining';
  }
  return lines.some(({ phase }) => phase.at !== 'done' && phase.at !== 'waiting')
    ? 'opened'
    : 'waiting';
}

function hostShown({ lines, phase }: HostState): HostStatus['state'] {
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
