// A public space in two windows: made with a few words, read by its link, and ended.
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { stageOfFile, type WindowPerson } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 30_000 };
/** Two windows, each looked at in every look. */
const EXAMINED_MS = 300_000;

const stage = stageOfFile();

/** A space with a task in it, about to be made public. */
async function withTask(): Promise<{ readonly ada: WindowPerson; readonly section: Locator }> {
  const ada = await stage.window();
  await ada.startNew('Ada');
  await ada.addTask('Book a ferry');
  await ada.goTo('members');
  const section = ada.page.getByTestId('public-space');
  await section.getByRole('button', { name: 'Make a link…' }).click();
  return { ada, section };
}

test(
  'a space is made public, read by its link under a name that nobody there sees, and made private again',
  async () => {
    const { ada, section } = await withTask();
    await section.getByText('Whoever has the link can read everything').waitFor();
    expect(await faultsOf(ada.page), 'asked').toEqual([]);
    await section.getByRole('button', { name: 'Make it public' }).click();
    const link = await section.getByTestId('public-link').inputValue(PATIENCE);
    expect(link).toContain('/#/follow/');
    expect(await faultsOf(ada.page), 'public').toEqual([]);
    const kim = await stage.window(link);
    await kim.page.getByText('Nobody in the space sees it').waitFor();
    expect(await faultsOf(kim.page), 'name').toEqual([]);
    await kim.page.getByLabel('Your name').fill('Kim');
    await kim.page.getByRole('button', { name: 'Continue' }).click();
    await kim.seesTask('Book a ferry');
    await kim.goTo('members');
    await kim.page.getByText('You read this space by its link.').waitFor();
    await expect.poll(() => kim.page.getByTestId('member').count(), PATIENCE).toBe(1);
    expect(await faultsOf(kim.page), 'followed').toEqual([]);
    expect(await kim.page.getByText('You can read here.').count()).toBe(0);
    expect(await ada.page.getByTestId('member').count()).toBe(1);
    await section.getByRole('button', { name: 'End the link' }).click();
    await section.getByRole('button', { name: 'Make a link…' }).waitFor();
    await kim.page.getByText('This space is not public any more.').waitFor(PATIENCE);
    expect(await faultsOf(kim.page), 'over').toEqual([]);
    const leo = await stage.window(link);
    await leo.page.getByLabel('Your name').fill('Leo');
    await leo.page.getByRole('button', { name: 'Continue' }).click();
    await leo.page.getByTestId('follow-failed').waitFor();
    expect(await faultsOf(leo.page), 'failed').toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'visitors suggest things by the link; an admin takes up, refuses, hides and bans, and all see the same',
  async () => {
    const { ada, section } = await withTask();
    await section.getByRole('button', { name: 'Make it public' }).click();
    const link = await section.getByTestId('public-link').inputValue(PATIENCE);
    await section.getByRole('button', { name: 'Let visitors suggest things…' }).click();
    await section.getByText('Is shown at once').click();
    await section.getByLabel('Of one person in an hour, at most').fill('0');
    await section.getByText('A number from 1 to 1000.').waitFor();
    expect(await faultsOf(ada.page), 'terms').toEqual([]);
    await section.getByText('Somebody looks at it first').click();
    await section.getByRole('button', { name: 'Take suggestions' }).click();
    await section.getByText('An admin looks at each first.').waitFor(PATIENCE);
    expect(await faultsOf(ada.page), 'open').toEqual([]);
    const kim = await stage.window(link);
    await kim.page.getByLabel('Your name').fill('Kim');
    await kim.page.getByRole('button', { name: 'Continue' }).click();
    await kim.seesTask('Book a ferry');
    await kim.page.getByRole('button', { name: 'Suggest something' }).click(PATIENCE);
    await kim.page.getByText('it is by Kim.').waitFor();
    expect(await faultsOf(kim.page), 'suggest').toEqual([]);
    await suggests(kim, 'Rent bicycles');
    await kim.page.getByText('A note', { exact: true }).click();
    await kim.page.getByLabel('Text').fill('The north beach has a cafe.');
    await suggests(kim, 'Where to swim');
    await suggests(kim, 'Buy my watches');
    await kim.page.getByText('Waits for an admin').nth(2).waitFor(PATIENCE);
    expect(await faultsOf(kim.page), 'waiting').toEqual([]);
    await section.getByRole('button', { name: 'See suggestions' }).click();
    const waiting = ada.page.getByTestId('waiting-contribution');
    await expect.poll(() => waiting.count(), PATIENCE).toBe(3);
    await waiting.filter({ hasText: 'By Kim' }).first().waitFor();
    expect(await faultsOf(ada.page), 'waiting').toEqual([]);
    await ada.page.getByRole('button', { name: 'Take up: Rent bicycles' }).click();
    await ada.page.getByRole('button', { name: 'Take up: Where to swim' }).click(PATIENCE);
    await ada.page.getByRole('button', { name: 'Refuse: Buy my watches' }).click(PATIENCE);
    await ada.page.getByText('Nothing waits.').waitFor();
    const leo = await stage.window(link);
    await leo.page.getByLabel('Your name').fill('Leo');
    await leo.page.getByRole('button', { name: 'Continue' }).click();
    await leo.seesTask('Rent bicycles');
    const own = kim.page.getByTestId('own-contribution');
    await own.filter({ hasText: 'Taken up' }).nth(1).waitFor(PATIENCE);
    await ada.page.getByRole('button', { name: 'Hide: Rent bicycles' }).click();
    await ada.page.getByText('Hidden by Ada').waitFor();
    const bicycles = leo.page.getByTestId('task').filter({ hasText: 'Rent bicycles' });
    await bicycles.waitFor({ state: 'detached', ...PATIENCE });
    await own.filter({ hasText: 'Hidden by an admin' }).waitFor(PATIENCE);
    await ada.page.getByRole('button', { name: 'Show: Rent bicycles' }).click();
    await leo.seesTask('Rent bicycles');
    await ada.page.getByRole('button', { name: 'More for Rent bicycles' }).click();
    await ada.page.getByRole('menuitem', { name: 'Ban Kim and hide everything' }).click();
    await bicycles.waitFor({ state: 'detached', ...PATIENCE });
    await ada.page.getByTestId('banned-author').filter({ hasText: 'Kim' }).waitFor();
    // What the button is for is said beside it, as long as it is in focus.
    await ada.page.keyboard.press('Escape');
    expect(await faultsOf(ada.page), 'banned').toEqual([]);
    await kim.page.getByText('take no suggestions from you').waitFor(PATIENCE);
    expect(await faultsOf(kim.page), 'banned, seen by him').toEqual([]);
    await ada.page.getByRole('button', { name: 'Allow again: Kim' }).click();
    await leo.seesTask('Rent bicycles');
    await kim.page.getByTestId('suggest').waitFor(PATIENCE);
    expect([...ada.complaints, ...kim.complaints, ...leo.complaints]).toEqual([]);
  },
  EXAMINED_MS,
);

async function suggests({ page }: WindowPerson, title: string): Promise<void> {
  await page.getByLabel('Title').fill(title);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByTestId('own-contribution').filter({ hasText: title }).waitFor(PATIENCE);
}
