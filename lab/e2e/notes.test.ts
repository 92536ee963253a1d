// A note in two windows: marks, blocks, a box, a caret, undo of one's own, and the same note as Markdown.
import { expect, test } from 'vitest';
import { stageOfFile, together } from './browser-people.ts';

/** Two windows and a server on a machine that may be busy. */
const PATIENCE = { timeout: 20_000 };

const stage = stageOfFile();

test('two people write one note with marks and blocks, and one of them goes on in Markdown', async () => {
  const [ada, jun] = await together(stage, 'Jun');
  await ada.openNote();
  await jun.openNote();

  const { page } = ada;
  await page.getByTestId('note-text').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.type('# Trip\nThe ');
  await page.keyboard.press('Control+B');
  await page.keyboard.type('early');
  await page.keyboard.press('Control+B');
  await page.keyboard.type(' ferry\n[] boots');
  const text = jun.page.getByTestId('note-text');
  await expect.poll(() => text.locator('h1').innerText(), PATIENCE).toBe('Trip');
  await expect.poll(() => text.locator('strong').innerText(), PATIENCE).toBe('early');

  // Jun sees where Ada is, checks the box, and adds a word of his own.
  await expect
    .poll(() => text.locator('.remote-caret').getAttribute('data-name'), PATIENCE)
    .toBe('Ada');
  await text.getByRole('checkbox', { name: 'Done' }).check();
  await expect
    .poll(() => page.getByRole('checkbox', { name: 'Done' }).isChecked(), PATIENCE)
    .toBe(true);
  await jun.typeAtEnd(' and socks');
  await expect.poll(() => ada.noteText(), PATIENCE).toContain('boots and socks');

  // Ada takes back what she has written last; what Jun wrote stays.
  await page.getByTestId('note-text').click();
  await page.keyboard.press('Control+Z');
  await expect.poll(() => jun.noteText(), PATIENCE).not.toContain('boots');
  expect(await jun.noteText()).toContain('and socks');
  await page.keyboard.press('Control+Y');
  await expect.poll(() => jun.noteText(), PATIENCE).toContain('boots and socks');

  await page.getByRole('button', { name: 'Write as Markdown' }).click();
  const markdown = jun.page.locator('.cm-content');
  await expect.poll(() => markdown.innerText(), PATIENCE).toContain('The **early** ferry');
  await markdown.click();
  await jun.page.keyboard.press('Control+End');
  await jun.page.keyboard.type('and *tea*');
  await expect.poll(() => ada.noteText(), PATIENCE).toContain('and *tea*');
  await page.getByRole('button', { name: 'Write as formatted text' }).click();
  await expect.poll(() => text.locator('em').innerText(), PATIENCE).toBe('tea');
  expect(ada.complaints).toEqual([]);
  expect(jun.complaints).toEqual([]);
});
