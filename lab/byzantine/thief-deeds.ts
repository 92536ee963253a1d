/** What is done around a stolen laptop: by its owner's other devices, by a colleague, and by the thief. */
import type { Space } from '@atoll/echo';
import {
  admitDevice,
  logStatements,
  suspendDevice,
  withEntries,
  type LogStatement,
} from '@atoll/halo';
import { AtollError, type CredentialId } from '@atoll/kernel';
import type { SimRng } from '@atoll/testkit';
import { pretend } from '../../packages/echo/src/space/testing/pretend.ts';
import { OutlawFeed } from '../faults/town.ts';
import {
  DeviceRecord,
  SecretRecord,
  SpaceRecord,
} from '../../packages/client/src/testing/engine-on.ts';
import { Task, type Copy, type Honest, type ThiefTown } from './thief-town.ts';

const COPIES_MAX = 7;
const GUESTS_MAX = 2;
const STEP_MS = 6_000;
const NO_CREDENTIAL = '00'.repeat(32) as CredentialId;

/** One step of a world. Whoever is refused by his own program has done nothing. */
export async function thiefStep(town: ThiefTown, rng: SimRng): Promise<void> {
  try {
    await (rng.chance(0.3) ? honestStep(town, rng) : crookedStep(town, rng));
  } catch (failure) {
    if (!(failure instanceof AtollError)) throw failure;
  }
  if (rng.chance(0.6)) await town.scene.pause(rng.int(STEP_MS));
}

async function honestStep(town: ThiefTown, rng: SimRng): Promise<void> {
  const who = rng.pick(town.honest);
  if (who.isOwn && rng.chance(0.25)) return stop(town, who);
  const id = rng.pick(town.spaces);
  if (who.client.spaces.get(id) !== undefined) await town.write(who, id);
}

/** The owner stops the laptop on one of the devices that she has. */
export async function stop(town: ThiefTown, who: Honest): Promise<void> {
  const { devices } = who.client.halo;
  if (devices.lock.get() !== undefined) return;
  await town.scene.world.during(devices.suspend(town.keyOf(town.laptop)));
  if (devices.lock.get() === undefined) town.noteStopped(who);
}

async function crookedStep(town: ThiefTown, rng: SimRng): Promise<void> {
  const what = rng.int(12);
  switch (what) {
    case 0:
      return divide(town, rng);
    case 1:
      return takeCopy(town, rng);
    case 2:
      return accuse(town, rng);
    case 3:
      return letIn(town, rng);
    case 4:
      return writeByHand(town, rng);
    case 5:
      return presentStolen(town, rng);
    case 6:
      return destroy(town, rng);
    case 7:
    case 8:
      return show(town, rng, 0.6);
    case 9:
      return carryBetween(town, rng);
    case 10:
      return learn(town, rng);
    default:
      return write(town, rng);
  }
}

/** He decides who reaches whom, and the server. */
function divide({ honest, laptop, scene }: ThiefTown, rng: SimRng): void {
  const islands: string[][] = [[], []];
  for (const name of ['kube.test', laptop.name, ...honest.map((one) => one.name)]) {
    (islands[rng.int(2)] as string[]).push(name);
  }
  if (rng.chance(0.3)) scene.network.heal();
  else scene.network.partition(...islands);
}

/** Of what the laptop has now, or of what another copy has. */
async function takeCopy(town: ThiefTown, rng: SimRng): Promise<void> {
  if (town.copies.length >= COPIES_MAX) return;
  const id = rng.pick([...town.spaces, town.haloSpace]);
  const known = town.copies.filter(({ space }) => space.id === id);
  const hasOwn = town.laptop.engine.place(id) !== undefined;
  const from = !hasOwn || rng.chance(0.5) ? rng.pick(known) : undefined;
  const guest = rng.chance(0.3) ? town.guests.at(-1) : undefined;
  const signer = guest ?? town.laptop.engine.deviceSigner;
  const mayContinue = guest === undefined && rng.chance(0.6);
  await town.scene.world.during(town.copy(id, { from, signer, mayContinue }));
}

function anyCopy(town: ThiefTown, rng: SimRng): Copy {
  return rng.pick(town.copies);
}

