// What a program has written is read where people look: fields of every kind, and of custom data models. A table
// shows their words, the panel shows a document to read and a spreadsheet to read and write.
import { join } from 'node:path';
import { createClient, defineRelation, defineType, liveUntil, s } from 'atoll';
import { sheetModel, type Sheet } from '@atoll/model-sheet';
import { yjsModel, type YjsDocument } from '@atoll/model-yjs';
import { expect, test } from 'vitest';
import { XmlElement, XmlText } from 'yjs';
import { stageOfFile } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 20_000 };
/** Panel and table are examined in every look. */
const EXAMINED_MS = 240_000;

const Plan = defineType('org.example.Plan', {
  title: s.string(),
  body: s.model<YjsDocument>('org.yjs.document', 1),
  budget: s.model<Sheet>('org.atoll.sheet', 1),
});

const Every = defineType('Every', {
  title: s.string().optional(),
  nul: s.string().nullable().default('none'),
  num: s.number().optional(),
  big: s.bigint().optional(),
  bool: s.boolean().optional(),
  date: s.date().optional(),
  day: s.day().optional(),
  bytes: s.bytes().optional(),
  json: s.json().optional(),
  state: s.enum(['a', 'b']).optional(),
  union: s.union([s.bigint(), s.date(), s.string(), s.null()]).optional(),
  tagged: s
    .tagged('kind', { p: { x: s.number() }, q: { on: s.day().optional(), n: s.bigint() } })
    .optional(),
  value: s.value({ a: s.integer(), b: s.bigint(), of: s.ref({ name: 'Every' }) }).optional(),
  ref: s.ref({ name: 'Every' }).optional(),
  record: s.record({ d: s.date().optional(), deep: s.record({ z: s.integer().optional() }) }),
  map: s.map(s.number().nullable()),
  records: s.map(s.record({ f: s.integer(), g: s.bigint().optional() })),
  set: s.set(s.bigint()),
  days: s.list(s.date()),
  refs: s.set(s.ref({ name: 'Every' })),
  count: s.counter(),
  text: s.text(),
  rich: s.richText(),
  parent: s.tree('every'),
});
const Near = defineRelation('Near', { source: Every, target: Every, fields: { n: s.integer() } });

const stage = stageOfFile();

function paragraph(text: string): XmlElement {
  const element = new XmlElement('paragraph');
  element.insert(0, [new XmlText(text)]);
  return element;
}

test(
  'a document of another program is read in tables and in the panel, as it is being written',
  async () => {
    const { url } = stage.world;
    await using client = await createClient({
      profile: join(stage.world.dir, 'writer'),
      kubes: [url],
    });
    for (const model of [yjsModel, sheetModel]) {
      client.models.register(model as typeof yjsModel);
    }
    await client.halo.createIdentity({ displayName: 'Writer' });
    const space = await client.spaces.create({ name: 'Plans' });
    const plan = space.db.add(Plan, { title: 'Azores in May' });
    const page = plan.body.open().doc.getXmlFragment('page');
    page.insert(0, [paragraph('Nine days, three islands.'), paragraph('Ferry on Tuesday.')]);
    plan.budget.open().insert('row', 0);
    plan.budget.open().insert('column', 0, 2);
    plan.budget.open().set(0, 0, 'Ferry');
    plan.budget.open().set(0, 1, 84);
    await space.flush();
    const invitation = await space.invite();
    const state = invitation.state.get();
    if (state.at !== 'waiting') throw new RangeError(state.at);
    const jun = await stage.window(invitation.url);
    await jun.joinByLink('Jun', state.digits);
    await liveUntil(invitation.state, ({ at }) => at === 'joined');

    await jun.page.getByTestId('nav-table').click();
    const cell = (words: string): Promise<void> =>
      jun.page.getByRole('gridcell', { name: words }).waitFor();
    await cell('Nine days, three islands. Ferry on Tuesday.');
    await cell('Ferry, 84');
    page.insert(0, [paragraph('Draft.')]);
    await cell('Draft. Nine days, three islands.');
    expect(await faultsOf(jun.page), 'table').toEqual([]);
    await jun.page.getByRole('gridcell', { name: 'Azores in May' }).click();
    const words = jun.page.getByTestId('document-words');
    await words.getByText('Ferry on Tuesday.', { exact: true }).waitFor();
    expect(await faultsOf(jun.page), 'panel').toEqual([]);
    page.insert(0, [paragraph('Really.')]);
    await words.getByText('Really.').waitFor();
    await jun.page.getByLabel('B1').fill('90');
    await jun.page.keyboard.press('Enter');
    await expect.poll(() => plan.budget.open().input(0, 1), PATIENCE).toBe(90);
    expect(jun.complaints).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'fields of every kind are words in the table, in the panel and in its history',
  async () => {
    await using client = await createClient({
      profile: join(stage.world.dir, 'kinds'),
      kubes: [stage.world.url],
    });
    await client.halo.createIdentity({ displayName: 'Writer' });
    const space = await client.spaces.create({ name: 'Every kind' });
    const { db } = space;
    const full = db.add(Every, {
      title: 'Full',
      nul: 'null',
      num: 12.5,
      big: 2n ** 80n,
      bool: false,
      date: new Date(),
      day: '2026-05-01',
      bytes: Uint8Array.of(0, 255),
      json: { a: [1, 'two', null], b: true },
      state: 'b',
      union: 7n,
      tagged: { kind: 'q', on: '2024-02-29', n: 3n },
      record: { d: new Date(), deep: { z: 1 } },
      map: { euro: 12, free: null },
      records: { x: { f: 1, g: 5n }, y: { f: 2 } },
      set: [1n, 2n],
      days: [new Date(), new Date()],
      count: 4,
      text: 'plain',
    });
    full.rich.insert(0, 'Hello bold');
    const bare = db.add(Every, { title: 'Bare', nul: null, union: null, parent: null });
    full.ref = bare;
    full.value = { a: 1, b: 2n, of: bare };
    full.refs.add(bare);
    db.move(full, { parent: bare });
    db.add(Near, { source: full, target: bare, n: 1 });
    await space.flush();
    const invitation = await space.invite();
    const state = invitation.state.get();
    if (state.at !== 'waiting') throw new RangeError(state.at);
    const jun = await stage.window(invitation.url);
    await jun.joinByLink('Jun', state.digits);
    const { page } = jun;
    await page.getByTestId('nav-table').filter({ hasText: 'Ever' }).click();
    const cell = page.getByRole('gridcell', { name: 'Full' }).first();
    await cell.waitFor();
    expect(await faultsOf(page), 'table of all kinds').toEqual([]);
    await cell.click();
    const panel = page.getByTestId('panel');
    for (const words of ['Kind: q', 'Deep (Z: 1)', 'euro: 12', 'x: F: 1, G: 5', 'Full → Bare']) {
      await panel.getByText(words).first().waitFor();
    }
    await panel.getByRole('button', { name: 'Count: one more' }).click();
    await expect.poll(() => full.count.value, PATIENCE).toBe(5);
    await panel.getByLabel('Day').fill('2026-05-04');
    await expect.poll(() => full.day, PATIENCE).toBe('2026-05-04');
    await panel.getByTestId('history-entry').first().waitFor();
    expect(await faultsOf(page), 'panel of all kinds').toEqual([]);
    const shown = await panel.innerText();
    expect(shown).not.toMatch(/\[object|\$bigint|undefined|\{"|[\da-f]{32}/u);
    expect(jun.complaints).toEqual([]);
  },
  EXAMINED_MS,
);
