/** Steps along refs, forwards and backwards, in small graphs full of cycles, against looking at every object. */
import { fc, test } from '@fast-check/vitest';
import { defineType, s } from '@atoll/schema';
import { expect } from 'vitest';
import { WorldReplica } from '../testing/log-world.ts';
import { randomFrom } from '../testing/random-edits.ts';
import { referenceRun } from '../testing/reference-query.ts';
import type { Database } from '../database.ts';
import type { QueryForm, Where } from './query-form.ts';

const Node = defineType('h.Node', {
  name: s.string(),
  mark: s.boolean(),
  links: s.set(s.ref({ name: 'h.Node' })),
  needs: s.set(s.ref({ name: 'h.Node' }, { by: 'name' })),
  next: s.ref({ name: 'h.Node' }).optional(),
  path: s.list(s.ref({ name: 'h.Node' })),
  plan: s.list(s.ref({ name: 'h.Node' }, { by: 'name' })),
});

const NAMES = ['a', 'b', 'c', 'd'];
const FIELDS = ['links', 'needs', 'next', 'path', 'plan'];
type Random = (below: number) => number;

function edit(db: Database, random: Random): void {
  const nodes = db.query(Node).deleted('include').run();
  const name = NAMES[random(NAMES.length)] as string;
  const node = nodes[random(nodes.length)];
  const other = nodes[random(nodes.length)];
  if (node === undefined || other === undefined || (nodes.length < 8 && random(5) === 0)) {
    db.add(Node, { name, mark: random(3) === 0, ...(node === undefined ? {} : { links: [node] }) });
    return;
  }
  const changes = [
    () => (node.mark = !node.mark),
    () => (node.name = name),
    () => node.links.add(other),
    () => [...node.links].slice(0, 1).forEach((link) => node.links.delete(link)),
    () => node.needs.add(...([name] as unknown as (typeof other)[])),
    () => [...node.needs].slice(0, 1).forEach((need) => node.needs.delete(need)),
    // The same object may stand in a list twice.
    () => node.path.insert(random(node.path.length + 1), other),
    () => node.path.length > 0 && node.path.delete(random(node.path.length)),
    () => node.path.length > 1 && node.path.move(random(node.path.length), 0),
    () => node.path.length > 0 && node.path.set(random(node.path.length), other),
    () => node.plan.insert(0, ...([name] as unknown as (typeof other)[])),
    () => node.plan.length > 0 && node.plan.delete(random(node.plan.length)),
    () => (node.next = random(3) === 0 ? undefined : other),
    () => (random(2) === 0 ? db.delete(node) : db.restore(node)),
  ];
  changes[random(changes.length)]?.();
}

function where(db: Database, random: Random): Where {
  if (random(4) === 0) {
    const nodes = db.query(Node).run();
    const id = nodes[random(nodes.length)]?.id;
    const goal = id === undefined ? { key: 'a' } : { id };
    return { $refTo: { ...goal, field: id === undefined ? 'plan' : 'path' } };
  }
  const field = FIELDS[random(FIELDS.length)] as string;
  const depth = 1 + random(4);
  const end = random(4) === 0 ? { name: 'a' } : { mark: true };
  const hop: Where =
    random(2) === 0
      ? { [field]: { to: end, depth } }
      : { $from: { type: Node.name, field, where: end, depth } };
  if (random(4) > 0) return hop;
  return { links: { to: hop } };
}

test.prop([fc.integer({ min: 0, max: 2 ** 31 })], { numRuns: 60 })(
  'who is reached and who reaches is known after each change of a graph',
  (seed) => {
    const random = randomFrom(seed);
    const replica = new WorldReplica('ada');
    const other = new WorldReplica('bob');
    const { db } = replica;
    db.register(Node);
    for (let step = 0; step < 16; step++) edit(db, random);
    replica.tick();
    other.pull(replica);
    const watched = Array.from({ length: 6 }, () => {
      const form: QueryForm = { type: Node.name, where: where(db, random) };
      const query = db.queryForm(form);
      const kept = { query, ids: [] as readonly string[] };
      query.subscribe((found) => (kept.ids = found.map(({ id }) => id)));
      return kept;
    });
    for (let round = 0; round < 20; round++) {
      for (let step = random(3); step >= 0; step--) edit(db, random);
      if (random(4) === 0) {
        edit(other.db, random);
        replica.pull(other);
      }
      replica.tick();
      for (const { query, ids } of watched) {
        const form = query.toJSON();
        const wanted = referenceRun(db, form);
        expect(
          query.run().map(({ id }) => id),
          JSON.stringify(form),
        ).toEqual(wanted);
        expect(ids, `kept: ${JSON.stringify(form)}`).toEqual(wanted);
      }
    }
  },
);
