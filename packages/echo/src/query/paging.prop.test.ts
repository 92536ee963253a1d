/** Paging: pages join to the whole, and a cursor keeps its place while objects change around it. */
import { fc, test } from '@fast-check/vitest';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect, test as example } from 'vitest';
import { WorldReplica } from '../testing/log-world.ts';
import type { Query } from './query.ts';

const Item = defineType('p.Item', {
  name: s.string(),
  size: s.integer().optional().index(),
});
type ItemObject = InstanceOf<typeof Item>;

const items = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    size: fc.option(fc.nat(3), { nil: undefined }),
  }),
  { maxLength: 30 },
);
const order = fc.record({
  field: fc.constantFrom('name' as const, 'size' as const),
  direction: fc.constantFrom('asc' as const, 'desc' as const),
  nulls: fc.constantFrom('first' as const, 'last' as const),
});

function allPages(query: Query<ItemObject>): string[] {
  const found: string[] = [];
  for (let page = query.page(); ; page = query.after(page.next).page()) {
    found.push(...page.objects.map(({ id }) => id));
    if (page.next === undefined) return found;
  }
}

test.prop([items, fc.array(order, { maxLength: 2 }), fc.integer({ min: 1, max: 5 })])(
  'pages of any size join to the whole result',
  (given, orders, size) => {
    const { db } = new WorldReplica('ada');
    for (const each of given) db.add(Item, each);
    let query = db.query(Item);
    for (const { field, direction, nulls } of orders)
      query = query.orderBy(field, direction, { nulls });
    const whole = query.run().map(({ id }) => id);
    expect(allPages(query.limit(size))).toEqual(whole);
  },
);

test.prop([items, fc.nat(), fc.constantFrom('move', 'delete', 'change')])(
  'a page begins where the last one ended, though its last object has gone or moved since',
  (given, at, what) => {
    const { db } = new WorldReplica('ada');
    const added = given.map((each) => db.add(Item, each));
    const query = db.query(Item).orderBy('size').orderBy('name', 'desc');
    const whole = query.run();
    const place = whole[at % Math.max(1, whole.length)];
    if (place === undefined) return;
    const behind = whole.slice(whole.indexOf(place) + 1).map(({ id }) => id);
    const cursor = query.cursorOf(place) ?? '';
    if (what === 'move') place.size = 99;
    else if (what === 'delete') db.delete(place);
    else for (const other of added.slice(0, 3)) other.name += '';
    const moved = what === 'move' ? [place.id] : [];
    const next = query.after(cursor).run();
    expect(next.map(({ id }) => id).filter((id) => !moved.includes(id))).toEqual(behind);
  },
);

test.prop([fc.string(), fc.uint8Array({ maxLength: 80 })])(
  'what is no cursor is refused by code',
  (text, bytes) => {
    const { db } = new WorldReplica('ada');
    db.add(Item, { name: 'a' });
    for (const cursor of [`c.${text}`, `c.${Buffer.from(bytes).toString('hex')}`, `${text}!`]) {
      if (!cursor.isWellFormed()) continue;
      const failing = (): unknown => db.query(Item).after(cursor).run();
      expect(failing).toThrow(expect.objectContaining({ code: 'ECHO_CURSOR' }));
    }
  },
);

example('a cursor of another order is refused', () => {
  const { db } = new WorldReplica('ada');
  const item = db.add(Item, { name: 'a' });
  const cursor = db.query(Item).orderBy('name').cursorOf(item) ?? '';
  const other = db.query(Item).orderBy('name', 'desc').after(cursor);
  expect(() => other.run()).toThrow(expect.objectContaining({ code: 'ECHO_CURSOR' }));
});
