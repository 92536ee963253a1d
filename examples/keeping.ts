// The examples of docs/keeping.md; the tests compile them, run them and compare the two texts.
import { createClient, defineType, s } from 'atoll';

const Task = defineType('Task', { title: s.string(), notes: s.text() });

await using client = await createClient({ profile: 'ada' });
await client.halo.createIdentity({ displayName: 'Ada' });
const space = await client.spaces.create({ name: 'Boat' });
for (const title of ['Hull', 'Mast', 'Sails']) space.db.add(Task, { title, notes: `${title}: ` });

const parts: Uint8Array[] = [];
for await (const part of space.export({ passphrase: 'a long passphrase' })) parts.push(part);

async function* again(): AsyncGenerator<Uint8Array> {
  yield* parts;
}

await using elsewhere = await createClient({ profile: 'elsewhere' });
await elsewhere.halo.createIdentity({ displayName: 'Ada again' });
await elsewhere.spaces
  .import(again(), { passphrase: 'another passphrase' })
  .catch((failure: { code?: string }) => console.log(failure.code));

const found = await elsewhere.spaces.import(again(), { passphrase: 'a long passphrase' });
const back = elsewhere.spaces.get(found.space);
console.log(found.same, back?.db.query(Task).count());
console.log((await back?.info())?.root === (await space.info()).root);

const plain = JSON.stringify(space.db.query(Task).where({ title: 'Mast' }).run());
console.log(plain.replace(/[0-9a-f]{32}/, '…'));

await space.epochs.propose();
await space.flush();
const { number, era } = space.epochs.status.get();
console.log(number, era);
const { at } = await space.epochs.dropHistory({ olderThanMs: 0 });
console.log(at);

const quiet = await createClient({ profile: 'quiet', openSpacesMax: 1 });
await quiet.halo.createIdentity({ displayName: 'Ada' });
for (const name of ['Home', 'Work', 'Trips']) {
  const each = await quiet.spaces.create({ name });
  each.db.add(Task, { title: `${name} list`, notes: '' });
}
await quiet.close();

await using many = await createClient({ profile: 'quiet', openSpacesMax: 1 });
const listed = many.spaces.list.get();
console.log(listed.map(({ name, state }) => `${name.get()} ${state.get()}`).join(', '));

const [home] = listed;
const release = home?.hold();
await home?.open();
console.log(home?.state.get(), home?.db.query(Task).count());
release?.();

const tasks = many.spaces.query(Task);
const releaseAll = await tasks.ready();
console.log(tasks.count());
releaseAll();

await space.leave().catch((failure: { code?: string }) => console.log(failure.code));
await space.leave({ discard: true });
console.log(client.spaces.get(space.id));
