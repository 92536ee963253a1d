/** Members who run a changed program that cites a right for what it does not reach: nothing of that is ever shown. */
import { typePath, type AccessPath } from '@atoll/halo';
import { fromHex, type CredentialId } from '@atoll/kernel';
import { SimRng } from '@atoll/testkit';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { describe, expect, test } from 'vitest';
import { Space } from './space.ts';
import { pretend } from './testing/pretend.ts';
import { grant, named, readersTown, type Town } from './testing/rights-fixture.ts';
import { exchange, exchangeAll, rootOf, type Person } from './testing/space-fixture.ts';

const Page = defineType('org.example.Page', {
  title: s.string(),
  note: s.string().default(''),
  text: s.text(),
  items: s.list(s.string()),
  tags: s.map(s.string()),
  votes: s.counter(),
  parent: s.tree('pages'),
});

type PageObject = InstanceOf<typeof Page>;

function town(seed: number, begin: (one: Space) => void): Promise<Town> {
  return readersTown(seed, { types: [Page], begin });
}

function page({ database }: Space, title: string): PageObject {
  const found = database.query(Page).where({ title }).run()[0];
  if (found === undefined) throw new RangeError(`there is no page ${title}`);
  return found;
}

function add(space: Space, title: string, parent?: string): void {
  space.database.add(Page, {
    ...{ title, text: title, items: ['a', 'b'], tags: { k: '1', kk: '11' } },
    ...(parent === undefined ? {} : { parent: page(space, parent) }),
  });
}

async function give(of: Town, to: Person, path: AccessPath): Promise<CredentialId> {
  const credential = await grant({ person: of.ada, space: of.one }, named(to), {
    path,
    level: 'write',
  });
  await of.share();
  return credential;
}

function pathOf({ one }: Town, title: string, field?: string, key?: string | number): AccessPath {
  return one.rights.pathOf({
    object: page(one, title).id,
    ...(field === undefined ? {} : { field }),
    ...(key === undefined ? {} : { key }),
  });
}

/** The same from the log and from a snapshot. */
async function reopened(space: Space, person: Person): Promise<readonly string[]> {
  const roots: string[] = [];
  const { id, keys } = space;
  let open = space;
  for (const write of [false, true]) {
    if (write) await open.writeSnapshot();
    await open[Symbol.asyncDispose]();
    open = await Space.open(person.ports, { space: id, ring: keys.ring, writer: person.writer() });
    open.database.register(Page);
    await open.settled();
    roots.push(rootOf(open));
  }
  await open[Symbol.asyncDispose]();
  return roots;
}

describe('what a section does that its right does not reach', () => {
  test('is void, op by op, beside what it does reach', async () => {
    const of = await town(7501, (one) => {
      add(one, 'mine');
      add(one, 'other');
    });
    const { jun, kim, one, two, three } = of;
    pretend(two, await give(of, jun, pathOf(of, 'mine')));
    two.database.transaction(() => {
      const other = page(two, 'other');
      other.note = 'bad';
      page(two, 'mine').note = 'good';
      other.text.insert(0, 'bad ');
      other.items.insert(0, 'bad');
      other.tags.set('k', 'bad');
      other.votes.increment(1);
      add(two, 'bad');
      page(two, 'mine').text.insert(0, 'good ');
    });
    two.database.delete(page(two, 'other'));
    await of.share();
    for (const space of [one, three]) {
      expect(page(space, 'mine').note).toBe('good');
      expect(page(space, 'mine').text.toString()).toBe('good mine');
      const { items, note, tags, text, votes } = page(space, 'other');
      expect([note, text.toString(), [...items], tags.get('k'), votes.value]).toEqual([
        ...['', 'other', ['a', 'b'], '1', 0],
      ]);
      expect(space.database.query(Page).where({ title: 'bad' }).run()).toEqual([]);
    }
    expect(rootOf(three)).toBe(rootOf(one));
    expect(await reopened(three, kim)).toEqual([rootOf(one), rootOf(one)]);
  });

  test('holds for other keys and other elements of the same map and list', async () => {
    const of = await town(7511, (one) => add(one, 'mine'));
    const { jun, one, two, three } = of;
    pretend(two, await give(of, jun, pathOf(of, 'mine', 'tags', 'k')));
    const mine = page(two, 'mine');
    mine.tags.set('kk', 'bad');
    mine.tags.set('k', 'good');
    mine.items.set(0, 'bad');
    await of.share();
    expect([page(one, 'mine').tags.get('k'), page(one, 'mine').tags.get('kk')]).toEqual([
      ...['good', '11'],
    ]);
    expect([...page(three, 'mine').items]).toEqual(['a', 'b']);
    expect(rootOf(three)).toBe(rootOf(one));
  });

  test('moves nothing out of a subtree or into one', async () => {
    const of = await town(7521, (one) => {
      for (const title of ['folder', 'other']) add(one, title);
      add(one, 'in', 'folder');
      add(one, 'out', 'other');
    });
    const { jun, one, two, three } = of;
    pretend(two, await give(of, jun, pathOf(of, 'folder')));
    two.database.move(page(two, 'in'), { parent: page(two, 'other') });
    two.database.move(page(two, 'out'), { parent: page(two, 'folder') });
    two.database.move(page(two, 'folder'), { parent: page(two, 'other') });
    // As far as anybody else can see, it is still where it was.
    page(two, 'in').note = 'good';
    page(two, 'out').note = 'bad';
    await of.share();
    for (const space of [one, three]) {
      const parentOf = (title: string): unknown =>
        space.database.parent(page(space, title))?.['title'];
      expect(['in', 'out', 'folder'].map(parentOf)).toEqual(['folder', 'other', undefined]);
      expect([page(space, 'in').note, page(space, 'out').note]).toEqual(['good', '']);
    }
    expect(rootOf(three)).toBe(rootOf(one));
  });

  test('is no more void for being cited beside a right that reaches it', async () => {
    const of = await town(7531, (one) => {
      add(one, 'a');
      add(one, 'b');
    });
    const { jun, one, two, three } = of;
    await give(of, jun, pathOf(of, 'a'));
    await give(of, jun, pathOf(of, 'b'));
    two.database.transaction(() => {
      page(two, 'a').note = 'A';
      page(two, 'b').note = 'B';
      page(two, 'a').votes.increment(1);
    });
    const { UndoLog } = await import('../undo-log.ts');
    const undo = new UndoLog(two.database);
    two.database.transaction(() => {
      page(two, 'b').note = 'BB';
      page(two, 'a').note = 'AA';
    });
    await of.share();
    undo.undo();
    await of.share();
    for (const space of of.all) {
      expect([page(space, 'a').note, page(space, 'b').note]).toEqual(['A', 'B']);
    }
    expect(new Set([one, two, three].map(rootOf)).size).toBe(1);
  });
});