/** Something that is met once, or that what somebody else wrote be deleted. */
async function write(town: ThiefTown, rng: SimRng): Promise<void> {
  const { space } = anyCopy(town, rng);
  const { authority, database } = space;
  const credential =
    authority.genesis === undefined
      ? NO_CREDENTIAL
      : authority.credentialFor(space.identity, 'write');
  const end = credential !== undefined && rng.chance(0.7) ? pretend(space, credential) : undefined;
  try {
    const tasks = database.query(Task).run();
    const old = rng.chance(0.3) ? rng.pick(tasks) : undefined;
    const text = old?.title ?? town.nextName('thief');
    if (old === undefined) database.add(Task, { title: text });
    else database.delete(old);
    await town.scene.world.during(space.flush());
    const { branches } = space.index;
    const hash = branches.hashOf(branches.blockCount - 1);
    const isDeleted = old !== undefined;
    town.written.push({ text, space: space.id, by: 'thief', hash, isDeleted });
  } finally {
    end?.();
  }
}

/** The laptop stops the owner's other devices, in a space of his choice. */
async function accuse(town: ThiefTown, rng: SimRng): Promise<void> {
  const about = rng.pick(town.owned);
  const { engine } = town.laptop;
  const said = await suspendDevice({
    ...{ log: town.own.log, atMs: Math.floor(town.scene.world.wallMs), device: town.keyOf(about) },
    deviceSigner: (rng.chance(0.3) ? town.guests.at(-1) : undefined) ?? engine.deviceSigner,
  });
  await say(town, rng, [said]);
}

/** And lets in devices of his own. */
async function letIn(town: ThiefTown, rng: SimRng): Promise<void> {
  if (town.guests.length >= GUESTS_MAX) return;
  const { keystore } = town.laptop.platform;
  const name = `guest-${String(town.guests.length)}`;
  const newSigner = await keystore.signer(name);
  const newAgreementKey = (await keystore.agreer(name)).publicKey;
  const admitting = town.laptop.engine.deviceSigner;
  const { log } = town.own;
  const admission = await admitDevice({ log, admitting, newSigner, newAgreementKey });
  town.guests.push(newSigner);
  await say(town, rng, [admission]);
}

/** What the owner's devices have said of the laptop, in a block that knows little. */
async function presentStolen(town: ThiefTown, rng: SimRng): Promise<void> {
  const logs = town.owned.map(({ engine }) => engine.identity.get()?.log);
  const said = logs.flatMap((log) => (log === undefined ? [] : logStatements(log)));
  if (said.length > 0) await say(town, rng, [...said]);
}

async function say(
  town: ThiefTown,
  rng: SimRng,
  statements: readonly LogStatement[],
): Promise<void> {
  town.say(withEntries(town.own.log, statements));
  const { space } = anyCopy(town, rng);
  await town.scene.world.during(space.devices.show(town.own.log));
}

/** What no program would: deps of his choice, and statements in feeds that nobody else has. */
async function writeByHand(town: ThiefTown, rng: SimRng): Promise<void> {
  const { ports, signer, space } = anyCopy(town, rng);
  const { haloSecret, log } = town.own;
  const person = { deviceSigner: signer, ports, log, haloSecret, name: 'Ada' };
  const feed = await OutlawFeed.begin({ person, space, events: [] } as never);
  for (let more = 1 + rng.int(3); more > 0; more--) {
    const deps = rng.chance(0.5) ? { deps: feed.ends().filter(() => rng.chance(0.3)) } : {};
    const about = rng.pick(town.owned);
    const stopped = await suspendDevice({
      ...{ log: town.own.log, atMs: 0, device: town.keyOf(about), deviceSigner: signer },
    });
    const control = {
      statements: rng.chance(0.5) ? [stopped] : logStatements(town.own.log).slice(-2),
      credential: NO_CREDENTIAL,
    };
    feed.write({ ...deps, ...(rng.chance(0.8) ? { control } : { bytes: 40 }) });
  }
  town.outlaws.push({ space: space.id, feed });
}

/** Puts somebody out, or spoils what the owner's devices know from each other. */
async function destroy(town: ThiefTown, rng: SimRng): Promise<void> {
  const { space } = anyCopy(town, rng);
  const { world } = town.scene;
  if (space.id === town.haloSpace) {
    spoil(space, rng);
    await world.during(space.flush());
    return;
  }
  const jun = town.honest.find(({ isOwn }) => !isOwn)?.engine.opened(space.id);
  if (jun === undefined) return;
  const { branches } = space.index;
  const before = branches.blockCount;
  try {
    await world.during(space.remove(jun.identity));
  } finally {
    if (branches.blockCount > before) {
      town.removals.push({ space: space.id, hash: branches.hashOf(before) });
    }
  }
}

