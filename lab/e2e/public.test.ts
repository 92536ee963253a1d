// A public space in two windows: made with a few words, read by its link, and ended.
import { expect, test } from 'vitest';
import { stageOfFile } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 30_000 };
/** Two windows, each looked at in every look. */
const EXAMINED_MS = 300_000;

const stage = stageOfFile();

test(
  'a space is made public, read by its link under a name that nobody there sees, and made private again',
  async () => {
    const ada = await stage.window();
    await ada.startNew('Ada');
    await ada.addTask('Book a ferry');
    await ada.goTo('members');
    const section = ada.page.getByTestId('public-space');
    await section.getByRole('button', { name: 'Make a link…' }).click();
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
