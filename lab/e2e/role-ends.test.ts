// A role that ends by itself, in two windows: what is said before it is given, while it lasts, and afterwards.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { stageOfFile, together, type WindowPerson } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 30_000 };
const EXAMINED_MS = 300_000;

const stage = stageOfFile();

/** Jun's role, as Ada has it. */
class RoleOfJun {
  readonly page: Page;

  constructor({ page }: WindowPerson) {
    this.page = page;
  }

  text(): Promise<string> {
    return this.#button.innerText();
  }

  /** Chooses one for a while, up to the dialog that says what comes then. */
  async choose(role: string, then: RegExp): Promise<void> {
    await this.#button.click();
    await this.page.getByRole('menuitem', { name: /^For a while/u }).click();
    const dialog = this.page.getByTestId('for-a-while');
    await dialog.getByRole('button', { name: /^Role: /u }).click();
    const entry = { name: new RegExp(`^${role}`, 'u') };
    await this.page.getByRole('menuitemcheckbox', entry).click();
    await dialog.getByText(then).waitFor();
  }

  async give(): Promise<void> {
    await this.page.getByRole('button', { name: 'Give this role' }).click();
    await this.page.getByTestId('role-until').getByText('until the next agreed state').waitFor();
  }

  async giveForGood(role: string): Promise<void> {
    await this.#button.click();
    const entry = { name: new RegExp(`^${role}`, 'u') };
    await this.page.getByRole('menuitemcheckbox', entry).click();
  }

  /** The state with which it ends. */
  async ends(): Promise<void> {
    await this.page.getByRole('button', { name: 'Agree on a state now' }).click();
    await this.page.getByTestId('toast').getByText('The space has agreed on a state').waitFor();
  }

  get #button(): ReturnType<Page['getByRole']> {
    return this.page.getByRole('button', { name: /^Role of Jun/u });
  }
}

test(
  'who is admin until the next agreed state is a writer again with it',
  async () => {
    const [ada, jun] = await together(stage, 'Jun');
    const { page } = ada;
    const role = new RoleOfJun(ada);
    await ada.goTo('members');
    await role.choose('Admin', /^Jun is writer again/u);
    expect(await faultsOf(page), 'a role that ends').toEqual([]);
    await role.give();
    expect(await role.text()).toContain('Admin');
    await jun.goTo('members');
    await jun.page.getByTestId('role-until').waitFor(PATIENCE);
    await jun.openPerson('Jun');
    await jun.page.getByRole('button', { name: 'Agree on a state now' }).click();
    await jun.page.getByText('This device has no say in that yet').waitFor();
    expect(await faultsOf(jun.page), 'who has no vote').toEqual([]);
    await jun.page.getByTestId('nav-members').first().click();
    await ada.openPerson('Jun');
    await page.getByTestId('ends-by-itself').waitFor();
    expect(await faultsOf(page), 'somebody whose role ends').toEqual([]);
    await role.ends();
    await expect.poll(() => role.text(), PATIENCE).toContain('Writer');
    await expect.poll(() => jun.page.getByTestId('role-until').count(), PATIENCE).toBe(0);
    expect([...ada.complaints, ...jun.complaints]).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'who has nothing besides a role that ends is out with it, and told so; given for good, it stays',
  async () => {
    const [ada, jun] = await together(stage, 'Jun');
    const { page } = ada;
    const role = new RoleOfJun(ada);
    await ada.addTask('Book a ferry');
    await jun.seesTask('Book a ferry');
    await ada.goTo('members');
    await role.choose('Writer', /^Jun is not in this space any more/u);
    await role.give();
    await role.giveForGood('Writer');
    await expect.poll(() => page.getByTestId('role-until').count(), PATIENCE).toBe(0);

    await role.choose('Commenter', /^Jun is not in this space any more/u);
    await role.give();
    await jun.page.getByText('You can comment here.').waitFor(PATIENCE);
    await ada.openPerson('Jun');
    await role.ends();
    await expect.poll(() => page.getByTestId('member').count(), PATIENCE).toBe(1);
    expect(await page.getByTestId('removals').count(), 'nobody removed him').toBe(0);
    await jun.page
      .getByTestId('removed')
      .getByText('Your role in this space has ended')
      .waitFor(PATIENCE);
    await jun.seesTask('Book a ferry');
    expect(await jun.page.getByRole('textbox', { name: 'New task' }).count()).toBe(0);
    expect(await faultsOf(jun.page), 'whose role has ended').toEqual([]);
    expect([...ada.complaints, ...jun.complaints]).toEqual([]);
  },
  EXAMINED_MS,
);