test('nothing is said of where a thing stands that its writer had not heard of, whoever else had', async () => {
  const of = await town(7541, (one) => add(one, 'a'));
  const { jun, one, two, three } = of;
  const right = await give(of, jun, typePath(Page.name));
  add(one, 'unheard');
  await exchange(one, three);
  pretend(two, right);
  const { database } = two;
  const row = database.fold.rows.find(fromHex(page(two, 'a').id) as Uint8Array);
  const type = database.fold.typeOf(row);
  const leaf = type.compiled.leafByName.get('parent');
  if (leaf === undefined) return expect.unreachable();
  const parent = fromHex(page(one, 'unheard').id) as Uint8Array<ArrayBuffer>;
  database.mutations.set({ row, type, leaf }, [parent, new Uint8Array([7])]);
  await of.share();
  // Kim has heard of the parent before the move, Jun's device after it.
  expect(three.database.parent(page(three, 'a'))).toBeUndefined();
  expect(await reopened(two, jun)).toEqual([rootOf(three), rootOf(three)]);
  expect(rootOf(one)).toBe(rootOf(three));
});

test('whoever pretends what, in whatever order it is heard of: all others have the same state', async () => {
  for (let seed = 0; seed < 6; seed++) {
    const rng = new SimRng(7600 + seed);
    const of = await town(7600 + seed * 10, (one) => {
      for (const title of ['p0', 'p1']) add(one, title);
      add(one, 'p2', 'p0');
      add(one, 'p3', 'p2');
      add(one, 'p4', 'p1');
    });
    const { jun, kim, one, two, three } = of;
    const titles = ['p0', 'p1', 'p2', 'p3', 'p4'];
    const any = (): string => titles[rng.int(titles.length)] as string;
    const bad = await give(of, jun, pathOf(of, any()));
    for (let more = 0; more < 2; more++) {
      const field = rng.int(2) === 0 ? undefined : 'note';
      await give(of, kim, pathOf(of, any(), field));
    }
    pretend(two, bad);
    for (let step = 0; step < 24; step++) {
      const space = [one, two, three][rng.int(3)] as Space;
      const title = any();
      const word = `${space === two ? 'Jun' : 'other'} ${String(step)}`;
      try {
        const act = rng.int(5);
        if (act === 0) page(space, title).note = word;
        else if (act === 1) page(space, title).text.insert(0, `${word} `);
        else if (act === 2) page(space, title).tags.set('k', word);
        else if (act === 3 && space !== two) {
          space.database.move(page(space, title), { parent: page(space, any()) });
        } else if (act === 4) await exchange(space, [one, two, three][rng.int(3)] as Space);
      } catch (failure) {
        const { code } = failure as { readonly code?: string };
        expect(['SPACE_NO_RIGHT', 'ECHO_TREE']).toContain(code);
      }
      await space.flush();
    }
    await exchangeAll(of.all);
    expect(rootOf(three)).toBe(rootOf(one));
    expect((await reopened(three, kim))[0]).toBe(rootOf(one));
  }
});
