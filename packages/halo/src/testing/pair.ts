/** A host and guests of an invitation, joined by links of a simulated world. */
import { SimClock, SimRng, SimWire, World, simEd25519, simSigner, type Tap } from '@atoll/testkit';
import { agreementPublic } from './keys.ts';
import type { DeviceKey, Link } from '@atoll/kernel';
import type { Level } from '../access-level.ts';
import { readingSecret } from '../derive.ts';
import { createSpaceGenesis } from '../found-space.ts';
import { GuestInvitation, type GuestOptions, type GuestStatus } from '../guest-invitation.ts';
import type { HostOptions } from '../host-answers.ts';
import { HostInvitation } from '../host-invitation.ts';
import type { HostStatus } from '../host-status.ts';
import type { InvitationTerms, SpaceInvitationTerms } from '../invitation-record.ts';
import type { InvitationCode } from '../invitation-code.ts';
import { KeyRing } from '../key-ring.ts';
import type { AdmissionRequest, GuestSelf } from '../pairing-proof.ts';
import { createGeneration } from '../generation.ts';
import { rootCredential } from '../statement-ids.ts';
import type { Bytes } from '../statements.ts';
import type { SpaceTicket, Ticket } from '../ticket.ts';
import { person, type Person } from './people.ts';

/** Everything a test of invitations touches. */
export interface Pairing {
  readonly world: World;
  readonly rng: SimRng;
  readonly clock: SimClock;
  readonly ada: Person;
  readonly ticket: SpaceTicket;
  readonly host: HostInvitation;
  readonly code: InvitationCode;
  /** Everything that was saved, in order. */
  readonly saved: Bytes[];
  readonly admitted: AdmissionRequest[];
  readonly seen: HostStatus[];
  readonly options: HostOptions;
}

/** Choices of a test. */
export interface PairingChoices {
  readonly seed?: number;
  readonly kind?: 'space' | 'device';
  readonly level?: Level;
  readonly lifeMs?: number;
  /** Anything else than for one guest with digits. */
  readonly terms?: Partial<Pick<SpaceInvitationTerms, 'way' | 'uses' | 'for'>>;
  readonly ask?: HostOptions['ask'];
  readonly again?: HostOptions['again'];
  readonly save?: (record: Bytes, saved: Bytes[]) => Promise<void>;
  readonly admit?: (request: AdmissionRequest, ticket: Ticket) => Promise<Ticket>;
}

/** Ada invites. */
export async function invite(choices: PairingChoices = {}): Promise<Pairing> {
  const world = new World(choices.seed ?? 1);
  const rng = world.rng.fork();
  const clock = new SimClock(world);
  const ada = await person('Ada');
  const ticket = makeTicket(rng, ada, choices.level ?? 'write');
  const saved: Bytes[] = [];
  const admitted: AdmissionRequest[] = [];
  const inside = new Map<DeviceKey, Ticket>();
  const seen: HostStatus[] = [];
  const options: HostOptions = {
    rng,
    clock,
    ed25519: simEd25519,
    log: ada.log,
    deviceSigner: ada.deviceSigner,
    name: 'Ada',
    save: async (record) => {
      await choices.save?.(record, saved);
      saved.push(record);
    },
    admit: async (request) => {
      admitted.push(request);
      const own = ticketFor(request, ticket, ada);
      const given = choices.admit === undefined ? own : await choices.admit(request, own);
      inside.set(request.device, given);
      return given;
    },
    ...(choices.ask === undefined ? {} : { ask: choices.ask }),
    again: choices.again ?? ((device) => Promise.resolve(inside.get(device))),
    onChange: (status) => seen.push(status),
  };
  const expiresAtMs = clock.nowMs() + (choices.lifeMs ?? 86_400_000);
  const { level, space } = ticket;
  const usual = { way: 'digits', uses: 1, spaceName: 'Azores in May' } as const;
  const terms: InvitationTerms =
    choices.kind === 'device'
      ? { kind: 'device', expiresAtMs }
      : { kind: 'space', space, level, expiresAtMs, ...usual, ...choices.terms };
  const host = await HostInvitation.create(options, terms);
  const code = host.code('kube.example');
  return { world, rng, clock, ada, ticket, host, code, saved, admitted, seen, options };
}

