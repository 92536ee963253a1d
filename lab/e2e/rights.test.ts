// Rights over one thing in two windows: who may change a note and why, giving it to a reader, and taking it back.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { stageOfFile, type WindowPerson } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 30_000 };
const EXAMINED_MS = 300_000;

const stage = stageOfFile();

async function makesNote(who: WindowPerson, title: string): Promise<void> {
  await who.goTo('notes');
  await who.page.getByRole('button', { name: 'New note' }).click();
  await who.page.getByTestId('note-title').fill(title);
  await who.goTo('notes');
}

async function openNote(who: WindowPerson, title: string): Promise<void> {
  await who.goTo('notes');
  const note = who.page.getByTestId('note').filter({ hasText: title }).first();
  await note.waitFor(PATIENCE);
  await note.click();
  await who.page.getByTestId('note-text').waitFor();
}

function editable(page: Page): Promise<string | null> {
  return page.getByTestId('note-text').getAttribute('contenteditable');
}

/** Ada's space with two notes and a task, and Ben in it as a reader. */
async function withReader(): Promise<readonly [WindowPerson, WindowPerson]> {
  const ada = await stage.window();
  await ada.startNew('Ada');
  const { digits, link } = await ada.invite();
  const ben = await stage.window(link);
  await ben.joinByLink('Ben', digits);
  await ada.closeDialog();
  await makesNote(ada, 'The route');
  await makesNote(ada, 'The budget');
  await ada.goTo('members');
  await ada.page.getByRole('button', { name: /^Role of Ben/u }).click();
  await ada.page.getByRole('menuitemcheckbox', { name: /^Reader/u }).click();
  await ada.page.getByTestId('toast').getByText('Ben is reader now').waitFor();
  return [ada, ben];
}

test(
  'a reader may change the one note that he is given a right over, sees why, and cannot once it is taken back',
  async () => {
    const [ada, ben] = await withReader();
    await openNote(ada, 'The route');
    await ada.page.getByTestId('who-can-button').click();
    const dialog = ada.page.getByTestId('who-can');
    const row = dialog.getByTestId('who-can-person').filter({ hasText: 'Ben' });
    await row.getByText('Can see it').waitFor();
    await row.getByText('Reader in this space, because of Ada').waitFor();
    expect(await faultsOf(ada.page), 'who can').toEqual([]);
    await dialog.getByTestId('give-right-button').click();
    await ada.page.getByRole('menuitem', { name: 'Ben' }).click();
    const give = ada.page.getByTestId('give-right');
    await give.getByRole('radio', { name: 'Until the next agreed state' }).click();
    await give.getByText('With the next time it ends by itself').waitFor();
    expect(await faultsOf(ada.page), 'give a right').toEqual([]);
    await give.getByRole('button', { name: 'Give the right' }).click();
    await row.getByText('Can change it').waitFor();
    await row
      .getByText('A right over just this, from Ada, until the next agreed state of the space')
      .waitFor();
    await dialog.getByTestId('rights-here').getByText('Ben').waitFor();
    expect(await faultsOf(ada.page), 'a right over just this').toEqual([]);
    await ada.closeDialog();

    // Ben changes this note, and no other one.
    await openNote(ben, 'The route');
    await expect.poll(() => editable(ben.page), PATIENCE).toBe('true');
    await ben.typeAtEnd('By train.');
    await expect.poll(() => ada.noteText(), PATIENCE).toContain('By train.');
    expect(await faultsOf(ben.page), 'the note that he may change').toEqual([]);
    await ben.page.getByTestId('who-can-button').click();
    const his = ben.page.getByTestId('who-can');
    await his.getByText('A right over just this, from Ada').waitFor();
    expect(await his.getByTestId('give-right-button').count()).toBe(0);
    expect(await faultsOf(ben.page), 'who can, as a reader').toEqual([]);
    await ben.closeDialog();
    await openNote(ben, 'The budget');
    expect(await editable(ben.page)).not.toBe('true');

    // On the page of members, and in his panel.
    await ada.goTo('members');
    const parts = ada.page.getByTestId('given-parts');
    await parts.getByText('Ben · The route').waitFor();
    await parts.getByText('until the next agreed state of the space').waitFor();
    await ada.page.getByRole('button', { name: 'What Ben can do' }).click();
    await ada.page.getByTestId('besides').getByText('The route').waitFor();
    expect(await faultsOf(ada.page), 'rights over single things').toEqual([]);

    await openNote(ben, 'The route');
    await parts.getByRole('button', { name: /^Take back the right of Ben/u }).click();
    await ada.page.getByTestId('toast').getByText('Ben has no right over just this').waitFor();
    await expect.poll(() => editable(ben.page), PATIENCE).not.toBe('true');
    expect(await ben.noteText()).toContain('By train.');
    await ben.page.getByTestId('note-text').click();
    await ben.page.keyboard.type('By plane.');
    expect(await ben.noteText()).not.toContain('By plane.');
    for (const who of [ada, ben]) expect(who.complaints).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'of a task, its panel says who changes it; a team is given a right over it',
  async () => {
    const [ada, ben] = await withReader();
    await ada.goTo('members');
    await ada.page.getByRole('button', { name: 'New team' }).click();
    await ada.page.getByLabel('Name of the team').fill('Crew');
    await ada.page.keyboard.press('Enter');
    await ada.page.getByRole('button', { name: 'Team Crew', exact: true }).click();
    const team = ada.page.getByTestId('team-dialog');
    await team.getByRole('button', { name: 'Add somebody' }).click();
    await ada.page.getByRole('menuitem', { name: 'Ben' }).click();
    await team.getByText('Ben').waitFor();
    await ada.closeDialog();
    await ada.addTask('Pack the tent');
    await ada.page.getByTestId('task').filter({ hasText: 'Pack the tent' }).click();
    const panel = ada.page.getByTestId('panel');
    await panel.getByText('2 people see it, 1 can change it').waitFor();
    await panel.getByTestId('who-can-button').click();
    await ada.page.getByTestId('give-right-button').click();
    await ada.page.getByRole('menuitem', { name: 'Crew' }).click();
    const give = ada.page.getByTestId('give-right');
    await give.getByRole('button', { name: 'Give the right' }).click();
    const dialog = ada.page.getByTestId('who-can');
    await dialog.getByText('A right over just this, from Ada, through Crew').waitFor();
    expect(await faultsOf(ada.page), 'a right of a team').toEqual([]);
    await ada.closeDialog();
    await panel.getByText('2 people see it, 2 can change it').waitFor();
    await ben.goTo('tasks');
    await ben.page.getByTestId('task').filter({ hasText: 'Pack the tent' }).click();
    const title = ben.page.getByTestId('panel').getByRole('textbox', { name: 'Title' });
    await title.fill('Pack the big tent');
    await title.press('Enter');
    await ada.seesTask('Pack the big tent');
    for (const who of [ada, ben]) expect(who.complaints).toEqual([]);
  },
  EXAMINED_MS,
);
