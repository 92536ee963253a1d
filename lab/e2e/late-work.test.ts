// Work of somebody who was removed and had not heard of it: who controls the space is told, waves it away or takes it
// up; on the device of who was removed it says that it does not count.
import { expect, test } from 'vitest';
import { stageOfFile, together } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 30_000 };
/** A device first looks into the mailbox that it has left after a minute. */
const LATE = { timeout: 150_000 };
const EXAMINED_MS = 420_000;

const stage = stageOfFile();

test(
  'late work of who was removed is shown to the owner, waved away, found again and taken up with one action',
  async () => {
    const [ada, jun] = await together(stage, 'Jun');
    const { page } = ada;
    await ada.addTask('Pack the tent');
    await jun.goTo('tasks');
    await jun.seesTask('Pack the tent');
    await jun.turnOffline();
    for (const title of ['Book a ferry', 'Buy rope']) await jun.addTask(title);
    await ada.goTo('members');
    await page.getByRole('button', { name: 'What Jun can do' }).click();
    await page.getByRole('button', { name: 'Remove Jun from this space' }).click();
    const remove = page.getByTestId('remove-member');
    await remove.getByRole('button', { name: 'Remove', exact: true }).click();
    await remove.waitFor({ state: 'detached' });
    await jun.turnOffline();
    await jun.page.getByTestId('removed').waitFor(PATIENCE);
    await jun.page.getByText('2 things that you changed do not count.').waitFor(PATIENCE);
    expect(await faultsOf(jun.page), 'what does not count, to who wrote it').toEqual([]);

    const late = page.getByText('Jun changed 2 things after being removed.');
    await late.waitFor(LATE);
    expect(await faultsOf(page), 'late work').toEqual([]);
    await page.getByRole('button', { name: 'Not now' }).click();
    await late.waitFor({ state: 'detached' });
    await page.reload();
    await page.getByTestId('nav-tasks').first().waitFor();
    await page.getByRole('link', { name: /Versions/u }).click();
    const work = page.getByTestId('uncounted-work');
    await work.waitFor(PATIENCE);
    expect(await late.count(), 'waved away').toBe(0);
    await work.getByRole('button', { name: 'Have a look' }).click();
    await work.getByText('Book a ferry').waitFor();
    expect(await faultsOf(page), 'a look at late work').toEqual([]);
    await work.getByRole('button', { name: 'Take this up' }).click();
    await page.getByTestId('toast').getByText('Taken up: 2 things changed').waitFor();
    await work.getByText(/^Taken up by/u).waitFor();
    expect(await faultsOf(page), 'taken up').toEqual([]);
    await ada.goTo('tasks');
    for (const title of ['Book a ferry', 'Buy rope', 'Pack the tent']) await ada.seesTask(title);
    expect([...ada.complaints, ...jun.complaints]).toEqual([]);
  },
  EXAMINED_MS,
);
