/** Laws of decisions about devices over random quarrels: the set of blocks decides, never their arrival. */
import { SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { Household, type HouseDevice } from '../testing/household.ts';
import type { Folded } from '../testing/dag.ts';

const SEEDS = 8;
const STEPS = 36;

interface Quarrel {
  readonly house: Household;
  readonly devices: readonly HouseDevice[];
}

const quarrels = new Map<number, Promise<Quarrel>>();

function quarrel(seed: number): Promise<Quarrel> {
  const known = quarrels.get(seed) ?? makeQuarrel(seed);
  quarrels.set(seed, known);
  return known;
}

/** Devices that write, suspend each other, let in others, and pretend not to know what they know. */
async function makeQuarrel(seed: number): Promise<Quarrel> {
  const house = await Household.make(900 + seed);
  const rng = new SimRng(seed);
  const { dag } = house.town;
  const devices: HouseDevice[] = [house.laptop];
  const one = (): HouseDevice => rng.pick(devices);
  for (let step = 0; step < STEPS; step++) {
    const by = one();
    const about = one();
    const deps = dag
      .tips()
      .filter(() => rng.chance(0.6))
      .filter((tip) => tip !== by.feed.tip);
    switch (rng.int(8)) {
      case 0:
        if (devices.length < 5) devices.push(await house.device(by.signer, { deps: dag.tips() }));
        break;
      case 1:
        if (by !== about) await house.suspend(by, about);
        break;
      case 2:
        if (about.admission !== undefined && by !== about) await house.agree(by, about);
        break;
      case 3:
        if (rng.chance(0.3)) await house.decide(about, rng.pick(['stays', 'goes']));
        break;
      case 4:
      case 5:
        await house.present(by, [], deps);
        break;
      default:
        await house.write(by, deps);
    }
  }
  return { house, devices };
}

function shown({ authority }: Folded, { devices, house }: Quarrel): unknown {
  const { identity } = house.town.founder;
  const view = authority.identities.devices(identity);
  return {
    standings: devices.map(({ key }) => [view?.standingOf(key), view?.votes(key)]),
    charges: devices.map(({ key }) => view?.chargesOf(key)),
    stops: view?.stops.length,
    reader: authority.readers(),
    log: authority.identities.logOf(identity),
  };
}

function muted({ authority, noOf }: Folded, { house }: Quarrel): readonly string[] {
  const { blocks } = house.town.dag;
  return blocks
    .filter(({ index }) => authority.identities.isMute(noOf(index)))
    .map(({ index }) => String(index));
}

test('every order of arrival stops the same devices, and voids the same blocks', async () => {
  const met = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const about = await quarrel(seed);
    const { dag, space } = about.house.town;
    const first = dag.fold(space);
    const expected = shown(first, about);
    const rng = new SimRng(seed);
    for (let round = 0; round < 3; round++) {
      const other = dag.fold(space, dag.arrival(rng));
      expect(shown(other, about)).toEqual(expected);
      expect(muted(other, about)).toEqual(muted(first, about));
    }
    if (muted(first, about).length > 0) met.add('void blocks');
    for (const one of ['active', 'suspended', 'out']) {
      if (JSON.stringify(expected).includes(`"${one}"`)) met.add(one);
    }
  }
  expect([...met].sort()).toEqual(['active', 'out', 'suspended', 'void blocks']);
});

/** Beside the first: one with a device that a block does not know, one that turns on who has shown a charge by then. */
const KNOWN_SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 36, 52];

test('what a block knows of devices does not change with blocks outside of its past', async () => {
  for (const seed of KNOWN_SEEDS) {
    const { devices, house } = await quarrel(seed);
    const { dag, founder, space } = house.town;
    const { identity } = founder;
    const whole = dag.fold(space);
    for (const block of dag.blocks) {
      const past = [...block.past, block.index].sort((a, b) => a - b);
      const alone = dag.fold(space, past);
      const seen = ({ authority: { identities }, noOf }: Folded): unknown => {
        const no = noOf(block.index);
        const view = identities.devices(identity, no);
        const known = devices.filter(({ key }) => identities.entryOf(identity, key, no));
        return {
          standings: devices.map(({ key }) => view?.standingOf(key)),
          stopped: known.map(({ key }) => identities.isStoppedIn(identity, key, no)),
          muted: past.filter((index) => identities.isMute(noOf(index), no)),
          stops: identities.stoppedAmong([identity], no),
          covered: past.filter((index) => identities.coversStops(identity, noOf(index), no)),
        };
      };
      expect(seen(whole)).toEqual(seen(alone));
    }
  }
});

test('who was let in too late, as a block knows it, does not turn on what others acknowledge beside it', async () => {
  const house = await Household.make(990);
  const { laptop, town } = house;
  const { dag, founder, space } = town;
  const phone = await house.device(laptop.signer);
  const tablet = await house.device(laptop.signer);
  const feed = dag.feed();
  await house.open(tablet, { feed });
  const unheard = dag.tips();
  const { log } = house;
  const stop = await house.suspend(tablet, phone);
  house.log = log;
  const late = await house.device(phone.signer);
  house.log = log;
  await house.present(tablet, [stop], unheard);
  const block = await house.write(laptop);
  // Another window of the tablet has heard of whom the phone has let in, and not of the stop.
  await house.write({ feed }, [late.feed.tip]);
  const { authority, noOf } = dag.fold(space);
  const standing = (at?: number) =>
    authority.identities.standingOf(founder.identity, late.key, at === undefined ? at : noOf(at));
  expect(standing()).toBe('active');
  expect(standing(block)).toBe('suspended');
});
