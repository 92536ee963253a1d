// Files that hold a space, and what is said where only this browser has it; notes that are deleted with what is
// below them; files that are dropped onto a note in Markdown.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sheetModel, type Sheet } from '@atoll/model-sheet';
import { createClient, defineType, s } from 'atoll';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { stageOfFile } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 30_000 };
/** Several screens, each examined in every look. */
const EXAMINED_MS = 240_000;
const PASSPHRASE = 'five words nobody else knows';

const stage = stageOfFile();

/** Drops a file onto what a selector finds. */
async function drop(
  page: Page,
  on: string,
  file: { readonly name: string; readonly bytes: Uint8Array },
): Promise<void> {
  const content = Buffer.from(file.bytes).toString('base64');
  await page.evaluate(
    ([selector, name, base64]) => {
      const bytes = Uint8Array.from(atob(base64 ?? ''), (sign) => sign.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], name ?? ''));
      const place = document.querySelector(selector ?? '');
      const box = place?.getBoundingClientRect();
      for (const type of ['dragover', 'drop']) {
        const event = new DragEvent(type, {
          dataTransfer: data,
          bubbles: true,
          cancelable: true,
          clientX: (box?.left ?? 0) + 4,
          clientY: (box?.top ?? 0) + 4,
        });
        place?.dispatchEvent(event);
      }
    },
    [on, file.name, content] as const,
  );
}

/** Presses what saves a file, and gives its name and content. */
async function saved(page: Page, press: () => Promise<void>): Promise<[string, Buffer]> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  return [download.suggestedFilename(), await readFile(await download.path())];
}

test(
  'a space is saved as a file, opened by somebody else with its passphrase, and read by other programs',
  async () => {
    const ada = await stage.window();
    const { page } = ada;
    await ada.startNew('Ada');
    await ada.addTask('Renew passports');
    await page.getByTestId('space-menu').click();
    await page.getByRole('menuitem', { name: 'Save as a file' }).click();
    const dialog = page.getByTestId('save-space');
    await dialog.waitFor();
    expect(await faultsOf(page), 'save as a file').toEqual([]);
    await dialog.getByLabel('Passphrase of the file').fill(PASSPHRASE);
    const save = (): Promise<void> => dialog.getByRole('button', { name: 'Save' }).click();
    const [name, archive] = await saved(page, save);
    expect(name).toBe('Ada’s space.atoll');

    const plain = async (form: string): Promise<[string, Buffer]> => {
      await page.getByTestId('space-menu').click();
      await page.getByRole('menuitem', { name: 'Save as a file' }).click();
      await dialog.getByRole('radio', { name: form }).check();
      return saved(page, save);
    };
    const [jsonName, json] = await plain('Everything as JSON');
    expect(jsonName).toBe('Ada’s space.json');
    expect(JSON.parse(json.toString())).toContainEqual(
      expect.objectContaining({ $type: 'Task', title: 'Renew passports' }),
    );
    const [notesName, notes] = await plain('Notes as Markdown');
    expect(notesName).toBe('Ada’s space, notes.zip');
    expect(notes.includes('Start here.md')).toBe(true);
    const [tablesName] = await plain('Tables as CSV');
    expect(tablesName).toBe('Ada’s space, tables.zip');

    // The backup of everything.
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Save a backup' }).click();
    const backup = page.getByTestId('backup');
    await backup.getByRole('button', { name: 'Save a backup' }).click();
    await backup.getByText('A backup needs a passphrase').waitFor();
    expect(await faultsOf(page), 'backup').toEqual([]);
    await backup.getByLabel('Passphrase of the file').fill(PASSPHRASE);
    const [backupName, everything] = await saved(page, () =>
      backup.getByRole('button', { name: 'Save a backup' }).click(),
    );
    expect(backupName).toMatch(/^Atoll \d{4}-\d\d-\d\d\.zip$/u);

    // Somebody else drops a wrong file, then that of the space onto the open dialog, and mistypes once.
    const jun = await stage.window();
    await jun.startNew('Jun');
    await drop(jun.page, 'main', { name: 'photo.atoll', bytes: Buffer.alloc(900, 7) });
    const open = jun.page.getByTestId('open-file');
    await open.getByText('This file is damaged').waitFor();
    await drop(jun.page, '[data-testid="open-file"]', { name, bytes: archive });
    await open.getByLabel('Passphrase of the file').fill('another');
    await open.getByRole('button', { name: 'Open', exact: true }).click();
    await open.getByText('That is not the passphrase of this file.').waitFor();
    expect(await faultsOf(jun.page), 'open a file').toEqual([]);
    await open.getByLabel('Passphrase of the file').fill(PASSPHRASE);
    await open.getByRole('button', { name: 'Open', exact: true }).click();
    await jun.seesTask('Renew passports');

    // Ada's own backup has nothing new for her; what is no file of a space is refused.
    await page.getByRole('button', { name: 'Open a file' }).click();
    const pick = page.getByTestId('pick-space-file');
    await pick.setInputFiles({ name: 'photo.atoll', mimeType: '', buffer: Buffer.alloc(900, 7) });
    await page.getByTestId('open-file').getByText('This file is damaged').waitFor();
    await pick.setInputFiles({ name: backupName, mimeType: 'application/zip', buffer: everything });
    await page.getByTestId('toast').filter({ hasText: 'The file has nothing new' }).waitFor();
    expect(ada.complaints).toEqual([]);
    expect(jun.complaints).toEqual([]);
  },
  EXAMINED_MS,
);

