/**
 * A member puts blocks into a space's mailbox whose chain and signature are good and whose content is not:
 * the server cannot know better, so what it holds and what members count must come to agree all the same.
 */
import type { AtollClient, Space } from '@atoll/client';
import { ready } from '@atoll/crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { Person } from '../../packages/echo/src/space/testing/space-fixture.ts';
import { PARKED_BYTES_MAX } from '../../packages/echo/src/space/parked-blocks.ts';
import { Scene, addTask, echoOf, headsOf, titles } from './scene.ts';
import { OutlawFeed } from './town.ts';

beforeAll(() => ready());

/** Ada and Jun with a space and a task in it; Mal, who holds its keys, and is hidden in Ada's program. */
class Plot {
  readonly scene: Scene;
  readonly ada: AtollClient;
  readonly trip: Space;
  readonly mal: Person;

  private constructor(parts: { scene: Scene; ada: AtollClient; trip: Space; mal: Person }) {
    this.scene = parts.scene;
    this.ada = parts.ada;
    this.trip = parts.trip;
    this.mal = parts.mal;
  }

  static async begin(seed: number): Promise<Plot> {
    const scene = new Scene(seed);
    const ada = await scene.person('ada');
    const jun = await scene.person('jun');
    const trip = await scene.create(ada, 'Trip');
    const theirs = await scene.join(trip, jun);
    addTask(trip, 'pack');
    await scene.oneRoot([trip, theirs]);
    scene.machine('jun').crash();
    return new Plot({ scene, ada, trip, mal: await Person.make('Mal', 77) });
  }

  outlaw(): ReturnType<typeof OutlawFeed.admitted> {
    return OutlawFeed.admitted({ person: this.mal, space: echoOf(this.trip) });
  }

  /** Stores a feed as a program that asks nobody would, and waits until the mailbox has it. */
  async poison(outlaw: OutlawFeed, code: string | undefined): Promise<void> {
    const { scene, trip } = this;
    const { replica } = echoOf(trip);
    const received = await scene.world.during(replica.receive(await outlaw.run(), 'mal'));
    expect('code' in received ? received.code : undefined).toBe(code);
    expect(await scene.world.runUntil(() => this.isInMailbox(outlaw), 60_000)).toBe(true);
  }

  isInMailbox(outlaw: OutlawFeed): boolean {
    const { image } = this.scene.kube.disk;
    const { hash } = outlaw.end();
    return image.spaces().some((id) => image.get(id, hash) !== undefined);
  }

  /** Jun comes back when Ada has gone: everything that arrives comes from the mailbox. */
  async junAlone(): Promise<Space> {
    const { scene, trip } = this;
    await scene.world.during(trip.flush());
    await scene.pass(5_000);
    scene.machine('ada').crash();
    const client = await scene.open('jun');
    const space = client.spaces.get(trip.id);
    if (space === undefined) throw new RangeError('the space is lost');
    expect(await scene.world.runUntil(() => isAtRest(client, space), 60_000)).toBe(true);
    return space;
  }
}

/** What `sync --until-idle` waits for, and what the status line says. */
function isAtRest(client: AtollClient, space: Space): boolean {
  return client.network.status.get().settled && space.status.get().mailbox === 'has-everything';
}

const POISONS: readonly [string, string | undefined, (plot: Plot) => Promise<OutlawFeed>][] = [
  [
    'a false lamport number',
    'FEED_LAMPORT_FALSE',
    async (plot) => {
      const outlaw = await plot.outlaw();
      outlaw.write({ control: outlaw.opening });
      outlaw.write({ lamport: 1_000_000 });
      outlaw.write();
      return outlaw;
    },
  ],
  [
    'a feed whose admission never comes',
    undefined,
    async (plot) => {
      const outlaw = await plot.outlaw();
      for (let at = 0; at < 5; at++) outlaw.write();
      return outlaw;
    },
  ],
  [
    'a feed that builds on blocks that never come',
    'FEED_DEPS_UNKNOWN',
    async (plot) => {
      const outlaw = await plot.outlaw();
      const [end] = outlaw.ends();
      if (end === undefined) throw new RangeError('there are blocks');
      outlaw.write({ deps: [{ ...end, hash: 'ab'.repeat(32) as typeof end.hash }] });
      outlaw.write();
      return outlaw;
    },
  ],
  [
    'a header that does not open',
    'FEED_INNER_SEALED',
    async (plot) => {
      const outlaw = await plot.outlaw();
      outlaw.write({ isGarbage: true });
      outlaw.write();
      return outlaw;
    },
  ],
  [
    'a header that opens and is none',
    'FEED_INNER_MALFORMED',
    async (plot) => {
      const outlaw = await plot.outlaw();
      const [end] = outlaw.ends();
      if (end === undefined) throw new RangeError('there are blocks');
      outlaw.write({ deps: [end, end] });
      return outlaw;
    },
  ],
];

