/**
 * Pages that are read while objects come, go and move: what stays is shown exactly once. What moves may be
 * shown twice or never, for its place was another one each time; it must not move others.
 */
import { fc, test } from '@fast-check/vitest';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { expect } from 'vitest';
import { WorldReplica } from '../testing/log-world.ts';

const Item = defineType('m.Item', {
  name: s.string(),
  size: s.integer().optional().index(),
});
type ItemObject = InstanceOf<typeof Item>;

const item = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  size: fc.option(fc.nat(5), { nil: undefined }),
});
/** What happens between two pages; `by` a peer means that it comes as a block of another feed. */
const change = fc.record({
  what: fc.constantFrom('add', 'delete', 'restore', 'move', 'rename'),
  by: fc.constantFrom('here', 'peer'),
  at: fc.nat(60),
  item,
});
const changes = fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 12 });

type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

/** Objects whose place was not always the same, or that were not always there. */
function apply(replica: WorldReplica, each: Change, unsettled: Set<string>): void {
  const { db } = replica;
  if (each.what === 'add') {
    unsettled.add(db.add(Item, each.item).id);
    return;
  }
  const all = db.query(Item).run();
  const gone = [...unsettled].flatMap((id) => db.getDeleted(id) ?? []);
  const one = (each.what === 'restore' ? gone : all)[each.at % 61] as ItemObject | undefined;
  if (one === undefined) return;
  unsettled.add(one.id);
  if (each.what === 'delete') db.delete(one);
  else if (each.what === 'restore') db.restore(one);
  else if (each.what === 'move') one.size = each.item.size;
  else one.name = each.item.name;
}

test.prop(
  [
    fc.array(item, { minLength: 5, maxLength: 40 }),
    changes,
    fc.integer({ min: 1, max: 6 }),
    fc.record({
      direction: fc.constantFrom('asc' as const, 'desc' as const),
      nulls: fc.constantFrom('first' as const, 'last' as const),
      first: fc.constantFrom('size' as const, 'name' as const),
    }),
  ],
  { numRuns: 200 },
)(
  'a row that stays is neither skipped nor shown twice while others come, go and move between pages',
  (given, between, size, { direction, nulls, first }) => {
    const here = new WorldReplica('ada');
    const peer = new WorldReplica('bob');
    for (const each of given) here.db.add(Item, each);
    peer.pull(here);
    const second = first === 'size' ? 'name' : 'size';
    const ordered = here.db.query(Item).orderBy(first, direction, { nulls }).orderBy(second);
    const query = ordered.limit(size);
    const before = ordered.run().map(({ id }) => id);
    const unsettled = new Set<string>();
    const shown: string[] = [];
    let page = query.page();
    for (let at = 0; ; at++) {
      shown.push(...page.objects.map(({ id }) => id));
      if (page.next === undefined) break;
      for (const each of between[at] ?? []) {
        apply(each.by === 'here' ? here : peer, each, unsettled);
      }
      here.tick();
      here.pull(peer);
      peer.pull(here);
      page = query.after(page.next).page();
    }
    const stays = (id: string): boolean => !unsettled.has(id);
    expect(shown.filter(stays)).toEqual(before.filter(stays));
  },
);
