/** Random edits of every kind on random objects, from a seed. For tests. */
import { fromHex } from '@atoll/kernel';
import { defineType, s, type Block, type InstanceOf } from '@atoll/schema';
import type { Database } from '../database.ts';

/** A type with a field of every kind. */
const Thing = defineType('test.Thing', {
  title: s.string().default(''),
  count: s.integer().optional(),
  tags: s.set(s.string()),
  votes: s.counter(),
  notes: s.text(),
  page: s.richText(),
  other: s.ref({ name: 'test.Thing' }).optional(),
  items: s.list(s.string()),
  inner: s.record({ left: s.string().optional(), right: s.string().optional() }),
  meta: s.map(s.integer()),
});

/** Its instances. */
type ThingObject = InstanceOf<typeof Thing>;

/** Numbers from a seed: mulberry32. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const WORDS = ['a', 'b', 'cc', 'ddd', '😀', 'zz'];

/** One random edit. Deleted objects may be edited too. */
export function randomEdit(db: Database, random: (below: number) => number): void {
  const things = db.query(Thing).deleted('include').run();
  const word = (): string => WORDS[random(WORDS.length)] as string;
  if (things.length === 0 || random(8) === 0) {
    db.add(Thing, {
      title: word(),
      tags: [word(), word()],
      ...(random(2) === 0 ? { votes: random(5) } : {}),
      ...(random(2) === 0 ? { notes: word() + word() } : {}),
      ...(random(2) === 0 ? { items: [word(), word()] } : {}),
      meta: { [word()]: random(9) },
    });
    return;
  }
  const thing = things[random(things.length)] as ThingObject;
  const edits = [editRegisters, editCollections, editText, editPage, editList, editLife];
  edits[random(edits.length)]?.({ db, thing, things, random, word });
}

/** One random edit of a rich text. */
export function randomPageEdit(db: Database, random: (below: number) => number): void {
  const things = db.query(Thing).run();
  const word = (): string => WORDS[random(WORDS.length)] as string;
  const thing = things[random(Math.max(1, things.length))] ?? db.add(Thing, {});
  editPage({ db, thing, things, random, word });
}

interface Edit {
  readonly db: Database;
  readonly thing: ThingObject;
  readonly things: readonly ThingObject[];
  readonly random: (below: number) => number;
  readonly word: () => string;
}

function editRegisters({ thing, things, random, word }: Edit): void {
  switch (random(5)) {
    case 0:
      thing.title = word();
      break;
    case 1:
      thing.count = random(2) === 0 ? undefined : random(100);
      break;
    case 2:
      thing.inner.left = word();
      break;
    case 3:
      thing.other = things[random(things.length)];
      break;
    default:
      if (random(2) === 0) thing.meta.set(word(), random(9));
      else thing.meta.delete(word());
  }
}

function editCollections({ thing, random, word }: Edit): void {
  switch (random(4)) {
    case 0:
      thing.tags.add(word());
      break;
    case 1:
      thing.tags.delete(word());
      break;
    case 2:
      thing.votes.increment(random(7) - 3);
      break;
    default:
      thing.votes.assign(random(10));
  }
}

function editText({ thing, random, word }: Edit): void {
  const { length } = thing.notes;
  if (length === 0 || random(3) > 0) thing.notes.insert(random(length + 1), word());
  else {
    const at = random(length);
    thing.notes.delete(at, 1 + random(Math.min(3, length - at)));
  }
}

const MARKS: readonly (readonly [key: string, value: true | string])[] = [
  ['bold', true],
  ['italic', true],
  ['link', 'https://a.example/'],
  ['link', 'https://b.example/'],
  ['comment:1', 'one'],
  ['comment:2', 'two'],
];

const BLOCKS: readonly Block[] = [
  { kind: 'paragraph' },
  { kind: 'heading', level: 2 },
  { kind: 'todo', depth: 1, checked: true },
  { kind: 'divider' },
];

function editPage({ thing, random, word }: Edit): void {
  const { page } = thing;
  const { length } = page;
  const at = random(length + 1);
  const block = BLOCKS[random(BLOCKS.length)] as Block;
  if (length < 3 || random(3) === 0) page.insert(at, word());
  else if (random(5) === 0) page.split(at, block);
  else if (random(5) === 0) page.setBlock(at, block);
  else if (random(4) === 0) page.delete(Math.min(at, length - 1), 1);
  else {
    const [key, value] = MARKS[random(MARKS.length)] as (typeof MARKS)[number];
    const to = at + random(length - at + 1);
    if (random(3) === 0) page.unmark(at, to, key);
    else page.mark(at, to, key, value);
  }
}

function editList({ thing, random, word }: Edit): void {
  const { length } = thing.items;
  if (length === 0 || random(3) === 0) thing.items.insert(random(length + 1), word());
  else if (random(3) === 0) thing.items.delete(random(length));
  else if (random(2) === 0) thing.items.move(random(length), random(length));
  else thing.items.set(random(length), word());
}

function editLife({ db, thing, random }: Edit): void {
  const row = db.fold.rows.find(fromHex(thing.id) ?? new Uint8Array(16));
  if (random(2) === 0) db.delete(thing);
  else if (db.canRestore(row)) db.restore(thing);
}