describe('a mailbox that a member has poisoned', () => {
  test.each(POISONS)(
    'by %s agrees with every member, and all honest content arrives',
    async (_what, code, make) => {
      const plot = await Plot.begin(1);
      const { scene, trip } = plot;
      const blocks = echoOf(trip).figures().blocks;
      await plot.poison(await make(plot), code);
      addTask(trip, 'after the poison');
      const jun = await plot.junAlone();
      expect(titles(jun)).toEqual(['after the poison', 'pack']);
      const ada = await scene.open('ada');
      const again = ada.spaces.get(trip.id);
      if (again === undefined) throw new RangeError('the space is lost');
      await scene.oneRoot([again, jun]);
      expect(await scene.world.runUntil(() => isAtRest(ada, again), 60_000)).toBe(true);
      // What is void is in the log of both, and what of it can be folded is folded by both.
      expect(echoOf(jun).parked).toEqual(echoOf(again).parked);
      expect(echoOf(jun).figures().blocks).toBe(echoOf(again).figures().blocks);
      expect(echoOf(jun).figures().blocks).toBeGreaterThan(blocks);
      expect(jun.members.get()).toHaveLength(2);
      // Nothing is asked for again while nothing changes.
      const { bytesIn } = traffic(scene);
      await scene.pass(600_000);
      expect(traffic(scene).bytesIn - bytesIn).toBeLessThan(200_000);
    },
  );

  test('by what comes too early counts it as soon as what it builds on has come', async () => {
    const plot = await Plot.begin(2);
    const { scene, trip } = plot;
    const late = await plot.outlaw();
    late.write({ control: late.opening });
    const early = await plot.outlaw();
    early.write({ control: early.opening, deps: [late.end()] });
    early.write();
    await plot.poison(early, 'FEED_DEPS_UNKNOWN');
    const jun = await plot.junAlone();
    const log = echoOf(jun);
    expect(log.parked.blocks).toBe(2);
    expect(log.authority.authorOfFeed(early.feed)).toBeUndefined();
    const before = headsOf(jun);
    // A restart forgets nothing of what waits.
    scene.machine('jun').crash();
    const client = await scene.open('jun');
    const again = client.spaces.get(trip.id);
    if (again === undefined) throw new RangeError('the space is lost');
    expect(headsOf(again)).toBe(before);
    expect(echoOf(again).parked.blocks).toBe(2);
    await scene.world.during(echoOf(again).replica.receive(await late.run(), 'somebody'));
    await scene.world.during(echoOf(again).settled());
    expect(echoOf(again).parked).toEqual({ blocks: 0, bytes: 0 });
    expect(echoOf(again).authority.authorOfFeed(early.feed)?.identity).toBe(plot.mal.identity);
    expect(await scene.world.runUntil(() => isAtRest(client, again), 60_000)).toBe(true);
    expect(titles(again)).toEqual(['pack']);
  });

  test('cannot fill the disk of a member: above a limit no more is kept', async () => {
    const plot = await Plot.begin(3);
    const { replica } = echoOf(plot.trip);
    const codes: string[] = [];
    for (let at = 0; at < 140 && !codes.includes('FEED_UNUSED_FULL'); at++) {
      const outlaw = await plot.outlaw();
      outlaw.write({ isGarbage: true, bytes: 255 * 1024 });
      const received = await plot.scene.world.during(replica.receive(await outlaw.run(), 'mal'));
      codes.push('code' in received ? received.code : received.at);
    }
    expect(codes.at(-1)).toBe('FEED_UNUSED_FULL');
    expect(echoOf(plot.trip).parked.bytes).toBeLessThanOrEqual(PARKED_BYTES_MAX);
    addTask(plot.trip, 'there is room for this');
    await plot.scene.world.during(plot.trip.flush());
    expect(plot.trip.status.get().durable).toBe(true);
  });
});

/** Bytes of all messages to clients since the first call. */
function traffic(scene: Scene): { readonly bytesIn: number } {
  const known = taps.get(scene);
  if (known !== undefined) return known;
  const count = { bytesIn: 0 };
  scene.network.addTap((from, _to, message) => {
    if (from === 'kube.test') count.bytesIn += message.length;
  });
  taps.set(scene, count);
  return count;
}
const taps = new WeakMap<Scene, { bytesIn: number }>();
