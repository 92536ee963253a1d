// The examples of docs/text.md; the tests compile them, run them and compare the two texts.
import { documentOfMarkdown, htmlOf, markdownOf } from '@atoll/text-formats';
import { createClient, defineType, s } from 'atoll';

const Note = defineType('Note', { title: s.string(), draft: s.text(), body: s.richText() });

await using client = await createClient({ profile: 'ada' });
await client.halo.createIdentity({ displayName: 'Ada' });
const space = await client.spaces.create({ name: 'Trip' });
const note = space.db.add(Note, { title: 'Island', draft: 'A tent 🏕 and tea' });
const { draft, body } = note;

console.log(draft.length, draft.toString().indexOf('and'));
draft.insert(draft.toString().indexOf('and'), 'for two ');
draft.delete(0, 2);
draft.insert(6, 'X'); // Between the halves of the tent: it moves before them.
draft.delete(7, 1); // Half of it: the whole goes.
console.log(draft.toString());

const caret = draft.cursor(draft.toString().indexOf('tea'));
draft.insert(0, 'My ');
console.log(draft.position(caret), draft.toString().slice(draft.position(caret)));

body.insert(0, 'The early ferry');
body.mark(4, 9, 'bold');
body.mark(10, 15, 'link', 'https://ferry.example/');
body.insert(9, '!'); // Bold grows at its end; a link would not.
body.setBlock(0, { kind: 'heading', level: 1 });
body.split(body.length, { kind: 'todo', depth: 0, checked: false });
body.insert(body.length, 'boots');
console.log(JSON.stringify(body.toDocument()[0]?.runs));
console.log(JSON.stringify(body.toDocument()[1]), JSON.stringify(body.toString()));

body.applyDelta([
  { start: { kind: 'paragraph' } },
  { retain: 4 },
  { retain: 6, attributes: { bold: null, italic: true } },
  { insert: ' morning' },
  { retain: 6 },
  { retain: 1, block: { kind: 'todo', depth: 0, checked: true } },
]);
console.log(JSON.stringify(body.toDelta()));

console.log(markdownOf(body.toDocument()));
body.setDocument(documentOfMarkdown('# Island\n\nThe *early* ferry\n\n- [x] boots\n- [ ] tea'));
console.log(htmlOf(body.toDocument()));
await space.flush(); // What comes next is a step of undo of its own.

body.subscribe((changes) => {
  for (const change of changes) console.log(JSON.stringify(change));
});
body.mark(0, 6, 'comment:c1', 'Which one?');
body.delete(0, 3);
space.db.flush();
space.undo.in({ object: note.id, field: 'body' }).undo();
space.db.flush();
console.log(body.toString().split('\n')[0]);
