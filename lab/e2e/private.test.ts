// Private notes for a few inside a shared space, in three windows: who reads, who does not, and who did.
import { expect, test } from 'vitest';
import { stageOfFile, type WindowPerson } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 30_000 };
const EXAMINED_MS = 300_000;

const stage = stageOfFile();

async function joins(host: WindowPerson, name: string): Promise<WindowPerson> {
  const { digits, link } = await host.invite();
  const guest = await stage.window(link);
  await guest.joinByLink(name, digits);
  await host.page.getByRole('dialog').getByText(name).first().waitFor(PATIENCE);
  await host.closeDialog();
  return guest;
}

async function makesNote(who: WindowPerson, title: string): Promise<void> {
  await who.goTo('notes');
  await who.page.getByRole('button', { name: 'New note' }).click();
  await who.page.getByTestId('note-title').fill(title);
  await who.goTo('notes');
}

async function seesNote(who: WindowPerson, title: string): Promise<void> {
  await who.page.getByTestId('note').filter({ hasText: title }).first().waitFor(PATIENCE);
}

function countOf(who: WindowPerson, title: string): Promise<number> {
  return who.page.getByTestId('note').filter({ hasText: title }).count();
}

test(
  'a note for two is read by the two; the third sees that there is something; who is put out reads nothing new',
  async () => {
    const ada = await stage.window();
    await ada.startNew('Ada');
    const ben = await joins(ada, 'Ben');
    const kim = await joins(ada, 'Kim');

    // Made with a few words.
    await ada.goTo('notes');
    await ada.page.getByTestId('new-private-button').click();
    const dialog = ada.page.getByTestId('new-private');
    await dialog.getByLabel('Title').fill('The cake');
    await dialog.getByRole('checkbox', { name: 'Ben' }).check();
    expect(await faultsOf(ada.page), 'new, for a few').toEqual([]);
    await dialog.getByRole('button', { name: 'Make it' }).click();
    await ada.page
      .getByTestId('private-line')
      .getByText('Only you and Ben can read this')
      .waitFor();
    await ada.typeAtEnd('With cherries.');
    expect(await faultsOf(ada.page), 'a private note').toEqual([]);

    // Ben reads and writes it.
    await ben.goTo('notes');
    await seesNote(ben, 'The cake');
    await ben.page.getByRole('img', { name: 'Only you and Ada can read this' }).waitFor();
    expect(await faultsOf(ben.page), 'notes with a private one').toEqual([]);
    await ben.page.getByTestId('note').filter({ hasText: 'The cake' }).click();
    await expect.poll(() => ben.noteText(), PATIENCE).toContain('With cherries.');
    await ben.typeAtEnd(' And cream.');
    await expect.poll(() => ada.noteText(), PATIENCE).toContain('And cream.');

    // Kim sees that there is something.
    await kim.goTo('notes');
    await kim.page
      .getByTestId('unread')
      .getByText(/that you cannot read/u)
      .waitFor(PATIENCE);
    await kim.page.getByText('They are private to Ada and Ben.').waitFor();
    expect(await faultsOf(kim.page), 'something that is not read').toEqual([]);
    expect(await countOf(kim, 'The cake')).toBe(0);
    await kim.goTo('members');
    const part = kim.page.getByTestId('private-part');
    await part.getByText('Something private of Ada').waitFor();
    await part.getByRole('button').click();
    await kim.page.getByTestId('readers').waitFor();
    expect(await faultsOf(kim.page), 'readers, from outside').toEqual([]);
    await kim.closeDialog();

    // Ben is put out, and told nothing new.
    await ada.page.getByTestId('private-line').getByRole('button').click();
    const readers = ada.page.getByTestId('readers');
    expect(await faultsOf(ada.page), 'readers').toEqual([]);
    await readers.getByRole('button', { name: 'Put Ben out' }).click();
    const putOut = ada.page.getByTestId('put-out');
    await putOut.getByText('What Ben has read is read').waitFor();
    expect(await faultsOf(ada.page), 'put out').toEqual([]);
    await putOut.getByRole('button', { name: 'Put out' }).click();
    await expect.poll(() => readers.getByTestId('reader').count(), PATIENCE).toBe(1);
    await ada.closeDialog();
    await ada.page.getByTestId('private-line').getByText('Only you can read this').waitFor();
    await ada.typeAtEnd(' The candles are hidden.');
    await makesNote(ada, 'For everybody');
    await ben.goTo('notes');
    await seesNote(ben, 'For everybody');
    await ben.page.getByTestId('note').filter({ hasText: 'The cake' }).click();
    expect(await ben.noteText()).toContain('With cherries.');
    expect(await ben.noteText()).not.toContain('candles');
    await ben.page.getByTestId('private-line').getByText('Only Ada can read this').waitFor();

    // Kim is let in from now on: what was before stays closed to her.
    await ada.page.getByTestId('note').filter({ hasText: 'The cake' }).click();
    await ada.page.getByTestId('private-line').getByRole('button').click();
    await ada.page.getByTestId('let-in-reader').click();
    await ada.page.getByRole('menuitem', { name: 'Kim' }).click();
    const letIn = ada.page.getByTestId('let-in');
    await letIn.getByRole('radio', { name: 'From now on' }).click();
    expect(await faultsOf(ada.page), 'let in').toEqual([]);
    await letIn.getByRole('button', { name: 'Let in' }).click();
    await expect.poll(() => readers.getByTestId('reader').count(), PATIENCE).toBe(2);
    await ada.closeDialog();
    await ada.goTo('notes');
    await ada.page.getByTestId('new-private-button').click();
    await dialog.getByLabel('Title').fill('The song');
    expect(await faultsOf(ada.page), 'new, in a circle').toEqual([]);
    await dialog.getByRole('button', { name: 'Make it' }).click();
    await kim.goTo('notes');
    await seesNote(kim, 'The song');
    expect(await countOf(kim, 'The cake')).toBe(0);
    await seesNote(kim, 'For everybody');
    for (const who of [ada, ben, kim]) expect(who.complaints).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'what all read and few change: the others read it, and change it once they may',
  async () => {
    const ada = await stage.window();
    await ada.startNew('Ada');
    const ben = await joins(ada, 'Ben');
    await ada.goTo('notes');
    await ada.page.getByTestId('new-private-button').click();
    const dialog = ada.page.getByTestId('new-private');
    await dialog.getByLabel('Title').fill('The handbook');
    await dialog.getByRole('radio', { name: 'Everybody' }).click();
    expect(await faultsOf(ada.page), 'new, for all to read').toEqual([]);
    await dialog.getByRole('button', { name: 'Make it' }).click();
    const line = ada.page.getByTestId('private-line');
    await line.getByText('Everybody here reads this. Only you can change it').waitFor();
    await ada.typeAtEnd('Water it on Mondays.');

    await ben.goTo('notes');
    await seesNote(ben, 'The handbook');
    const mark = 'Everybody here reads this. Only Ada can change it';
    await ben.page.getByRole('img', { name: mark }).waitFor();
    await ben.page.getByTestId('note').filter({ hasText: 'The handbook' }).click();
    await expect.poll(() => ben.noteText(), PATIENCE).toContain('Water it on Mondays.');
    expect(await ben.page.getByTestId('note-title').isEditable()).toBe(false);
    expect(await faultsOf(ben.page), 'a note of few writers').toEqual([]);
    await ben.page.getByTestId('who-can-button').click();
    const his = ben.page.getByTestId('who-can');
    await his.getByText('Only those who were chosen for it can change it').waitFor();
    const row = his.getByTestId('who-can-person').filter({ hasText: 'Ben' });
    await row.getByText('Can see it').waitFor();
    await row.getByText('in this space, because of Ada').waitFor();
    await his.getByText('Chose who changes it').waitFor();
    expect(await his.getByText('private').count()).toBe(0);
    expect(await faultsOf(ben.page), 'who can, of what few change').toEqual([]);
    await ben.closeDialog();

    await line.getByRole('button').click();
    await ada.page.getByTestId('let-in-reader').click();
    await ada.page.getByRole('menuitem', { name: 'Ben' }).click();
    const letIn = ada.page.getByTestId('let-in');
    await letIn.getByText('Ben can then add and change things here.').waitFor();
    await letIn.getByRole('button', { name: 'Let in' }).click();
    const writers = ada.page.getByTestId('readers');
    await expect.poll(() => writers.getByTestId('reader').count(), PATIENCE).toBe(2);
    expect(await faultsOf(ada.page), 'who changes it').toEqual([]);
    await ada.closeDialog();
    await ben.page
      .getByTestId('private-line')
      .getByText('Only you and Ada can change it')
      .waitFor(PATIENCE);
    await ben.typeAtEnd(' And on Fridays.');
    await expect.poll(() => ada.noteText(), PATIENCE).toContain('And on Fridays.');
    for (const who of [ada, ben]) expect(who.complaints).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'when who decides there is removed from the space, the others read on, see that nobody can be let in, and its marks stay everywhere',
  async () => {
    const ada = await stage.window();
    await ada.startNew('Ada');
    const ben = await joins(ada, 'Ben');
    const kim = await joins(ada, 'Kim');
    await ben.goTo('notes');
    await ben.page.getByTestId('new-private-button').click();
    const dialog = ben.page.getByTestId('new-private');
    await dialog.getByLabel('Title').fill('The cake');
    await dialog.getByRole('checkbox', { name: 'Kim' }).check();
    await dialog.getByRole('button', { name: 'Make it' }).click();
    const line = ben.page.getByTestId('private-line');
    await line.getByText('Only you and Kim can read this').waitFor();
    await ben.typeAtEnd('With cherries.');

    // Who alone decides cannot leave it like that.
    await line.getByRole('button').click();
    await ben.page.getByTestId('readers').getByRole('button', { name: 'Leave' }).click();
    const leave = ben.page.getByTestId('put-out');
    await leave.getByText('First let somebody else decide').waitFor();
    expect(await leave.getByRole('button', { name: 'Leave' }).count()).toBe(0);
    expect(await faultsOf(ben.page), 'the only one who decides').toEqual([]);
    await ben.page.keyboard.press('Escape');

    // Marked wherever it is listed; to who does not read it, it is nowhere, and said to be there.
    await kim.goTo('notes');
    await seesNote(kim, 'The cake');
    const here = kim.page.url().split('/notes')[0] ?? '';
    const mark = 'Only you and Ben can read this';
    await kim.page.goto(`${here}/table/Note`);
    const row = kim.page.getByRole('row').filter({ hasText: 'The cake' });
    await row.getByRole('img', { name: mark }).waitFor(PATIENCE);
    expect(await faultsOf(kim.page), 'marked in a table').toEqual([]);
    await kim.page.keyboard.press('Control+k');
    await kim.page.getByTestId('palette').waitFor();
    await kim.page.keyboard.type('cake');
    const hit = kim.page.getByRole('option', { name: mark });
    await hit.getByText('The cake').waitFor();
    expect(await faultsOf(kim.page), 'marked in the palette').toEqual([]);
    await kim.page.keyboard.press('Escape');
    await ada.goTo('notes');
    await ada.page.getByTestId('unread').waitFor(PATIENCE);
    const space = ada.page.url().split('/notes')[0] ?? '';
    await ada.page.goto(`${space}/table/Note`);
    await ada.page.getByTestId('unread').waitFor();
    expect(await ada.page.getByText('The cake').count()).toBe(0);
    expect(await faultsOf(ada.page), 'a table with something unread').toEqual([]);
    await ada.page.keyboard.press('Control+k');
    await ada.page.getByTestId('palette').waitFor();
    await ada.page.keyboard.type('cake');
    await ada.page
      .getByTestId('palette')
      .getByRole('option', { name: /New note/u })
      .waitFor();
    expect(await ada.page.getByTestId('palette').getByText('The cake').count()).toBe(0);
    await ada.page.keyboard.press('Escape');

    // Ben is removed.
    await ada.goTo('members');
    await ada.page.getByRole('button', { name: 'What Ben can do' }).click();
    await ada.page.getByRole('button', { name: 'Remove Ben from this space' }).click();
    const remove = ada.page.getByTestId('remove-member');
    await remove.getByRole('button', { name: 'Remove', exact: true }).click();
    await remove.waitFor({ state: 'detached' });
    const part = ada.page.getByTestId('private-part');
    await part.getByText('Nobody can be let in any more').waitFor(PATIENCE);
    expect(await faultsOf(ada.page), 'frozen, from outside').toEqual([]);
    await kim.goTo('notes');
    await kim.page.getByTestId('note').filter({ hasText: 'The cake' }).click();
    await kim.page
      .getByTestId('private-line')
      .getByText('Only you can read this')
      .waitFor(PATIENCE);
    await kim.page.getByTestId('private-line').getByRole('button').click();
    const readers = kim.page.getByTestId('readers');
    await readers.getByText('Whoever decided here has left the space').waitFor(PATIENCE);
    expect(await readers.getByTestId('let-in-reader').count()).toBe(0);
    expect(await faultsOf(kim.page), 'frozen').toEqual([]);
    await kim.closeDialog();
    await kim.typeAtEnd(' And cream.');
    expect(await kim.noteText()).toContain('With cherries. And cream.');
    for (const who of [ada, ben, kim]) expect(who.complaints).toEqual([]);
  },
  EXAMINED_MS,
);
