// The examples of docs/public.md; the tests compile them, run them and compare the two texts.
import { Kube, readConfig } from '@atoll/kube';
import { createClient, defineType, liveUntil, s, type Space } from 'atoll';

await using kube = await Kube.start(await readConfig(['--port', '0', '--data', 'kube']), {
  event: () => undefined,
});
await using ada = await createClient({ profile: 'ada', kubes: [kube.url] });
await using kim = await createClient({ profile: 'kim', kubes: [kube.url] });
await ada.halo.createIdentity({ displayName: 'Ada' });
await kim.halo.createIdentity({ displayName: 'Kim' });
const Question = defineType('Question', { text: s.string().searchable() });

const garden = await ada.spaces.create({ name: 'Garden' });
garden.db.add(Question, { text: 'When do beans go out?' });
const link = await garden.publication.publish();
const read = await kim.spaces.follow(link);
const questions = (space: Space): string[] =>
  space.db
    .query(Question)
    .run()
    .map(({ text }) => text);
console.log(read.isFollowed, garden.members.get().length);

await garden.door.open({ types: ['Question'], takesItself: false });
await liveUntil(read.door.state, ({ isOpen }) => isOpen);
await read.door.post('Question', { text: 'Do slugs like basil?' });
await read.door.post('Question', { text: 'Cheap watches!' });
await garden.door.look();
const { waiting } = garden.door.state.get();
console.log(waiting.map(({ author, fields }) => [author.displayName, fields['text']]));

for (const { fields, id } of waiting) {
  if (fields['text'] === 'Cheap watches!') await garden.door.decline(id);
  else await garden.door.take(id);
}
await garden.flush();
const { own } = await liveUntil(read.door.state, ({ own: sent }) =>
  sent.some(({ state }) => state === 'shown'),
);
console.log(own.find(({ state }) => state === 'shown')?.fields);
const [item] = garden.door.state.get().items;
console.log(questions(garden), item?.author.displayName, item?.takenBy.displayName);

const counts: number[] = [];
const stop = read.db.query(Question).subscribeCount((count) => counts.push(count));
await garden.door.hide(item?.object ?? '');
await liveUntil(read.door.state, ({ hidden }) => item !== undefined && item.object in hidden);
console.log(questions(read), read.db.query(Question).search('slugs').length);
console.log(read.db.query(Question).hidden('only').count());
await garden.door.show(item?.object ?? '');
await liveUntil(read.door.state, ({ hidden }) => Object.keys(hidden).length === 0);
await read.flush();
console.log(questions(read), counts);
stop();

await garden.door.ban(item?.author.id ?? '', { hidesAll: true });
await liveUntil(read.door.state, ({ banned }) => banned.length > 0);
console.log(questions(garden));
console.log(await read.door.post('Question', { text: 'Sorry!' }).catch((e) => e.code));
await garden.door.allow(item?.author.id ?? '');

await garden.publication.unpublish();
console.log(garden.door.state.get().isOpen, garden.publication.state.get().links);
