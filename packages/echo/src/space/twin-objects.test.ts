/** Members who make two things under one id, in a feed that they fork: what follows is the same in every order. */
import { fromHex, type ObjectId } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test } from 'vitest';
import { Space } from './space.ts';
import type { SpacePorts } from './space-ports.ts';
import { grant, named, readersTown, revoke, type Town } from './testing/rights-fixture.ts';
import { exchange, restored, rootOf, type Person } from './testing/space-fixture.ts';

const Page = defineType('org.example.Page', {
  title: s.string(),
  note: s.string().default(''),
  parent: s.tree('pages'),
});

type PageObject = InstanceOf<typeof Page>;

function pages({ database }: Space, title: string): readonly PageObject[] {
  return database.query(Page).where({ title }).run();
}

function page(space: Space, title: string): PageObject {
  const [found] = pages(space, title);
  if (found === undefined) throw new RangeError(`there is no page ${title}`);
  return found;
}

/** Ports whose next transactions can be given a nonce. */
class Dice {
  readonly ports: SpacePorts;
  nonce: Uint8Array<ArrayBuffer> | undefined;

  constructor(ports: SpacePorts) {
    const bytes = (count: number): Uint8Array<ArrayBuffer> =>
      this.nonce?.length === count ? this.nonce : ports.rng.bytes(count);
    this.ports = { ...ports, rng: { bytes } };
  }
}

async function opened(ports: SpacePorts, space: Space, person: Person): Promise<Space> {
  const { id, keys } = space;
  const open = await Space.open(ports, { space: id, ring: keys.ring, writer: person.writer() });
  open.database.register(Page);
  await open.settled();
  return open;
}

/** Sends what the other lacks, and takes nothing. */
async function send(from: Space, to: Space): Promise<void> {
  await from.flush();
  for await (const run of from.replica.missingFor(to.replica.tips())) {
    await to.replica.receive(run, 'peer');
  }
  await to.settled();
}

/** One side of Jun's feed: a copy of his profile that makes a page of the pair. */
interface Side {
  readonly space: Space;
  readonly ports: SpacePorts;
  /** `nth`: which of the pairs it is of. */
  make(title: string, parent: string, nth?: number): ObjectId;
}

/** Folders a, b and c: Jun may write in the first two, on two copies of one profile; Kim in the first and the last. */
interface Forked {
  readonly of: Town;
  readonly left: Side;
  readonly right: Side;
}

async function forked(seed: number): Promise<Forked> {
  const of = await readersTown(seed, {
    types: [Page],
    begin: ({ database }) => {
      for (const title of ['a', 'b', 'c']) database.add(Page, { title });
    },
  });
  const { ada: person, jun, kim, one: space, two } = of;
  for (const [to, title] of [
    [jun, 'a'] as const,
    [jun, 'b'] as const,
    [kim, 'a'] as const,
    [kim, 'c'] as const,
  ]) {
    const path = space.rights.pathOf({ object: page(space, title).id });
    await grant({ person, space }, named(to), { path, level: 'write' });
  }
  await of.share();
  page(two, 'a').note = 'begun';
  await of.share();
  await two[Symbol.asyncDispose]();
  const copy = await restored(jun.ports, two.id);
  const [left, right] = (await Promise.all(
    [jun.ports, copy].map(async (ports): Promise<Side> => {
      const dice = new Dice(ports);
      const side = await opened(dice.ports, two, jun);
      const make: Side['make'] = (title, parent, nth = 0) => {
        dice.nonce = new Uint8Array(16).fill(nth + 1);
        const { id } = side.database.add(Page, { title, parent: page(side, parent) });
        dice.nonce = undefined;
        return id;
      };
      return { space: side, ports, make };
    }),
  )) as [Side, Side];
  return { of, left, right };
}

/**
 * All have what any has, and the same state, also from the log and from a snapshot; Jun's copies from these alone, as
 * his program may believe what it likes. How many twins there are.
 */
async function expectOne({ of, left, right }: Forked): Promise<number> {
  const { ada, jun, kim, one, three } = of;
  const all = [one, three, left.space, right.space];
  for (let round = 0; round < 3; round++) {
    for (const space of all)
      for (const other of all) if (other !== space) await exchange(space, other);
  }
  const root = rootOf(one);
  const twins = one.database.fold.creations.twins.size;
  expect(rootOf(three)).toBe(root);
  const people = [
    { person: ada, ports: ada.ports, space: one },
    { person: kim, ports: kim.ports, space: three },
    { person: jun, ports: left.ports, space: left.space },
    { person: jun, ports: right.ports, space: right.space },
  ];
  for (const { person, ports, space } of people) {
    let open = space;
    for (const write of [false, true]) {
      if (write) await open.writeSnapshot();
      await open[Symbol.asyncDispose]();
      open = await opened(ports, open, person);
      expect(rootOf(open)).toBe(root);
    }
    await open[Symbol.asyncDispose]();
  }
  return twins;
}

test('what stands below a thing counts by where its writer knew that, whichever twin came first', async () => {
  const world = await forked(7901);
  const { left, of, right } = world;
  const { one, three } = of;
  expect(left.make('left', 'a')).toBe(right.make('right', 'b'));
  await exchange(left.space, three);
  three.database.add(Page, { title: 'below', parent: page(three, 'left') });
  page(three, 'below').note = 'by Kim';
  // Ada hears of the twin last, the other copy has made it first.
  await exchange(left.space, one);
  await exchange(three, one);
  await exchange(right.space, one);
  await expectOneBelow(world, 'by Kim');
});