/** A space with a spreadsheet, as a file. */
async function sheetFile(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'atoll-sheet-'));
  try {
    await using client = await createClient({ profile: folder });
    await client.halo.createIdentity({ displayName: 'Noor' });
    client.models.register(sheetModel);
    const Budget = defineType('org.example.Budget', {
      title: s.string(),
      sheet: s.model<Sheet>('org.atoll.sheet', 1),
    });
    const space = await client.spaces.create({ name: 'Trip' });
    const sheet = space.db.add(Budget, { title: 'Ferries' }).sheet.open();
    sheet.insert('row', 0, 3);
    sheet.insert('column', 0, 2);
    sheet.set(0, 0, 40);
    sheet.set(1, 0, 2);
    sheet.set(2, 0, '=SUM(A1:A2)');
    sheet.set(2, 1, 'in all');
    await space.flush();
    const parts: Uint8Array[] = [];
    for await (const part of space.export({ passphrase: PASSPHRASE })) parts.push(part.slice());
    return Buffer.concat(parts);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test(
  'a spreadsheet in a space is shown as one',
  async () => {
    const ada = await stage.window();
    const { page } = ada;
    await ada.startNew('Ada');
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Open a file' }).click();
    const buffer = await sheetFile();
    const file = { name: 'Trip.atoll', mimeType: 'application/octet-stream', buffer };
    await page.getByTestId('pick-space-file').setInputFiles(file);
    await page.getByLabel('Passphrase of the file').fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await page.getByTestId('nav-table').filter({ hasText: 'Budgets' }).click();
    await page.getByRole('gridcell', { name: 'Ferries' }).click();
    await page.keyboard.press('Enter');
    const sheet = page.getByTestId('sheet');
    await sheet.getByText('in all').waitFor();
    expect(await sheet.getByRole('row').last().innerText()).toMatch(/^3\s+42\s+in all$/u);
    // Who is no member reads it, and has nothing to write into.
    expect(await sheet.getByRole('textbox').count()).toBe(0);
    expect(await faultsOf(page), 'a spreadsheet').toEqual([]);
    expect(ada.complaints).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'where only this browser has a space it is said; notes go and come back with what is below them',
  async () => {
    const ada = await stage.window('about:blank');
    const { page, context } = ada;
    // No server, and a browser that may clear what is in it.
    await context.routeWebSocket(/./u, (socket) => void socket.close());
    await context.addInitScript(() => {
      StorageManager.prototype.persisted = () => Promise.resolve(false);
      StorageManager.prototype.persist = () => Promise.resolve(false);
    });
    await page.goto(`${stage.world.url}/?profile=alone`);
    await ada.startNew('Ada');

    for (const title of ['Packing', 'Trip']) {
      await ada.goTo('notes');
      await page.getByRole('button', { name: 'New note' }).click();
      await page.getByTestId('note-title').fill(title);
    }
    await ada.goTo('notes');
    const note = (title: string): ReturnType<Page['locator']> =>
      page.getByTestId('note').filter({ hasText: title });
    await note('Packing').focus();
    await page.keyboard.press('Alt+ArrowRight');
    await page.locator('.note-item[data-depth="1"]').waitFor();
    await note('Trip').focus();
    await page.keyboard.press('Delete');
    const toast = page.getByTestId('toast').filter({ hasText: 'Deleted Trip' });
    await toast.getByText('Deleted Trip and 1 note below it').waitFor();
    await expect.poll(() => page.getByTestId('note').count(), PATIENCE).toBe(1);
    expect(await page.getByTestId('nav-notes').locator('.count').innerText()).toBe('1');
    await page.getByTestId('nav-deleted').click();
    await page.getByText('Note, with 1 note below it').waitFor();
    await toast.getByRole('button', { name: 'Undo' }).click();
    await ada.goTo('notes');
    await expect.poll(() => page.getByTestId('note').count(), PATIENCE).toBe(3);

    // A file on a note in Markdown: an address in the text, the file below it.
    await note('Trip').click();
    await page.getByRole('button', { name: 'Write as Markdown' }).click();
    await page.locator('.cm-content').click();
    await page.keyboard.type('Before');
    await drop(page, '.cm-content', { name: 'Times.txt', bytes: Buffer.from('8:00 ferry') });
    await expect
      .poll(() => page.locator('.cm-content').innerText(), PATIENCE)
      .toMatch(/!\[Times\.txt\]\(atoll:object\/[0-9a-f]{32}\)/u);
    await page.getByTestId('file').filter({ hasText: 'Times.txt' }).waitFor();

    const alone = page.getByText('Only this browser has what is in this space.');
    await alone.waitFor({ timeout: 30_000 });
    expect(await faultsOf(page), 'only here').toEqual([]);
    await page.getByRole('button', { name: 'Ask the browser to keep it' }).click();
    await page.getByText('does not promise to keep it').waitFor();
    await page.getByRole('button', { name: 'Later' }).click();
    await alone.waitFor({ state: 'detached' });
    // Answered once, it is not said again in every view.
    await ada.goTo('tasks');
    await page.getByText('No tasks yet').waitFor();
    expect(await alone.count()).toBe(0);
    expect(ada.complaints).toEqual([]);
  },
  EXAMINED_MS,
);
