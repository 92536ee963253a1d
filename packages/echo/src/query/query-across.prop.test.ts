/** Queries over several spaces against all their objects in one list. */
import { fc, test } from '@fast-check/vitest';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect } from 'vitest';
import { WorldReplica } from '../testing/log-world.ts';
import type { Query } from './query.ts';
import { QueryAcross, type Found } from './query-across.ts';

const Item = defineType('a.Item', {
  name: s.string(),
  size: s.number().optional().index(),
});
type ItemObject = InstanceOf<typeof Item>;

const SPACES = ['a', 'b', 'c'];
const item = fc.record({
  space: fc.nat({ max: 2 }),
  name: fc.constantFrom('x', 'y', 'z'),
  size: fc.option(
    fc.nat({ max: 8 }).map((size) => size / 4),
    { nil: undefined },
  ),
});

interface World {
  readonly replicas: readonly WorldReplica[];
  readonly add: (given: {
    readonly space: number;
    readonly name: string;
    readonly size?: number | undefined;
  }) => void;
  readonly all: () => { readonly space: string; readonly object: ItemObject }[];
}

function makeWorld(): World {
  const replicas = SPACES.map((name) => new WorldReplica(name));
  for (const { db } of replicas) db.register(Item);
  return {
    replicas,
    add: ({ space, name, size }) => {
      replicas[space]?.db.add(Item, { name, size });
      for (const replica of replicas) replica.tick();
    },
    all: () =>
      replicas.flatMap(({ db }, at) =>
        db
          .query(Item)
          .run()
          .map((object) => ({ space: SPACES[at] as string, object })),
      ),
  };
}

function across(
  world: World,
  ask: (query: Query<ItemObject>) => Query<ItemObject>,
): QueryAcross<ItemObject> {
  return new QueryAcross<ItemObject>({
    now: () =>
      world.replicas.map(({ db }, at) => ({
        space: SPACES[at] as string,
        query: ask(db.query(Item)),
      })),
    onChange: () => () => undefined,
  });
}

function idsOf(found: readonly Found<ItemObject>[]): string[] {
  return found.map(({ space, object }) => `${space} ${object.id}`);
}

function bySize(a: Found<ItemObject>, b: Found<ItemObject>): number {
  return (b.object.size ?? -1) - (a.object.size ?? -1) || (a.space < b.space ? -1 : 1);
}

test.prop(
  [
    fc.array(item, { maxLength: 25 }),
    fc.array(item, { maxLength: 6 }),
    fc.integer({ min: 1, max: 6 }),
  ],
  {
    numRuns: 20,
  },
)('several spaces answer as one would that had all their objects', (first, then, limit) => {
  const world = makeWorld();
  first.forEach((each) => world.add(each));
  const query = across(world, (each) =>
    each
      .where({ name: { in: ['x', 'y'] } })
      .orderBy('size', 'desc')
      .limit(limit),
  );
  const grouped = across(world, (each) =>
    each.groupBy('name').aggregate({ sum: { sum: 'size' }, most: { max: 'size' } }),
  );
  let list: readonly Found<ItemObject>[] = [];
  let groups = grouped.groups();
  let count = -1;
  query.subscribe((found) => (list = found));
  query.subscribeCount((found) => (count = found));
  grouped.subscribeGroups((found) => (groups = found));
  const check = (): void => {
    const all = world.all();
    const wanted = all.filter(({ object }) => object.name !== 'z');
    const ordered = wanted
      .map((each, at) => ({ ...each, at }))
      .sort((a, b) =>
        a.space === b.space && a.object.size === b.object.size ? a.at - b.at : bySize(a, b),
      );
    expect(idsOf(query.run())).toEqual(idsOf(ordered.slice(0, limit)));
    expect(idsOf(list)).toEqual(idsOf(ordered.slice(0, limit)));
    expect([query.count(), count]).toEqual([wanted.length, wanted.length]);
    const sums = ['x', 'y', 'z'].flatMap((name) => {
      const sizes = all
        .filter(({ object }) => object.name === name)
        .map(({ object }) => object.size);
      const known = sizes.filter((size) => size !== undefined);
      const sum = known.reduce((total, size) => total + size, 0);
      const most = known.length === 0 ? undefined : Math.max(...known);
      return sizes.length === 0
        ? []
        : [{ key: { name }, count: sizes.length, figures: { sum, most } }];
    });
    expect(grouped.groups()).toEqual(sums);
    expect(groups).toEqual(sums);
    const paged: string[] = [];
    for (let page = query.page(); ;) {
      paged.push(...idsOf(page.objects));
      const { next } = page;
      if (next === undefined) break;
      page = across(world, (each) =>
        each
          .where({ name: { in: ['x', 'y'] } })
          .orderBy('size', 'desc')
          .limit(limit)
          .after(next),
      ).page();
    }
    expect(paged).toEqual(idsOf(ordered));
  };
  check();
  for (const each of then) {
    world.add(each);
    check();
  }
});
