/**
 * Fields of custom data models through epochs: sealed and kept by a voter without the code, dropped for, fetched
 * by somebody new, merged with by somebody who was away. With the shipped models, and before their code is here.
 */
import { ready } from '@atoll/crypto';
import { Space } from '@atoll/echo';
import { sheetModel, type Sheet } from '@atoll/model-sheet';
import { yjsModel, type YjsDocument } from '@atoll/model-yjs';
import { defineType, s, type InstanceOf } from '@atoll/schema';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { beforeAll, expect, test } from 'vitest';
import { fetchKept } from '../../packages/echo/src/space/testing/fetch-kept.ts';
import { Person, exchange, rootOf } from '../../packages/echo/src/space/testing/space-fixture.ts';

const Note = defineType('org.example.Note', {
  title: s.string(),
  body: s.model<YjsDocument>('org.yjs.document', 1),
  sheet: s.model<Sheet>('org.atoll.sheet', 1),
});

beforeAll(() => ready());

function withCode(space: Space): Space {
  space.database.register(Note);
  space.database.models.register(yjsModel);
  space.database.models.register(sheetModel);
  return space;
}

function noteOf({ database }: Space): InstanceOf<typeof Note> {
  const note = database.query(Note).run()[0];
  if (note === undefined) throw new RangeError('there is no note');
  return note;
}

async function edit(space: Space, word: string, row: number): Promise<void> {
  const note = noteOf(space);
  note.body.open().doc.getText('text').insert(0, `${word} `);
  await space.flush();
  note.sheet.open().set(row, 0, word);
  await space.flush();
}

/** What a space with the code shows: words in the order of the text, and the first column. */
function shown(space: Space): { readonly text: string; readonly cells: readonly unknown[] } {
  const { body, sheet } = noteOf(space);
  const open = sheet.open();
  const cells = Array.from({ length: open.rows }, (_, row) => open.get(row, 0));
  return { text: body.open().doc.getText('text').toString(), cells };
}

test.each([true, false])(
  'model fields pass epochs whole, whether the voter has their code (%s) or not',
  async (hasCode) => {
    const [ada, jun, kim, eve] = (await Promise.all(
      ['Ada', 'Jun', 'Kim', 'Eve'].map((name, at) => Person.make(name, 900 + at)),
    )) as [Person, Person, Person, Person];
    // Ada votes; Jun writes; Kim goes away; Eve comes when the history is gone.
    const one = await ada.found();
    if (hasCode) withCode(one);
    const two = withCode(await jun.join(one, ada.deviceSigner, 'writer'));
    two.database.add(Note, { title: 'Trip' });
    const sheet = noteOf(two).sheet.open();
    sheet.insert('row', 0, 5);
    sheet.insert('column', 0, 1);
    await edit(two, 'first', 0);
    await exchange(one, two);
    const three = withCode(await kim.join(one, ada.deviceSigner, 'writer'));
    const guest = await eve.join(one, ada.deviceSigner, 'writer');
    await guest[Symbol.asyncDispose]();
    await exchange(one, two);
    await edit(three, 'away', 1);
    await edit(two, 'second', 2);
    for (const word of ['third', 'fourth']) {
      await edit(two, word, 3);
      await exchange(one, two);
      await one.epochs.propose();
      expect(await one.epochs.dropHistory(0)).toBeGreaterThan(0);
      await exchange(one, two);
    }
    expect(one.epochs.status().current?.number).toBe(2);
    expect((await one.epochs.archive.source())?.terms.number).toBe(2);
    await edit(two, 'above', 4);
    await exchange(one, two);

    const ports = { ...eve.ports, store: new MemoryStore(new MemoryDisk(new SimRng(9))) };
    await fetchKept(one, eve, ports);
    const { ring } = one.keys;
    const writer = eve.writer({ mayContinue: false });
    const four = await Space.open(ports, { space: one.id, ring, writer });
    await exchange(one, four);
    expect(rootOf(four)).toBe(rootOf(one));
    four.database.register(Note);
    expect(noteOf(four).body.status).toBe('unknown');
    withCode(four);
    expect(shown(four)).toEqual(shown(two));
    await edit(four, 'joined', 0);

    // Kim wrote without having heard of any epoch.
    await two.writeSnapshot();
    for (let round = 0; round < 2; round++) {
      for (const space of [one, two, four]) await exchange(three, space);
    }
    await exchange(one, two);
    const spaces = [one, two, three, four];
    expect(spaces.map(rootOf)).toEqual(spaces.map(() => rootOf(one)));
    if (!hasCode) withCode(one);
    const all = shown(two);
    for (const space of [one, three, four]) expect(shown(space)).toEqual(all);
    for (const word of ['first', 'second', 'third', 'fourth', 'above', 'away', 'joined']) {
      expect(all.text.split(' ')).toContain(word);
    }
    expect(all.cells).toEqual(['joined', 'away', 'second', 'fourth', 'above']);
    for (const person of [ada, jun]) {
      const again = await Space.open(person.ports, {
        space: one.id,
        ring,
        writer: person.writer(),
      });
      expect(rootOf(again)).toBe(rootOf(one));
      expect(shown(withCode(again))).toEqual(all);
    }
  },
);
