// The example of the README; the tests compile it, run it and compare the two texts.
import { createClient, defineType, s } from 'atoll';

const Task = defineType('Task', { title: s.string(), done: s.boolean(), notes: s.text() });

await using client = await createClient({ profile: 'ada' }); // A folder, or a name in a browser.
await client.halo.createIdentity({ displayName: 'Ada' });
const trip = await client.spaces.create({ name: 'Trip' });
trip.db.query(Task).subscribe((tasks) => console.log(tasks.map((task) => task.title)));
const task = trip.db.add(Task, { title: 'Pack', done: false });
task.notes.insert(0, 'Tent, rope, tea.');
await trip.flush(); // Durable here, and on its way to whoever is a member and can be reached.
task.title = 'Pack light';
trip.undo.undo();
console.log(`${task.title}: ${task.notes}`);