function makeTicket(rng: SimRng, ada: Person, level: Level): SpaceTicket {
  const { genesis, space } = createSpaceGenesis(rng, ada.identity);
  const keys = new KeyRing();
  keys.add(createGeneration({ rng, space, of: 'membership', readers: [] }).secret);
  const credential = rootCredential(space);
  const kubes = ['https://kube.example'];
  return { kind: 'space', genesis, space, keys, name: 'Azores in May', level, credential, kubes };
}

function ticketFor(request: AdmissionRequest, ticket: SpaceTicket, ada: Person): Ticket {
  if (request.kind === 'space') return ticket;
  const { haloSecret, locatorSecret, name } = ada;
  const admissions = [...ada.log.admissions, request.admission];
  const log = { genesis: ada.log.genesis, admissions };
  return { kind: 'device', log, locatorSecret, haloSecret, halo: ticket, name };
}

/** A guest with the code, not connected yet. */
export function guestOf(
  pairing: Pairing,
  code: InvitationCode = pairing.code,
  more: Pick<GuestOptions, 'introduce' | 'before'> = {},
): { readonly guest: GuestInvitation; readonly seen: GuestStatus[] } {
  const seen: GuestStatus[] = [];
  const rng = pairing.rng.fork();
  const onChange = (status: GuestStatus): void => void seen.push(status);
  return {
    guest: new GuestInvitation({ rng, ed25519: simEd25519, code, onChange, ...more }),
    seen,
  };
}

/** A wire between two who each take an end. */
export function wire(pairing: Pairing, tap?: Tap): SimWire {
  const { world } = pairing;
  const quality = { delayMs: [5, 40], lossRate: 0, noticeMs: [0, 50] } as const;
  return new SimWire({
    world,
    rng: world.rng.fork(),
    path: 'relay',
    quality: () => quality,
    names: ['guest', 'host'],
    ...(tap === undefined ? {} : { tap }),
  });
}

/** Connects a guest with the host; returns the wire, to be cut. */
export function meet(pairing: Pairing, guest: { connect(link: Link): void }, tap?: Tap): SimWire {
  const both = wire(pairing, tap);
  pairing.host.connect(both.ends[1]);
  guest.connect(both.ends[0]);
  return both;
}

/** Lets the world go on for a while. */
export async function pass(pairing: Pairing, ms = 1_000): Promise<void> {
  await pairing.world.run(pairing.world.nowMs + ms);
}

/** Somebody as the accepting side, for a space. */
export async function selfOf(name: string, pairing: Pairing): Promise<GuestSelf> {
  const who = await person(name);
  const { deviceSigner, haloSecret, log } = who;
  const readingKey = agreementPublic(readingSecret(haloSecret, pairing.ticket.space));
  return { kind: 'space', log, deviceSigner, name, colour: 4, readingKey };
}

/** A new device without an identity. */
export function newDevice(seed: number): GuestSelf {
  const rng = new SimRng(seed);
  const deviceSigner = simSigner(rng.bytes(32));
  return {
    kind: 'device',
    deviceSigner,
    agreementKey: agreementPublic(rng.bytes(32)),
    name: 'Phone',
  };
}

/** Six digits that are not these. */
export function otherDigits(digits: string | undefined): string {
  return digits === '000000' ? '000001' : '000000';
}

/** Digits that the host shows. */
export function digitsOf(pairing: Pairing): string {
  const { digits } = pairing.host.status;
  if (digits === undefined) throw new TypeError('the host shows no digits');
  return digits;
}
