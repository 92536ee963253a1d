// Fields of custom data models that a program has written: a table shows their words, the panel shows a document
// to read and a spreadsheet to read and write.
import { join } from 'node:path';
import { createClient, defineType, liveUntil, s } from 'atoll';
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
