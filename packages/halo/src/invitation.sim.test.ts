/** Invitations in bad worlds: lines break at any message, guests err, the host's program is restarted. */
import { SimWire, type SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import type { GuestInvitation } from './guest-invitation.ts';
import { HostInvitation } from './host-invitation.ts';
import { decodeInvitationRecord } from './invitation-record.ts';
import { guestOf, invite, otherDigits, selfOf, type Pairing } from './testing/pair.ts';

const SEEDS = Array.from({ length: 40 }, (_, at) => at + 1);
const NAMES = ['Jun', 'Mira'];
/** Chance for each message that the line breaks with it. */
const LOSS = 0.15;
const TURNS = 120;
const TURN_MS = 500;

interface Player {
  readonly name: string;
  readonly guest: GuestInvitation;
  line: SimWire | undefined;
}

interface Scene {
  readonly pairing: Pairing;
  readonly rng: SimRng;
  readonly guests: Player[];
  host: HostInvitation;
  restarts: number;
}

test.each(SEEDS)(
  'at most one guest joins, and whoever was admitted gets in, seed %i',
  async (seed) => {
    // Admission takes its time, so that lines break and programs end in the middle of it.
    const slow: { admit: () => Promise<unknown> } = { admit: () => Promise.resolve() };
    const pairing = await invite({ seed, admit: (_, ticket) => slow.admit().then(() => ticket) });
    const { host, world } = pairing;
    const rng = world.rng.fork();
    slow.admit = () => new Promise<void>((done) => world.schedule(rng.int(900), done));
    const guests = NAMES.map((name): Player => ({
      name,
      guest: guestOf(pairing).guest,
      line: undefined,
    }));
    const scene: Scene = { pairing, rng, guests, host, restarts: 0 };
    for (let turn = 0; turn < TURNS; turn++) {
      await playTurn(scene, turn < TURNS / 2 ? LOSS : 0);
      await world.run(world.nowMs + TURN_MS);
    }
    const admitted = new Set(pairing.admitted.map(({ device }) => device));
    expect(admitted.size).toBeLessThanOrEqual(1);
    const joined = guests.filter(({ guest }) => guest.status.state === 'joined');
    expect(joined.length).toBeLessThanOrEqual(1);
    const { state } = scene.host.status;
    expect(['joined', 'closed'], `${scene.restarts} restarts`).toContain(state);
    if (state === 'joined') expect(joined).toHaveLength(1);
    const { progress } = decodeInvitationRecord(pairing.saved.at(-1) ?? new Uint8Array());
    expect(progress.outcome).toBe(state);
  },
);

async function playTurn(scene: Scene, loss: number): Promise<void> {
  const { guests, rng } = scene;
  if (loss > 0 && rng.chance(0.02)) restart(scene);
  if (scene.host.status.state === 'wrong-digits') scene.host.showNewDigits();
  for (const player of guests) await act(scene, player, loss);
}

/** What a person does who looks at the screen twice a second. */
async function act({ host, pairing, rng }: Scene, player: Player, loss: number): Promise<void> {
  const { guest, line, name } = player;
  const { state } = guest.status;
  if (state === 'over' || state === 'joined') return;
  if (line?.isBroken !== false) player.line = connect({ host, pairing, rng }, guest, loss);
  const { digits } = host.status;
  if (state === 'digits' && digits !== undefined && rng.chance(0.3)) {
    guest.enterDigits(rng.chance(0.25) ? otherDigits(digits) : digits);
  }
  if (state === 'offered') guest.accept(await selfOf(name, pairing));
}

function restart(scene: Scene): void {
  const { pairing } = scene;
  scene.host[Symbol.dispose]();
  for (const one of scene.guests) one.line?.break();
  scene.host = HostInvitation.restore(pairing.options, pairing.saved.at(-1) ?? new Uint8Array());
  scene.restarts++;
}

function connect(
  scene: Pick<Scene, 'host' | 'pairing' | 'rng'>,
  guest: GuestInvitation,
  lossRate: number,
): SimWire {
  const { world } = scene.pairing;
  const quality = { delayMs: [5, 120], lossRate, noticeMs: [0, 400] } as const;
  const both = new SimWire({
    world,
    rng: scene.rng.fork(),
    path: 'relay',
    quality: () => quality,
    names: ['guest', 'host'],
  });
  scene.host.connect(both.ends[1]);
  guest.connect(both.ends[0]);
  // What one side closes is gone for both.
  void both.ends[0].ended.then(() => both.break());
  return both;
}