test('a move of what turns out to be a twin is known to whoever knew no more', async () => {
  const world = await forked(7911);
  const { left, of, right } = world;
  const { one, three } = of;
  left.make('left', 'a');
  right.make('right', 'b');
  await exchange(left.space, three);
  three.database.move(page(three, 'left'), { parent: page(three, 'c') });
  three.database.add(Page, { title: 'below', parent: page(three, 'left') });
  page(three, 'below').note = 'in c';
  await exchange(left.space, one);
  await exchange(three, one);
  await exchange(right.space, one);
  await expectOneBelow(world, 'in c');
});

/** Everybody shows the page below, and neither of the pair. */
async function expectOneBelow(world: Forked, note: string): Promise<void> {
  const { left, of, right } = world;
  await exchange(of.one, of.three);
  for (const space of [of.one, of.three, right.space]) {
    expect(pages(space, 'below').map((below) => below.note)).toEqual([note]);
    expect([...pages(space, 'left'), ...pages(space, 'right')]).toEqual([]);
  }
  expect(left.space.id).toBe(of.one.id);
  await expectOne(world);
}

test('who knows of both can say of neither where it stands', async () => {
  const world = await forked(7921);
  const { left, of, right } = world;
  const { kim, one, three } = of;
  const id = left.make('left', 'a');
  right.make('right', 'b');
  await exchange(left.space, three);
  three.database.add(Page, { title: 'below', parent: page(three, 'left') });
  await exchange(right.space, three);
  expect(() => (page(three, 'below').note = 'no')).toThrow(
    expect.objectContaining({ code: 'SPACE_NO_RIGHT' }),
  );
  expect(three.rights.may(kim.identity, 'write', [fromHex(id) as Uint8Array<ArrayBuffer>])).toBe(
    false,
  );
  await exchange(one, three);
  await expectOne(world);
});

test('where one of a pair counts no longer, the other has all that was done to it', async () => {
  const world = await forked(7931);
  const { left, of, right } = world;
  const { ada: person, jun, one, three } = of;
  left.make('left', 'a');
  right.make('right', 'b');
  await exchange(left.space, three);
  await exchange(right.space, one);
  page(one, 'right').note = 'by Ada';
  await send(one, three);
  expect(pages(three, 'right')).toEqual([]);
  await exchange(one, right.space);
  // Ada has not heard of what Jun did in a.
  await revoke({ person, space: one }, jun, one.rights.pathOf({ object: page(one, 'a').id }));
  for (let round = 0; round < 2; round++) {
    for (const space of [three, right.space, left.space]) await exchange(one, space);
  }
  for (const space of [one, three, left.space, right.space]) {
    expect(pages(space, 'right').map(({ note }) => note)).toEqual(['by Ada']);
  }
  await expectOne(world);
});

/** Random acts of all, about pages of which many are twins; what is refused by their own device is left. */
class Random {
  readonly #rng: SimRng;
  readonly #world: Forked;
  readonly #made = { left: 0, right: 0 };
  #words = 0;

  constructor(seed: number, world: Forked) {
    this.#rng = new SimRng(seed);
    this.#world = world;
  }

  async step(): Promise<void> {
    const { left, of, right } = this.#world;
    const { one, three } = of;
    const space = this.#rng.int(2) === 0 ? one : three;
    const other = space === one ? three : one;
    const act = this.#rng.int(12);
    try {
      if (act < 2) this.#make('left');
      else if (act < 4) this.#make('right');
      else if (act === 4) await send(left.space, space);
      else if (act === 5) await send(right.space, space);
      else if (act === 6) await send(other, space);
      else this.#write(space, act);
    } catch (failure) {
      const { code } = failure as { readonly code?: string };
      expect(['SPACE_NO_RIGHT', 'SPACE_READ_ONLY', 'ECHO_TREE']).toContain(code);
    }
    if (this.#rng.int(20) === 0) await this.#rightsAct();
  }

  #make(side: 'left' | 'right'): void {
    const at = this.#world[side];
    at.make(this.#word(), this.#any(at.space).title, this.#made[side]++);
  }

  #write(space: Space, act: number): void {
    const { database } = space;
    const some = this.#any(space);
    if (act < 9) database.add(Page, { title: this.#word(), parent: some });
    else if (act === 9) some.note = this.#word();
    else if (act === 10) database.move(some, { parent: this.#any(space) });
    else if (this.#rng.int(3) === 0 && some.title.length > 1) database.delete(some);
  }

  async #rightsAct(): Promise<void> {
    const { ada: person, jun, kim, one: space } = this.#world.of;
    const to = this.#rng.int(3) === 0 ? kim : jun;
    const title = ['a', 'b', 'c'][this.#rng.int(3)] as string;
    const path = space.rights.pathOf({ object: page(space, title).id });
    if (this.#rng.int(2) === 0) await revoke({ person, space }, to, path);
    else await grant({ person, space }, named(to), { path, level: 'write' });
  }

  #any({ database }: Space): PageObject {
    const all = database.query(Page).run();
    return all[this.#rng.int(all.length)] as PageObject;
  }

  #word(): string {
    return `w${String(this.#words++)}`;
  }
}

test('whatever is made twice and done to it, whoever hears of it when: all have the same state', async () => {
  let twins = 0;
  for (let seed = 0; seed < 8; seed++) {
    const world = await forked(7950 + seed * 5);
    const random = new Random(seed, world);
    for (let step = 0; step < 60; step++) await random.step();
    twins += await expectOne(world);
  }
  expect(twins).toBeGreaterThan(20);
});
