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
    await ada.seesMembers(3);
    const marked = page.getByRole('button', {
      name: /^What .da · [0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4} can do$/u,
    });
    await expect.poll(() => marked.count(), PATIENCE).toBe(2);
    const [mine, theirs] = await marked.allInnerTexts();
    expect(mine?.slice(1)).not.toBe(theirs?.slice(1));
    expect(await faultsOf(page), 'members').toEqual([]);
    await ada.openPerson(/^What \u0410da · .* can do$/u);
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
    await ada.openPerson('\u2068שרה 2\u2069');
    await page.getByTestId('reasons').waitFor();
    expect(await faultsOf(page), 'right to left').toEqual([]);
    expect(people.flatMap(({ complaints }) => complaints)).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'teams and people one has kept are told apart where their names look the same',
  async () => {
    const [ada, jun] = await together(stage, '\u0410da');
    const { page } = ada;
    await ada.seesMembers(2);
    for (const name of ['Crew of the north shore', '\u0421rew of the north shore']) {
      await page.getByRole('button', { name: 'New team' }).click();
      await page.getByLabel('Name of the team').fill(name);
      await page.keyboard.press('Enter');
      await page.getByTestId('new-team').waitFor({ state: 'detached' });
    }
    const marked = page.getByRole('button', { name: /^Team .rew of .* · [0-9a-f]{4} .*$/u });
    await expect.poll(() => marked.count(), PATIENCE).toBe(2);
    expect(await faultsOf(page), 'teams').toEqual([]);
    await marked.first().click();
    const dialog = page.getByTestId('team-dialog');
    await dialog.getByText('a name that looks the same').waitFor();
    expect(await dialog.getByLabel('Name of the team').inputValue()).not.toContain('·');
    expect(await faultsOf(page), 'team').toEqual([]);
    await ada.closeDialog();
    await ada.openPerson(/^What \u0410da · .* can do$/u);
    await page.getByRole('button', { name: 'Keep as a contact' }).click();
    await page.evaluate(() => (location.hash = '#/settings'));
    const contact = page.getByTestId('contact').getByText(/\u0410da · [0-9a-f]{4} /u);
    await contact.waitFor(PATIENCE);
    expect(await faultsOf(page), 'contacts').toEqual([]);
    await contact.click();
    await page.getByTestId('person-dialog').getByText('a name that looks the same').waitFor();
    expect(await faultsOf(page), 'contact').toEqual([]);
    expect([...ada.complaints, ...jun.complaints]).toEqual([]);
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
    await jun.openTask('Buy my watches');
    expect(await jun.page.getByTestId('hide-object').count()).toBe(0);
    await ada.openTask('Buy my watches');
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
