// Comments beside a note in two windows: a thread about some words, an answer, settling it, a jump to the
// words; and the history of the note, with what has changed since, and the way back.
import { expect, test } from 'vitest';
import { stageOfFile, together } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

/** Two windows and a server on a machine that may be busy. */
const PATIENCE = { timeout: 20_000 };
/** Several screens, each examined in every look. */
const EXAMINED_MS = 180_000;

/** A place within a line of text, away from its edges. */
const WORD = { x: 60, y: 12 };

const stage = stageOfFile();

test(
  'people talk about words of a note, settle it, and see the note as it was',
  async () => {
    const [ada, jun] = await together(stage, 'Jun');
    await ada.openNote();
    await jun.openNote();

    const { page } = ada;
    await page.getByTestId('note-text').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.type('# Ferry\nIt leaves at nine from Horta');
    await expect.poll(() => jun.noteText(), PATIENCE).toContain('from Horta');

    // Ada asks about the last word.
    await page.keyboard.press('Control+Shift+ArrowLeft');
    await page.getByRole('button', { name: 'Comment', exact: true }).click();
    await page.getByRole('textbox', { name: 'Your comment' }).fill('Or from Madalena?');
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => page.locator('.commented').innerText(), PATIENCE).toBe('Horta');
    await page.getByTestId('thread').getByText('Or from Madalena?').waitFor();

    // Jun opens it by clicking the words, and answers.
    await jun.page.locator('.commented').click();
    const thread = jun.page.getByTestId('thread');
    await thread.getByText('Or from Madalena?').waitFor();
    expect(await thread.getByText('Ada', { exact: true }).count()).toBe(1);
    await jun.page.getByRole('textbox', { name: 'Answer' }).fill('Horta, I asked.');
    await jun.page.getByRole('button', { name: 'Send' }).click();
    await page.getByTestId('thread').getByText('Horta, I asked.').waitFor();
    expect(await faultsOf(page), 'comments').toEqual([]);

    // What others write before the words moves nothing apart.
    await jun.page.getByTestId('note-text').click();
    await jun.page.keyboard.press('Control+Home');
    await jun.page.keyboard.type('The ');
    await expect.poll(() => ada.noteText(), PATIENCE).toContain('The Ferry');
    expect(await page.locator('.commented').innerText()).toBe('Horta');
    await page.getByRole('button', { name: 'Go to “Horta”' }).click();

    // Over Markdown and back the comment stays where it was.
    await page.getByRole('button', { name: 'Write as Markdown' }).click();
    await page.getByText('Comments are about formatted text.').waitFor();
    await page.getByRole('button', { name: 'Write as formatted text' }).click();
    await expect.poll(() => page.locator('.commented').innerText(), PATIENCE).toBe('Horta');

    await page.getByRole('button', { name: 'Resolve' }).click();
    await expect.poll(() => jun.page.locator('.commented').count(), PATIENCE).toBe(0);
    await page.getByRole('button', { name: 'Resolved (1)' }).click();
    await page.getByTestId('thread').getByText('Horta, I asked.').waitFor();
    await page.getByRole('button', { name: 'Open again' }).click();
    await expect.poll(() => jun.page.locator('.commented').innerText(), PATIENCE).toBe('Horta');

    // The history tells who wrote what; the note as it was shows what has changed since.
    await page.getByRole('radio', { name: 'History' }).click();
    await page.getByTestId('history-entry').first().waitFor();
    expect(await faultsOf(page), 'history of a note').toEqual([]);
    await page
      .getByRole('button', { name: /See as it was/ })
      .last()
      .click();
    await page.getByTestId('as-it-was').waitFor();
    await page.getByRole('radio', { name: 'Changed since' }).click();
    await expect
      .poll(() => page.getByTestId('rich-view').locator('ins').allInnerTexts(), PATIENCE)
      .not.toEqual([]);
    expect(await faultsOf(page), 'note as it was').toEqual([]);
    await page.getByRole('button', { name: 'Bring this back' }).click();
    await expect.poll(() => jun.noteText(), PATIENCE).not.toContain('The Ferry');
    await page.getByTestId('toast').getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => jun.noteText(), PATIENCE).toContain('The Ferry');
    expect(ada.complaints).toEqual([]);
    expect(jun.complaints).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'a commenter says something about words that he cannot change, and it stays with them',
  async () => {
    const ada = await stage.window();
    await ada.startNew('Ada');
    await ada.openNote();
    const { page } = ada;
    await page.getByTestId('note-text').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.type('It leaves at nine from Horta');
    await ada.invite();
    await page.getByRole('button', { name: 'They join as: Writer' }).click();
    await page.getByRole('menuitemcheckbox', { name: /^Commenter/u }).click();
    await page.getByRole('button', { name: 'They join as: Commenter' }).waitFor();
    const invitation = await ada.shownInvitation();
    const kim = await stage.window(invitation.link);
    await kim.joinByLink('Kim', invitation.digits);
    await page.getByText('Kim joined').waitFor();
    await ada.closeDialog();
    await kim.openNote();
    await kim.page.getByText('You can comment here.').waitFor();
    await expect.poll(() => kim.noteText(), PATIENCE).toContain('from Horta');
    expect(await kim.page.getByTestId('note-text').getAttribute('contenteditable')).toBe('false');
    await kim.page.getByTestId('note-text').click();
    await kim.page.keyboard.type('No');
    expect(await kim.noteText()).not.toContain('No');

    // Twice clicked is one word.
    await kim.page.getByTestId('note-text').getByText('from Horta').dblclick({ position: WORD });
    await kim.page.getByRole('button', { name: 'Comment', exact: true }).click();
    const quote = await kim.page.locator('.thread .quote').innerText();
    expect('It leaves at nine from Horta'.split(' ')).toContain(quote);
    await kim.page.getByRole('textbox', { name: 'Your comment' }).fill('Sure?');
    await kim.page.keyboard.press('Control+Enter');
    await expect.poll(() => page.locator('.commented').innerText(), PATIENCE).toBe(quote);
    expect(await faultsOf(kim.page), 'commenting').toEqual([]);

    // It is where it was after edits on either side, and an owner answers and settles it.
    await page.getByTestId('note-text').click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('Know: ');
    await page.keyboard.press('Control+End');
    await page.keyboard.type(', they say');
    await expect.poll(() => kim.noteText(), PATIENCE).toContain('they say');
    for (const one of [page, kim.page]) {
      await expect.poll(() => one.locator('.commented').innerText(), PATIENCE).toBe(quote);
    }
    await page.locator('.commented').click();
    await page.getByRole('textbox', { name: 'Answer' }).fill('I asked.');
    await page.getByRole('button', { name: 'Send' }).click();
    await kim.page.getByTestId('thread').getByText('I asked.').waitFor();
    await kim.page.getByRole('button', { name: 'Resolve' }).click();
    await expect.poll(() => page.locator('.commented').count(), PATIENCE).toBe(0);
    expect(ada.complaints).toEqual([]);
    expect(kim.complaints).toEqual([]);
  },
  EXAMINED_MS,
);
