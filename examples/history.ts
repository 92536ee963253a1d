// The examples of docs/history.md; the tests compile them, run them and compare the two texts.
import { createClient, defineType, s } from 'atoll';

const Task = defineType('Task', {
  title: s.string(),
  state: s.enum(['todo', 'done']).default('todo'),
  notes: s.text(),
  steps: s.list(s.string()),
});

await using client = await createClient({ profile: 'ada' });
await client.halo.createIdentity({ displayName: 'Ada' });
const space = await client.spaces.create({ name: 'Boat' });
const { db, history } = space;
const hull = db.add(Task, { title: 'Hull', notes: 'Sand it', steps: ['sand', 'paint'] });

history.versions.create('Plan');
hull.title = 'Hull and keel';
hull.notes.insert(7, ' twice');
hull.steps.move(1, 0);
db.add(Task, { title: 'Mast' });

const plan = await history.at({ version: 'Plan' });
for (const { title, notes } of plan.db.query(Task).run()) console.log(title, '|', String(notes));
const then = plan.db.query(Task).run()[0];
try {
  if (then !== undefined) then.title = 'Other';
} catch (failure) {
  console.log((failure as { code?: string }).code);
}

const alone = await history.at({ version: 'Plan' }, [hull.id]);
console.log(alone.db.query(Task).count(), alone.blocks);

const { entries } = await history.timeline(hull.id);
for (const { author, life, ops, touched } of entries) {
  const who = space.members.get().find(({ id }) => id === author)?.displayName;
  console.log(who, life, ops, touched.join(' '));
}

const diff = await history.diff(hull.id, { version: 'Plan' });
for (const field of diff?.fields ?? []) {
  if (field.kind === 'value') console.log(field.field, field.before, '→', field.after);
  if (field.kind === 'text') {
    console.log(field.field, field.pieces.map(({ change, text }) => `${change}:${text}`).join(' '));
  }
  if (field.kind === 'list') {
    console.log(
      field.field,
      field.pieces.map(({ change, value }) => `${change}:${String(value)}`).join(' '),
    );
  }
}

await history.restore(hull.id, { version: 'Plan' }, { label: 'Back to the plan' });
console.log(hull.title, '|', String(hull.notes), '|', [...hull.steps].join(' '));
console.log(space.undo.state.get().undoLabel);
space.undo.undo();
console.log(hull.title);
await history.restoreSpace({ version: 'Plan' });
console.log(db.query(Task).count());
space.undo.undo();
console.log(db.query(Task).count());

const branch = await client.spaces.branch(space, { name: 'Boat, other plan' });
const copy = branch.db.query(Task).where({ title: 'Hull and keel' }).run()[0];
copy?.notes.insert(0, 'Buy paper. ');
if (copy !== undefined) copy.title = 'Hull only';
hull.title = 'Hull first';
hull.steps.insert(2, 'dry');
await branch.flush();
const { conflicts } = await client.spaces.merge(branch, { dryRun: true });
for (const { field, base, origin, branch: other } of conflicts) {
  console.log(field, base, origin, other);
}
await client.spaces.merge(branch, { choice: 'branch' });
console.log(hull.title, '|', String(hull.notes), '|', [...hull.steps].join(' '));
console.log(history.mergedMs(branch.id) !== undefined);

console.log(await history.begins());
