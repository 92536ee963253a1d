// The examples of docs/undo.md; the tests compile them, run them and compare the two texts.
import { createClient, defineType, s } from 'atoll';

const Task = defineType('Task', { title: s.string(), place: s.number(), notes: s.text() });

await using client = await createClient({ profile: 'ada' });
await client.halo.createIdentity({ displayName: 'Ada' });
const trip = await client.spaces.create({ name: 'Trip' });
const work = await client.spaces.create({ name: 'Work' });

const task = trip.db.add(Task, { title: 'Pack', place: 0 });
await trip.flush();
task.title = 'Pack light';
await trip.flush();
console.log(trip.undo.state.get().undoLabel);
trip.undo.undo();
console.log(task.title);
trip.undo.redo();
console.log(task.title);

const drag = trip.undo.gesture({ label: 'Moved a task', scope: 'board' });
for (const place of [1, 2, 3]) drag(() => (task.place = place));
console.log(trip.undo.state.get().undoLabel, task.place);

task.notes.insert(0, 'Tent, rope, tea.');
await trip.flush();
const editor = trip.undo.in({ object: task.id, field: 'notes' });
const board = trip.undo.in({ scope: 'board' });
board.undo();
console.log(task.place, task.notes.toString());
editor.undo();
console.log(editor.state.get().canUndo, JSON.stringify(task.notes.toString()));

client.undo.run(
  () => {
    trip.db.delete(task);
    work.db.add(Task, { title: 'Pack', place: 0 });
  },
  { label: 'Took it to work' },
);
console.log(trip.db.query(Task).count(), work.db.query(Task).count());
client.undo.undo();
console.log(trip.db.query(Task).count(), work.db.query(Task).count());

const [newest] = trip.undo.state.get().entries.filter((entry) => !entry.undone);
console.log(newest?.label, trip.undo.preview(newest?.id ?? ''));
