/** What residents of a space do: the honest by their program, the others by one that has been changed. */
import { pretend } from '../../packages/echo/src/space/testing/pretend.ts';
import { exchange } from '../../packages/echo/src/space/testing/space-fixture.ts';
import type { Space } from '@atoll/echo';
import type { Dep } from '@atoll/feed';
import type { Rotation, Statement } from '@atoll/halo';
import { AtollError, ROOT_ZONE, idFromBytes, type KeyId } from '@atoll/kernel';
import type { SimRng } from '@atoll/testkit';
import { OutlawFeed } from '../faults/town.ts';
import { anyRight, anyStatement } from './sayings.ts';
import { writeName, type Body, type Resident, type SpaceTown } from './space-town.ts';
import { crookedInZones, honestInZones } from './town-zone-deeds.ts';
import { zoneStatements } from './zone-sayings.ts';

/** One step of a world. */
export async function spaceStep(town: SpaceTown, rng: SimRng): Promise<void> {
  const who = rng.pick(town.actors);
  const body = rng.pick(who.bodies);
  const isInZones = town.kind.hasZones === true && rng.chance(0.45);
  if (who.isHonest) {
    return isInZones
      ? honestInZones(town, rng, { who, body })
      : honestStep(town, rng, who, body.space);
  }
  try {
    if (isInZones) await crookedInZones(town, rng, { who, body });
    else await crookedStep(town, rng, who, body);
  } catch (failure) {
    // His own program may refuse what he wants.
    if (!(failure instanceof AtollError)) throw failure;
  }
}

async function honestStep(
  town: SpaceTown,
  rng: SimRng,
  who: Resident,
  space: Space,
): Promise<void> {
  const turn = rng.int(20);
  if (turn < 9) return write(town, rng, who, space);
  const crooked = town.actors.filter(({ isHonest }) => !isHonest);
  const { authority } = space;
  if (turn === 9 && authority.credentialFor(space.identity, 'control') !== undefined) {
    const { identity } = rng.pick(crooked).who;
    if (authority.roleOf(identity) !== undefined) return space.remove(identity);
  }
  const other = rng.pick(town.actors);
  if (other === who) return;
  await exchange(space, rng.pick(other.bodies).space);
}

/** A new thing with a name that is met once, or one more line of Ada's page. */
async function write(town: SpaceTown, rng: SimRng, who: Resident, space: Space): Promise<void> {
  writeName(space, town.token(who), rng);
  if (rng.chance(0.5)) await space.flush();
}

async function crookedStep(town: SpaceTown, rng: SimRng, who: Resident, body: Body): Promise<void> {
  switch (rng.int(10)) {
    case 0:
    case 1:
    case 2:
      return writeByLies(town, rng, who, body.space);
    case 3:
    case 4: {
      const statements = await anyStatements(town, rng, who);
      await body.space.publish({ statements, credential: anyRight(town, rng, who) });
      return town.learn(body);
    }
    case 5:
      return town.copy(who);
    case 6:
    case 7:
      return writeByHand(town, rng, who, body.space);
    default:
      return show(town, rng, who, body.space);
  }
}

/** Several that belong together, or have nothing to do with each other. */
async function anyStatements(
  town: SpaceTown,
  rng: SimRng,
  who: Resident,
): Promise<readonly Statement[]> {
  if (town.kind.hasZones === true && rng.chance(0.5)) return zoneStatements(town, rng, who);
  return [await anyStatement(town, rng, who), await anyStatement(town, rng, who)];
}

/** Cites any right, and seals under any keys he has. */
async function writeByLies(
  town: SpaceTown,
  rng: SimRng,
  who: Resident,
  space: Space,
): Promise<void> {
  const { authority, keys } = space;
  const credential = anyRight(town, rng, who);
  const isOld = rng.chance(0.5);
  const held = keys.ring.all();
  const current = authority.keys.current.bind(authority.keys);
  const lie = (of: Rotation['of']): KeyId | undefined => {
    const actual = current(of);
    const isHeld = actual !== undefined && keys.ring.get(actual) !== undefined;
    if (isHeld && !(isOld && of === ROOT_ZONE)) return actual;
    const kind = of === 'membership' ? 'membership' : 'zone';
    return held.find((one) => one.kind === kind)?.generation;
  };
  const stop = rng.chance(0.7) ? pretend(space, credential) : undefined;
  Object.assign(authority.keys, { current: lie });
  try {
    await write(town, rng, who, space);
    await space.flush();
  } finally {
    stop?.();
    Reflect.deleteProperty(authority.keys, 'current');
  }
}

/** A feed of his own that says what no program would. */
async function writeByHand(
  town: SpaceTown,
  rng: SimRng,
  who: Resident,
  space: Space,
): Promise<void> {
  const { person } = who;
  if (who.outlaws.length === 0 || rng.chance(0.15)) {
    const isNameless = rng.chance(0.2);
    who.outlaws.push(
      isNameless
        ? await OutlawFeed.nameless(space, person.ports)
        : await OutlawFeed.begin({ person, space, events: [] }),
    );
  }
  const feed = rng.pick(who.outlaws);
  for (let more = 1 + rng.int(3); more > 0; more--) {
    const statements = (await anyStatements(town, rng, who)).slice(0, 3);
    const control = { statements, credential: anyRight(town, rng, who) };
    feed.write({
      ...(rng.chance(0.15) ? { lamport: rng.int(1_000) } : {}),
      ...(rng.chance(0.2) ? { deps: anyDeps(rng, feed) } : {}),
      ...(rng.chance(0.05) ? { isGarbage: true } : {}),
      ...(rng.chance(0.7) ? { control } : { bytes: rng.int(400) }),
    });
  }
}

/** Some of what there is, and now and then what nobody ever signed. */
function anyDeps(rng: SimRng, feed: OutlawFeed): readonly Dep[] {
  const known = feed.ends().filter((end) => end.feed !== feed.feed && rng.chance(0.4));
  if (rng.chance(0.7)) return known;
  const unsigned = rng.bytes(32);
  const [hash, key] = [idFromBytes('block', unsigned), idFromBytes('feed', rng.bytes(32))];
  return [...known, { feed: key, seq: rng.int(9), hash, lamport: 1 + rng.int(9) }];
}

/** Shows one honest member some of what he has. */
async function show(town: SpaceTown, rng: SimRng, who: Resident, space: Space): Promise<void> {
  const { space: to } = rng.pick(town.honest);
  await space.flush();
  for await (const run of space.replica.missingFor(to.replica.tips())) {
    if (rng.chance(0.5)) await to.replica.receive(run, who.who.name);
  }
  for (const feed of who.outlaws) {
    if (rng.chance(0.5) && feed.length > 0)
      await to.replica.receive(await feed.run(), who.who.name);
  }
  await to.settled();
}

/** Everybody gets everything that anybody has. */
export async function meetAll(town: SpaceTown): Promise<void> {
  const spaces = town.actors.flatMap(({ bodies }) => bodies.map(({ space }) => space));
  for (let round = 0; round < 3; round++) {
    for (const { space: to } of town.honest) {
      for (const { outlaws, who } of town.actors) {
        for (const feed of outlaws) {
          if (feed.length > 0) await to.replica.receive(await feed.run(), who.name);
        }
      }
      await to.settled();
      for (const other of spaces) if (other !== to) await exchange(to, other);
    }
  }
}
