// Files in two windows: a picture is dropped into a note and seen by the other, small first and whole on
// demand; a task has a file; what was added offline comes later.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { stageOfFile, type WindowPerson } from './browser-people.ts';

/** Two windows and a server on a machine that may be busy. */
const PATIENCE = { timeout: 30_000 };

const stage = stageOfFile();

/** Drops a picture that is drawn here, of some hundred kilobytes, onto an element. */
async function dropPicture(page: Page, onto: string, name: string): Promise<void> {
  await page.evaluate(
    async ([selector, fileName]) => {
      const canvas = new OffscreenCanvas(1200, 800);
      const context = canvas.getContext('2d');
      if (context === null) throw new TypeError('nothing can be drawn here');
      const pixels = context.createImageData(1200, 800);
      let state = 7;
      for (let at = 0; at < pixels.data.length; at += 4) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
        const row = Math.floor(at / 4 / 1200);
        pixels.data.set([40 + ((state >>> 27) & 15), 90 + row / 8, 150 + row / 10, 255], at);
      }
      context.putImageData(pixels, 0, 0);
      const blob = await canvas.convertToBlob({ type: 'image/png' });
      const data = new DataTransfer();
      data.items.add(new File([blob], fileName, { type: 'image/png' }));
      const element = document.querySelector(selector);
      const box = element?.getBoundingClientRect();
      const at = { clientX: (box?.left ?? 0) + 20, clientY: (box?.top ?? 0) + 8 };
      const shared = { bubbles: true, cancelable: true, dataTransfer: data, ...at };
      element?.dispatchEvent(new DragEvent('dragover', shared));
      element?.dispatchEvent(new DragEvent('drop', shared));
    },
    [onto, name] as const,
  );
}

async function pair(names: readonly [string, string]): Promise<[WindowPerson, WindowPerson]> {
  const [first, second] = names;
  const ada = await stage.window();
  await ada.startNew(first);
  const invitation = await ada.invite();
  const jun = await stage.window(invitation.link);
  await jun.joinByLink(second, invitation.digits);
  await ada.page.getByText(`${second} joined`).waitFor();
  await ada.closeDialog();
  return [ada, jun];
}

const widthOf = (page: Page, selector: string): Promise<number> =>
  page
    .locator(selector)
    .first()
    .evaluate((image) => (image as HTMLImageElement).naturalWidth)
    .catch(() => 0);

test('a picture that one drops into a note is seen by the other, small first and whole when opened', async () => {
  const [ada, jun] = await pair(['Ada', 'Jun']);
  await ada.openNote();
  await jun.openNote();
  await dropPicture(ada.page, '[data-testid=note-text] > *', 'Harbour.png');
  const shown = '[data-testid=note-text] figure img';
  await expect.poll(() => widthOf(ada.page, shown), PATIENCE).toBe(1200);
  await expect.poll(() => widthOf(jun.page, shown), PATIENCE).toBe(512);
  await jun.page.getByRole('button', { name: 'Open Harbour.png' }).click();
  const dialog = jun.page.getByTestId('picture-dialog');
  await dialog.locator('[data-whole=true]').waitFor();
  expect(await widthOf(jun.page, '[data-testid=picture-dialog] img')).toBe(1200);
  await jun.closeDialog();
  // Now that it is here anyway, the text shows it as it is.
  await expect.poll(() => widthOf(jun.page, shown), PATIENCE).toBe(1200);

  // Taken out of the text it stays with the note; removed there, it can be brought back.
  await ada.page.locator('figure').hover();
  await ada.page.getByRole('button', { name: 'More for Harbour.png' }).click();
  await ada.page.getByRole('menuitem', { name: 'Take out of the text' }).click();
  const listed = jun.page.getByTestId('files').getByTestId('file');
  await expect.poll(() => listed.count(), PATIENCE).toBe(1);
  await ada.page.getByTestId('files').getByRole('button', { name: 'More for Harbour.png' }).click();
  await ada.page.getByRole('menuitem', { name: 'Remove' }).click();
  await expect.poll(() => listed.count(), PATIENCE).toBe(0);
  await ada.page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => listed.count(), PATIENCE).toBe(1);
  expect(ada.complaints).toEqual([]);
  expect(jun.complaints).toEqual([]);
});

test('a file is added to a task while offline, and comes to the other when there is a way again', async () => {
  const [ada, jun] = await pair(['Mira', 'Leo']);
  await ada.addTask('Renew passports');
  await jun.goTo('tasks');
  await jun.seesTask('Renew passports');
  await ada.page.getByTestId('task').first().click();
  await ada.page.getByTestId('panel').waitFor();
  await ada.page.getByTestId('connection').click();
  await ada.page.getByTestId('work-offline').click();
  await ada.page.keyboard.press('Escape');
  const text = 'a line of the form\n'.repeat(40_000);
  await ada.page.getByTestId('pick-files').setInputFiles({
    name: 'Form.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from(text),
  });
  const own = ada.page.getByTestId('panel').getByTestId('file');
  await expect.poll(() => own.innerText(), PATIENCE).toContain('Only on this device');
  await jun.page.getByTestId('task').first().click();
  const theirs = jun.page.getByTestId('panel').getByTestId('file');
  expect(await theirs.count()).toBe(0);

  await ada.page.getByTestId('connection').click();
  await ada.page.getByTestId('work-offline').click();
  await ada.page.keyboard.press('Escape');
  await expect.poll(() => theirs.count(), PATIENCE).toBe(1);
  await expect.poll(() => own.innerText(), PATIENCE).not.toContain('Only on this device');
  const saving = jun.page.waitForEvent('download');
  await theirs.getByRole('button', { name: 'Download: Form.txt' }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('Form.txt');
  const stream = await saved.createReadStream();
  let length = 0;
  for await (const part of stream) length += (part as Buffer).length;
  expect(length).toBe(text.length);
  expect(ada.complaints).toEqual([]);
  expect(jun.complaints).toEqual([]);
});
