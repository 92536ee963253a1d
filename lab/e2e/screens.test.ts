// Every screen of the workspace in both themes, on a desktop, a phone and the narrowest window: axe finds
// nothing, and nothing is wider than the window.
import { expect, test } from 'vitest';
import { drawnPicture, stageOfFile } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

/** Some eighty looks, each examined element by element. */
const EXAMINED_MS = 300_000;

const stage = stageOfFile();

test(
  'axe finds nothing on the screens of the first run',
  async () => {
    const ada = await stage.window();
    const { page } = ada;
    await page.getByRole('button', { name: /Start new/ }).waitFor();
    expect(await faultsOf(page), 'welcome').toEqual([]);
    await page.getByRole('button', { name: /Start new/ }).click();
    expect(await faultsOf(page), 'name').toEqual([]);
    await page.getByLabel('Your name').fill('Ada');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Show the words' }).waitFor();
    expect(await faultsOf(page), 'covered words').toEqual([]);
    await page.getByRole('button', { name: 'Show the words' }).click();
    expect(await faultsOf(page), 'words').toEqual([]);
    await page.getByRole('button', { name: 'I wrote them down' }).click();
    await page.getByRole('button', { name: 'Open Atoll' }).click();
    expect(await faultsOf(page), 'check, all wrong').toEqual([]);
    await page.goto(`${stage.world.url}/#/join/`);
    await page.getByTestId('join-code').fill('nonsense');
    expect(await faultsOf(page), 'join').toEqual([]);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('This is not an invitation.').waitFor();
    expect(await faultsOf(page), 'not an invitation').toEqual([]);
    expect(ada.complaints).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'axe finds nothing on the screens of a space',
  async () => {
    const ada = await stage.window(`${stage.world.url}/?profile=screens`);
    const { page } = ada;
    await ada.startNew('Ada');
    await ada.goTo('tasks');
    await page.getByText('No tasks yet').waitFor();
    const here = page.url().split('/tasks')[0] ?? '';
    expect(await faultsOf(page), 'no tasks').toEqual([]);
    for (const title of ['Renew passports', 'Book two rooms in Horta', 'Compare the two cars']) {
      await page.getByRole('textbox', { name: 'New task' }).fill(title);
      await page.keyboard.press('Enter');
    }
    const screens: readonly (readonly [name: string, address: string, ready: string])[] = [
      ['list', '/tasks', '[data-testid=task]'],
      ['board', '/tasks/board', '[data-testid=task]'],
      ['table', '/tasks/table', '[role=gridcell]'],
      ['notes', '/notes', '[data-testid=note]'],
      ['new, for a few', '/notes?over=new-private', '[role=dialog]'],
      ['members', '/members', '[data-testid=member]'],
      ['deleted', '/deleted', 'h1'],
      ['name this version', '/versions?over=name-version', '[role=dialog]'],
      ['invite', '/tasks?over=invite', '[data-testid=invitation-digits]'],
      ['open invitation', '/members', '[data-testid=member]'],
      ['keys', '/tasks?over=keys', '[role=dialog]'],
      ['new space', '/tasks?over=new-space', '[role=dialog]'],
    ];
    for (const [name, address, ready] of screens) {
      await page.goto(here + address);
      await page.locator(ready).first().waitFor();
      expect(await faultsOf(page), name).toEqual([]);
    }
    for (const place of ['devices', 'settings', 'you']) {
      await page.goto(`${stage.world.url}/?profile=screens#/${place}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await faultsOf(page), place).toEqual([]);
    }
    await page.goto(`${here}/tasks`);
    await page.getByTestId('task').first().click();
    await page.getByTestId('panel').waitFor();
    await page.getByTestId('history-entry').first().waitFor();
    expect(await faultsOf(page), 'panel').toEqual([]);
    await page
      .getByRole('button', { name: /See as it was/ })
      .first()
      .click();
    await page.getByText('It is the same now.').waitFor();
    expect(await faultsOf(page), 'as it was').toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByTestId('palette').waitFor();
    await page.keyboard.type('re');
    expect(await faultsOf(page), 'palette').toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByTestId('connection').click();
    await page.getByTestId('connection-popover').waitFor();
    expect(await faultsOf(page), 'connection').toEqual([]);
    expect(ada.complaints).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'axe finds nothing where files are: beside a task, in a note, over the page',
  async () => {
    const ada = await stage.window();
    const { page } = ada;
    await ada.startNew('Ada');
    await ada.addTask('Renew passports');
    const buffer = await drawnPicture(page);
    const picture = { name: 'Sea.png', mimeType: 'image/png', buffer };
    const form = { name: 'Form.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(90_000, 7) };
    await page.getByTestId('task').first().click();
    await page.getByTestId('panel').waitFor();
    expect(await faultsOf(page), 'no files').toEqual([]);
    await page.getByTestId('pick-files').setInputFiles([picture, form]);
    await page.getByTestId('file').nth(1).waitFor();
    await page.getByTestId('thumbnail').waitFor();
    expect(await faultsOf(page), 'files of a task').toEqual([]);
    await page.getByRole('button', { name: 'Open Sea.png' }).click();
    await page.locator('[data-whole=true]').waitFor();
    expect(await faultsOf(page), 'a picture over the page').toEqual([]);
    await page.keyboard.press('Escape');
    await ada.openNote();
    await page.getByTestId('pick-for-text').setInputFiles([picture, form]);
    await page.locator('figure img').waitFor();
    expect(await faultsOf(page), 'files in a note').toEqual([]);
    expect(ada.complaints).toEqual([]);
  },
  EXAMINED_MS,
);
