// Names that others chose: they hide nothing, turn nothing around, and two that look alike are told apart.
import { expect, test } from 'vitest';
import { stageOfFile, together } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 30_000 };
/** Three windows, looked at in every look. */
const EXAMINED_MS = 300_000;
/** What turns direction, hides, or begins a line. */
const STEERS = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066\u2067]/u;

const stage = stageOfFile();

test(
  'somebody with the name of another is told apart wherever one decides about them, and no name steers the page',
  async () => {
    // The first has a Cyrillic letter for the Latin one, and turns around what follows.
    const people = await together(stage, '\u0410da\u202e\u200b', 'שרה 2');
    const [ada] = people;
    const { page } = ada;
    await ada.goTo('members');
    await expect.poll(() => page.getByTestId('member').count(), PATIENCE).toBe(3);
    const marked = page.getByRole('button', {
      name: /^What .da · [0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4} can do$/u,
    });
    await expect.poll(() => marked.count(), PATIENCE).toBe(2);
    const [mine, theirs] = await marked.allInnerTexts();
    expect(mine?.slice(1)).not.toBe(theirs?.slice(1));
    expect(await faultsOf(page), 'members').toEqual([]);
    await page.getByRole('button', { name: /^What \u0410da · .* can do$/u }).click();
    await page.getByText('a name that looks the same').waitFor();
    await page.getByRole('button', { name: /^Remove \u0410da · .* from this space$/u }).click();
    const dialog = page.getByTestId('remove-member');
    await dialog
      .getByText(/\u0410da · [0-9a-f]{4}/u)
      .first()
      .waitFor();
    expect(await faultsOf(page), 'remove').toEqual([]);
    expect(await page.locator('body').innerText()).not.toMatch(STEERS);
    await ada.closeDialog();
    // A name that is read from the right stays within itself.
    await page.getByRole('button', { name: 'What \u2068שרה 2\u2069 can do' }).click();
    await page.getByTestId('reasons').waitFor();
    expect(await faultsOf(page), 'right to left').toEqual([]);
    expect(people.flatMap(({ complaints }) => complaints)).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'an admin hides what a member has written where it is open, everybody sees that, and shows it again',
  async () => {
    const [ada, jun] = await together(stage, 'Jun');
    await jun.addTask('Buy my watches');
    await ada.goTo('tasks');
    await ada.seesTask('Buy my watches');
    await jun.page
      .getByTestId('task')
      .filter({ hasText: 'Buy my watches' })
      .getByText('Buy my watches')
      .click();
    await jun.page.getByTestId('panel').waitFor();
    expect(await jun.page.getByTestId('hide-object').count()).toBe(0);
    await ada.page
      .getByTestId('task')
      .filter({ hasText: 'Buy my watches' })
      .getByText('Buy my watches')
      .click();
    await ada.page.getByTestId('hide-object').click();
    await ada.page.getByText('Hidden from everybody').waitFor();
    const line = ada.page.getByTestId('hidden-line');
    await line.getByText('Hidden by Ada.').waitFor();
    expect(await faultsOf(ada.page), 'hidden').toEqual([]);
    // Whoever has it open sees why it is gone from the list, and cannot bring it back.
    await jun.page.getByTestId('hidden-line').getByText('Hidden by Ada.').waitFor(PATIENCE);
    expect(await jun.page.getByRole('button', { name: 'Show again' }).count()).toBe(0);
    await expect
      .poll(
        () => jun.page.getByTestId('task').filter({ hasText: 'Buy my watches' }).count(),
        PATIENCE,
      )
      .toBe(0);
    expect(await faultsOf(jun.page), 'hidden, seen by its author').toEqual([]);
    await line.getByRole('button', { name: 'Show again' }).click();
    await ada.seesTask('Buy my watches');
    await jun.seesTask('Buy my watches');
    await jun.page.getByTestId('hidden-line').waitFor({ state: 'detached', ...PATIENCE });
    // Taken back at once, from where it was said.
    await ada.page.getByTestId('hide-object').click();
    await ada.page.getByTestId('toast').getByRole('button', { name: 'Show again' }).click();
    await ada.seesTask('Buy my watches');
    expect([...ada.complaints, ...jun.complaints]).toEqual([]);
  },
  EXAMINED_MS,
);