function spoil({ database }: Space, rng: SimRng): void {
  switch (rng.int(4)) {
    case 0:
      for (const record of database.query(SpaceRecord).run()) record.left = new Uint8Array(1);
      break;
    case 1:
      for (const record of database.query(SpaceRecord).run()) database.delete(record);
      break;
    case 2:
      for (const record of database.query(DeviceRecord).run()) database.delete(record);
      break;
    default:
      database.add(SecretRecord, { secret: rng.bytes(32) });
  }
}

/** Shows one of the honest some of what he has, in whatever order. */
async function show(town: ThiefTown, rng: SimRng, share: number): Promise<void> {
  const to = rng.pick(town.honest);
  for (const { space } of shuffled(rng, town.copies))
    await carry(town, space, to, () => rng.chance(share));
  for (const { feed, space } of town.outlaws) {
    const into = to.engine.opened(space);
    if (into === undefined || feed.length === 0 || !rng.chance(share)) continue;
    await town.scene.world.during(into.replica.receive(await feed.run(), 'thief'));
  }
}

/** Some of what one of the honest has comes to another one by him. */
async function carryBetween(town: ThiefTown, rng: SimRng): Promise<void> {
  const [from, to] = shuffled(rng, town.honest);
  if (from === undefined || to === undefined) return;
  for (const id of [...town.spaces, town.haloSpace]) {
    const space = from.engine.opened(id);
    if (space !== undefined && rng.chance(0.6)) await carry(town, space, to, () => rng.chance(0.6));
  }
}

/** He hears some of what there is. */
async function learn(town: ThiefTown, rng: SimRng): Promise<void> {
  const { space } = anyCopy(town, rng);
  const from = rng.pick(town.honest).engine.opened(space.id);
  if (from !== undefined)
    await town.scene.world.during(transfer(from, space, () => rng.chance(0.7)));
}

async function carry(
  town: ThiefTown,
  from: Space,
  to: Honest,
  isShown: () => boolean,
): Promise<void> {
  const into = to.engine.opened(from.id);
  if (into !== undefined) await town.scene.world.during(transfer(from, into, isShown));
}

async function transfer(from: Space, to: Space, isShown: () => boolean): Promise<void> {
  await from.flush();
  for await (const run of from.replica.missingFor(to.replica.tips())) {
    if (isShown()) await to.replica.receive(run, 'thief');
  }
  await to.settled();
}

/** All that he has comes to everybody, and he hears all. */
export async function showAll(town: ThiefTown): Promise<void> {
  for (let round = 0; round < 2; round++) {
    for (const to of town.honest) {
      for (const { space } of town.copies) await carry(town, space, to, () => true);
      for (const { feed, space } of town.outlaws) {
        const into = to.engine.opened(space);
        if (into === undefined || feed.length === 0) continue;
        await town.scene.world.during(into.replica.receive(await feed.run(), 'thief'));
      }
    }
    for (const { space } of town.copies) {
      for (const { engine } of town.honest) {
        const from = engine.opened(space.id);
        if (from !== undefined) await town.scene.world.during(transfer(from, space, () => true));
      }
    }
  }
}

function shuffled<T>(rng: SimRng, items: readonly T[]): T[] {
  const rest = [...items];
  const all: T[] = [];
  while (rest.length > 0) all.push(...rest.splice(rng.int(rest.length), 1));
  return all;
}

/** Once more, after everything: in every space of which he has a copy. */
export async function thiefWrites(town: ThiefTown): Promise<void> {
  for (const { space } of town.copies) {
    const text = town.nextName('thief');
    try {
      space.database.add(Task, { title: text });
      await town.scene.world.during(space.flush());
      const { branches } = space.index;
      const hash = branches.hashOf(branches.blockCount - 1);
      town.written.push({ text, space: space.id, by: 'thief', hash });
    } catch (failure) {
      if (!(failure instanceof AtollError)) throw failure;
    }
  }
}
