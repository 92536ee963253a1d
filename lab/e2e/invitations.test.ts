// Invitations that need more than one person with six digits: who asks and waits, and who is let in by another admin.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { stageOfFile, type WindowPerson } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 60_000 };
/** Three windows, each looked at in every look; who answers for another comes ten seconds later. */
const EXAMINED_MS = 300_000;

const stage = stageOfFile();

/** Chooses in one of the menus of the dialog that invites. */
async function choose(page: Page, menu: RegExp, entry: RegExp): Promise<void> {
  await page.getByRole('button', { name: menu }).click();
  await page.getByRole('menuitemcheckbox', { name: entry }).click();
}

/** Asks to be let in by a link, and says so. */
async function asks(link: string, name: string, text: string): Promise<WindowPerson> {
  const guest = await stage.window(link);
  await guest.sayName(name);
  await guest.page.getByTestId('ask-text').fill(text, PATIENCE);
  expect(await faultsOf(guest.page), 'ask').toEqual([]);
  await guest.page.getByRole('button', { name: 'Ask', exact: true }).click();
  await guest.page.locator('[data-testid=join-state][data-state=asked]').waitFor(PATIENCE);
  await guest.page.getByRole('button', { name: 'OK' }).click();
  await guest.page.locator('[data-testid=pending-join][data-state=waiting]').waitFor(PATIENCE);
  return guest;
}

test(
  'who asks waits in sight, comes in when somebody agrees, and hears it when they say no',
  async () => {
    const ada = await stage.window();
    await ada.startNew('Ada');
    await ada.addTask('Book a ferry');
    await ada.page.getByTestId('invite').click();
    await ada.page.getByTestId('invitation-digits').waitFor(PATIENCE);
    expect(await faultsOf(ada.page), 'invite').toEqual([]);
    await choose(ada.page, /^Who can use it/u, /^Anyone may ask/u);
    await ada.page.getByText('Nobody joins before one of you agrees').waitFor(PATIENCE);
    const link = await ada.page.getByTestId('invitation-link').inputValue();
    expect(await ada.page.getByTestId('invitation-digits').count()).toBe(0);
    expect(await faultsOf(ada.page), 'invite to ask').toEqual([]);
    await ada.closeDialog();

    const jun = await asks(link, 'Jun', 'Jun from the choir');
    expect(await faultsOf(jun.page), 'waiting').toEqual([]);
    const kai = await asks(link, 'Kai', '');
    await ada.goTo('members');
    const request = (name: string): ReturnType<Page['locator']> =>
      ada.page.getByTestId('request').filter({ hasText: name });
    await request('Jun').getByText('Jun from the choir').waitFor(PATIENCE);
    await request('Kai').waitFor(PATIENCE);
    await ada.page.getByTestId('open-invitation').getByText('Anyone may ask').waitFor(PATIENCE);
    expect(await faultsOf(ada.page), 'requests').toEqual([]);
    await request('Kai').getByRole('button', { name: 'No' }).click();
    await request('Jun').getByRole('button', { name: 'Let in' }).click();
    await expect.poll(() => ada.page.getByTestId('request').count(), PATIENCE).toBe(0);

    await jun.page.getByTestId('nav-space').first().click(PATIENCE);
    await jun.seesTask('Book a ferry');
    await expect.poll(() => jun.page.getByTestId('pending-join').count(), PATIENCE).toBe(0);
    await kai.page.locator('[data-testid=pending-join][data-state=turned-away]').waitFor(PATIENCE);
    expect(await faultsOf(kai.page), 'turned away').toEqual([]);
    await kai.page.getByRole('button', { name: /^Take .* off this list$/u }).click();
    await expect.poll(() => kai.page.getByTestId('pending-join').count(), PATIENCE).toBe(0);
    expect(await kai.page.getByTestId('nav-space').count()).toBe(0);
    for (const { complaints } of [ada, jun, kai]) expect(complaints).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'another admin lets a guest in while the one who has invited is away',
  async () => {
    const ada = await stage.window();
    await ada.startNew('Ada');
    await ada.addTask('Book a ferry');
    await ada.page.getByTestId('invite').click();
    await ada.page.getByTestId('invitation-digits').waitFor(PATIENCE);
    await choose(ada.page, /^They join as/u, /^Admin/u);
    await ada.page.getByRole('button', { name: 'They join as: Admin' }).waitFor();
    const first = await ada.shownInvitation();
    const mira = await stage.window(first.link);
    await mira.joinByLink('Mira', first.digits);
    await mira.seesTask('Book a ferry');
    await ada.page.getByRole('button', { name: 'Invite another' }).click(PATIENCE);
    await ada.page.getByTestId('invitation-digits').waitFor(PATIENCE);
    await choose(ada.page, /^They join as/u, /^Reader/u);
    await choose(ada.page, /^Who can use it/u, /any admin answers/u);
    await ada.page.getByText('Any admin who is here lets your guest in.').waitFor(PATIENCE);
    const shared = await ada.shownInvitation();
    await ada.closeDialog();
    await mira.goTo('members');
    await mira.page.getByTestId('open-invitation').getByText('any admin').waitFor(PATIENCE);
    await ada.page.goto('about:blank');

    const jun = await stage.window(shared.link);
    await jun.joinByLink('Jun', shared.digits);
    await jun.seesTask('Book a ferry');
    await expect.poll(() => mira.page.getByTestId('member').count(), PATIENCE).toBe(3);
    await mira.page.getByRole('table').getByText('Reader').first().waitFor(PATIENCE);
    expect(await faultsOf(mira.page), 'members').toEqual([]);
    await expect.poll(() => mira.page.getByTestId('open-invitation').count(), PATIENCE).toBe(0);
    for (const { complaints } of [ada, mira, jun]) expect(complaints).toEqual([]);
  },
  EXAMINED_MS,
);
