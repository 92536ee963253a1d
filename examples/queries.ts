// The examples of docs/queries.md; the tests compile them, run them and compare the two texts.
import { createClient, defineRelation, defineType, parseQuery, s } from 'atoll';

const Person = defineType('Person', { name: s.string().index(), born: s.day().optional() });
const Task = defineType('Task', {
  title: s.string().searchable(),
  state: s.enum(['todo', 'done']).default('todo'),
  size: s.number().optional().index(),
  due: s.date().optional(),
  tags: s.set(s.string()),
  notes: s.text().searchable(),
  assignee: s.ref(() => Person).optional(),
  needs: s.set(s.ref({ name: 'Task' }, { by: 'title' })),
});
const Knows = defineRelation('Knows', {
  source: Person,
  target: Person,
  fields: { since: s.integer() },
});

await using client = await createClient({ profile: 'ada' });
await client.halo.createIdentity({ displayName: 'Ada' });
const { db } = await client.spaces.create({ name: 'Boat' });

const ada = db.add(Person, { name: 'Ada', born: '1815-12-10' });
const bob = db.add(Person, { name: 'Bob' });
db.add(Knows, { source: ada, target: bob, since: 1833 });
db.add(Task, { title: 'Hull', size: 8, tags: ['wood'], assignee: ada, needs: ['Planks'] });
db.add(Task, { title: 'Planks', size: 3, tags: ['wood', 'shop'], notes: '東京都の木材' });
db.add(Task, { title: 'Mast', size: 5, assignee: bob, needs: ['Hull', 'Rope'] });
db.add(Task, { title: 'Éclairage', tags: ['shop'], due: new Date('2026-05-01') });
const tasks = db.query(Task);
const titles = (found: readonly { title: string }[]) => found.map(({ title }) => title).join(' ');

console.log(titles(tasks.where({ state: 'todo', size: { gte: 3, lt: 8 } }).run()));
console.log(titles(tasks.where({ tags: { contains: 'shop' } }).run()));
console.log(titles(tasks.where({ $or: [{ size: { gt: 5 } }, { due: { exists: true } }] }).run()));
console.log(titles(tasks.where({ $not: { title: { prefix: 'M' } } }).run()));

console.log(titles(tasks.where({ title: { text: 'eclair' } }).run()));
console.log(titles(tasks.where({ $text: '木材' }).run()));
console.log(tasks.search('hu').map(({ object }) => object.title));

console.log(titles(tasks.where({ assignee: { to: { born: { lt: '1900-01-01' } } } }).run()));
console.log(titles(tasks.refTo('Rope').run()));
console.log(titles(tasks.where({ needs: { to: { title: 'Planks' }, depth: 3 } }).run()));
const busy = db.query(Person).ledToBy(Task, 'assignee', { where: { size: { gt: 5 } } });
console.log(busy.run().map(({ name }) => name));
const friends = db
  .query(Person)
  .ledToBy(Knows, 'target', { where: { source: { to: { name: 'Ada' } } } });
console.log(friends.run().map(({ name }) => name));

const Part = defineType('Part', {
  name: s.string(),
  parent: s.tree('parts'),
  stock: s.map(s.record({ place: s.string(), count: s.integer().default(1) })),
});
const ship = db.add(Part, { name: 'ship' });
const rig = db.add(Part, { name: 'rig', parent: ship });
const sail = db.add(Part, { name: 'sail', parent: rig, stock: { a: { place: 'loft', count: 2 } } });
const names = (found: readonly { name: string }[]) => found.map(({ name }) => name).join(' ');
const parts = db.query(Part);
console.log(names(parts.under(ship).run()), '|', names(parts.under(ship, { depth: 1 }).run()));
console.log(names(parts.above(sail).run()), '|', names(parts.under(null, { depth: 1 }).run()));

console.log(names(parts.where({ stock: { some: { place: 'loft', count: { gt: 1 } } } }).run()));
console.log(parts.where({ stock: { exists: false } }).count());

const bySize = tasks.orderBy('size', 'desc', { nulls: 'last' }).limit(2);
const first = bySize.page();
console.log(titles(first.objects));
console.log(titles(bySize.after(first.next ?? '').page().objects));

console.log(tasks.count(), tasks.sum('size'), tasks.min('due'));
for (const { key, count, figures } of tasks
  .groupBy('tags')
  .aggregate({ most: { max: 'size' } })
  .groups()) {
  console.log(key.tags ?? 'none', count, figures.most ?? '-');
}

const stop = tasks.where({ state: 'done' }).subscribeCount((done) => console.log(`${done} done`));
const hull = tasks.where({ title: 'Hull' }).first();
if (hull) hull.state = 'done';
await Promise.resolve();
stop();

console.log(
  JSON.stringify(
    tasks
      .where({ size: { gt: 4 } })
      .orderBy('title')
      .toJSON(),
  ),
);
const written = parseQuery('{ "type": "Task", "where": { "tags": { "contains": "wood" } } }');
console.log(db.queryForm(written).count());

const everywhere = client.spaces.query(Task, (all) => all.orderBy('size', 'desc').limit(1));
console.log(
  everywhere.run().map(({ object }) => object.title),
  everywhere.count(),
);

console.log(tasks.where({ size: { gt: 4 }, state: 'todo' }).explain().words);
