// The examples of docs/types.md; the tests compile them, run them and compare the two texts.
import { createClient, defineRelation, defineType, fromJsonSchema, s, toJsonSchema } from 'atoll';

const Person = defineType('org.example.Person', {
  name: s.string(),
  email: s.string().optional().unique(),
});

const Task = defineType('org.example.Task', {
  title: s.string(),
  note: s.string().nullable().default('none'),
  size: s.number().optional(),
  budget: s.bigint().optional(),
  created: s.date().optional(),
  due: s.day().optional(),
  digest: s.bytes().optional(),
  extra: s.json().optional(),
  state: s.enum(['open', 'done']).default('open').index(),
  repeat: s.union([s.integer(), s.literal('never')]).optional(),
  place: s
    .tagged('kind', {
      point: { x: s.number(), y: s.number() },
      address: { street: s.string(), city: s.string().optional() },
    })
    .optional(),
  assignee: s.ref(() => Person).optional(),
  votes: s.counter(),
  tags: s.set(s.string()),
  steps: s.list(s.string()),
  limits: s.map(s.number()),
  rooms: s.map(s.record({ floor: s.integer(), chairs: s.integer().default(0) })),
  owner: s.record({ team: s.string().optional(), phone: s.string().optional() }),
  parent: s.tree('org.example.Outline'),
});

const Knows = defineRelation('org.example.Knows', {
  source: Person,
  target: Person,
  fields: { since: s.day().optional() },
});

await using client = await createClient({ profile: 'ada' });
await client.halo.createIdentity({ displayName: 'Ada' });
const { db } = await client.spaces.create({ name: 'Plans' });
const other = await client.spaces.create({ name: 'Elsewhere' });

const ada = db.add(Person, { name: 'Ada' });
const task = db.add(Task, { title: 'Pack', due: '2026-03-01', rooms: { hall: { floor: 1 } } });
console.log(task.note, task.due, task.state); // none 2026-03-01 open

task.note = null; // A value: no note, on purpose.
task.size = undefined; // No value: as if never written.
task.place = { kind: 'point', x: 1, y: 2 };
task.repeat = 'never';
task.budget = 2n ** 70n;

try {
  db.add(Task, { title: 'Pack', due: '2026-02-30' });
} catch (failure) {
  console.log(String(failure)); // … org.example.Task due: a day such as 2026-03-01 is expected
}

task.votes.increment(2);
task.tags.add('home', 'urgent');
task.limits.set('euro', 20);

task.steps.push('tent', 'rope', 'tea', 'map');
const tea = task.steps.idAt(2) ?? '';
task.steps.moveRange(0, 2, 2);
console.log(task.steps.toArray().join(' '), task.steps.indexOfId(tea)); // tea map tent rope 0

const hall = task.rooms.get('hall');
if (hall !== undefined) hall.chairs = 12;
task.rooms.set('attic', { floor: 3 });
console.log(JSON.stringify(task.rooms)); // {"attic":{"floor":3,"chairs":0},"hall":{…

const far = other.db.add(Person, { name: 'Far' });
task.assignee = far;
console.log(task.assignee?.$state, task.assignee?.$target?.name); // present Far
other.db.delete(far);
console.log(task.assignee?.$state, task.assignee?.$target); // deleted undefined

const jun = db.add(Person, { name: 'Jun' });
db.add(Knows, { source: ada, target: jun, since: '2020-01-01' });
console.log(db.relations(jun, { type: Knows, end: 'target' }).length); // 1

ada.email = 'a@example.org';
jun.email = 'a@example.org';
const [twice] = db.duplicates(Person, 'email');
console.log(twice?.value, twice?.owner.id === ada.id, twice?.others.length); // a@example.org true 1

const trip = db.add(Task, { title: 'Trip' });
const food = db.add(Task, { title: 'Food', parent: trip });
db.move(task, { parent: trip, before: food });
const shown = [...db.trees.subtree(trip)].map(({ object, depth }) => [depth, object['title']]);
console.log(shown, db.parent(food)?.['title']); // [ [ 0, 'Pack' ], [ 0, 'Food' ] ] Trip
const stop = db.trees.onChildren(trip, (children) => console.log(children.length, 'children'));
food.parent = task; // The last child of another parent.

const [winner] = db.conflicts(task, 'title');
if (winner !== undefined) db.resolve(task, 'title', winner);
const stuck = db.trees.conflicts('org.example.Outline');
for (const { object, parent } of stuck) console.log(object.id, 'wanted to be below', parent?.id);

const schema = toJsonSchema(Task.data());
const { type, losses } = fromJsonSchema(schema);
console.log(type.name, losses.length); // org.example.Task 0

stop();
