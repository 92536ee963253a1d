// Members of a space in three windows: roles, removing somebody while both edit, a lower role while typing, teams.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { stageOfFile, together } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 30_000 };
/** Three windows, each looked at in every look. */
const EXAMINED_MS = 300_000;

const stage = stageOfFile();

async function giveRole(page: Page, name: string, role: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^Role of ${name}`, 'u') }).click();
  await page.getByRole('menuitemcheckbox', { name: new RegExp(`^${role}`, 'u') }).click();
  await page.getByTestId('toast').getByText(`${name} is ${role.toLowerCase()} now`).waitFor();
}

test(
  'who is removed while both edit sees by whom, and keeps what he has; the others go on',
  async () => {
    const [ada, jun] = await together(stage, 'Jun');
    await ada.addTask('Book a ferry');
    await jun.seesTask('Book a ferry');
    await jun.addTask('Pack the tent');
    await ada.seesTask('Pack the tent');
    await ada.seesMembers(2);
    expect(await faultsOf(ada.page), 'members').toEqual([]);
    await ada.openPerson('Jun');
    await ada.page
      .getByTestId('reasons')
      .getByText(/Writer, by Ada/u)
      .waitFor();
    expect(await faultsOf(ada.page), 'person').toEqual([]);
    await ada.page.getByRole('button', { name: 'Remove Jun from this space' }).click();
    const dialog = ada.page.getByTestId('remove-member');
    await dialog.getByText('What nobody can do').waitFor();
    expect(await faultsOf(ada.page), 'remove').toEqual([]);
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => ada.page.getByTestId('member').count(), PATIENCE).toBe(1);
    await ada.page.getByTestId('removals').getByText('Jun').waitFor();
    expect(await faultsOf(ada.page), 'removed people').toEqual([]);

    await jun.page.getByTestId('removed').getByText('Ada removed you from this space').waitFor();
    await jun.seesTask('Pack the tent');
    await expect
      .poll(() => jun.page.getByRole('textbox', { name: 'New task' }).count(), PATIENCE)
      .toBe(0);
    expect(await faultsOf(jun.page), 'removed').toEqual([]);
    await ada.addTask('Only for us');
    await ada.seesTask('Pack the tent');
    expect(await jun.page.getByText('Only for us').count()).toBe(0);
    await jun.page.reload();
    await jun.page.getByTestId('removed').waitFor();
    await jun.seesTask('Pack the tent');
    await jun.page.getByTestId('removed').getByRole('button', { name: 'Save as a file' }).click();
    await jun.page.getByRole('dialog').waitFor();
    expect([...ada.complaints, ...jun.complaints]).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'who is made a reader while he types can type no more, and nothing is lost',
  async () => {
    const [ada, jun] = await together(stage, 'Jun');
    await jun.openNote();
    await jun.typeAtEnd(' Jun wrote this.');
    await ada.openNote();
    await expect.poll(() => ada.noteText(), PATIENCE).toContain('Jun wrote this.');
    await ada.goTo('members');
    await giveRole(ada.page, 'Jun', 'Reader');
    await jun.page.getByText('You can read here.').waitFor();
    await expect
      .poll(() => jun.page.getByTestId('note-text').getAttribute('contenteditable'), PATIENCE)
      .not.toBe('true');
    expect(await jun.noteText()).toContain('Jun wrote this.');
    await jun.page.getByTestId('note-text').click();
    await jun.page.keyboard.type('not any more');
    expect(await jun.noteText()).not.toContain('not any more');
    await giveRole(ada.page, 'Jun', 'Admin');
    await expect
      .poll(() => jun.page.getByTestId('note-text').getAttribute('contenteditable'), PATIENCE)
      .toBe('true');
    await jun.typeAtEnd(' And this.');
    await ada.openNote();
    await expect.poll(() => ada.noteText(), PATIENCE).toContain('And this.');
    expect([...ada.complaints, ...jun.complaints]).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'a team gives its role to who is in it, and says so wherever it is asked',
  async () => {
    const [ada, jun, kim] = await together(stage, 'Jun', 'Kim');
    const { page } = ada;
    await ada.goTo('members');
    await page.getByRole('button', { name: 'New team' }).click();
    await page.getByLabel('Name of the team').fill('Crew');
    expect(await faultsOf(page), 'new team').toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Team Crew', exact: true }).click();
    const dialog = page.getByTestId('team-dialog');
    await dialog.getByRole('button', { name: 'Add somebody' }).click();
    await page.getByRole('menuitem', { name: 'Jun' }).click();
    await dialog.getByText('Jun').waitFor();
    await dialog.getByRole('button', { name: 'Let Jun lead this team' }).click();
    await dialog.getByText('Leads it').waitFor();
    await dialog.getByLabel('Name of the team').fill('Rowers');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await page.getByTestId('toast').getByText('The team is called Rowers now').waitFor();
    await dialog.getByLabel('Name of the team').fill('Crew');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await page.getByTestId('toast').getByText('The team is called Crew now').waitFor();
    expect(await faultsOf(page), 'team').toEqual([]);
    await ada.closeDialog();
    await page.getByRole('button', { name: /^Role of the team Crew/u }).click();
    await page.getByRole('menuitemcheckbox', { name: /^Admin/u }).click();
    await expect
      .poll(() => page.getByRole('button', { name: 'Role of Jun: Admin' }).count(), PATIENCE)
      .toBe(1);
    await ada.openPerson('Jun');
    await page
      .getByTestId('reasons')
      .getByText(/through Crew/u)
      .waitFor();
    expect(await faultsOf(page), 'teams').toEqual([]);
    await kim.goTo('tasks');
    await ada.addTask('Who sees it');
    await page.getByTestId('task').first().click();
    await page.getByTestId('panel').getByRole('button', { name: 'Who?' }).click();
    await page.getByTestId('who-can').getByText('because of Ada, through Crew').waitFor();
    expect(await faultsOf(page), 'who sees').toEqual([]);
    await ada.closeDialog();
    // Kim was let in before the team had its role: of that Jun is told, and nothing changes.
    await jun.goTo('members');
    await jun.page.getByRole('button', { name: /^Role of Kim/u }).click();
    await jun.page.getByRole('menuitemcheckbox', { name: /^Reader/u }).click();
    await jun.page.getByTestId('toast').getByText('Only they, or an owner').waitFor();
    await expect
      .poll(() => kim.page.getByRole('textbox', { name: 'New task' }).count(), PATIENCE)
      .toBe(1);
    expect(await jun.page.getByRole('button', { name: /^Role of Ada/u }).count()).toBe(0);
    expect([...ada.complaints, ...jun.complaints, ...kim.complaints]).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'whose space it is hands it over, after reading what that means; everybody sees it',
  async () => {
    const [ada, jun] = await together(stage, 'Jun');
    const { page } = ada;
    await ada.goTo('members');
    await ada.openPerson('Ada');
    await page.getByText('This space is yours: nobody can remove you.').waitFor();
    await ada.openPerson('Jun');
    await page.getByRole('button', { name: 'Hand this space over to Jun' }).click();
    const dialog = page.getByTestId('hand-over');
    await dialog.getByText('What nobody can do').waitFor();
    expect(await faultsOf(page), 'handing over').toEqual([]);
    await dialog.getByRole('button', { name: 'Hand it over' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByTestId('root').getByText('The space goes to Jun').waitFor();
    expect(await faultsOf(page), 'handed over').toEqual([]);
    expect([...ada.complaints, ...jun.complaints]).toEqual([]);
  },
  EXAMINED_MS,
);
