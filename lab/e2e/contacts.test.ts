// Two people compare their numbers: each keeps the other as verified, by the digits or by the text of the code.
import { expect, test } from 'vitest';
import { stageOfFile, type WindowPerson } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 30_000 };
const stage = stageOfFile();

/** Opens what is known of somebody, from the members. */
async function about(who: WindowPerson, name: string): Promise<void> {
  await who.page.keyboard.press('Escape');
  await who.page.getByRole('link', { name: /Members/u }).click();
  await who.page.getByRole('button', { name: `What ${name} can do` }).click();
  await who.page.getByTestId('known-person').waitFor(PATIENCE);
}

test('two people verify each other', async () => {
  const ada = await stage.window();
  await ada.startNew('Ada');
  await ada.addTask('Book a ferry');
  const invitation = await ada.invite();
  const jun = await stage.window(invitation.link);
  await jun.joinByLink('Jun', invitation.digits);
  await jun.seesTask('Book a ferry');
  await ada.closeDialog();
  await jun.addTask('Pack the tent');
  await ada.seesTask('Pack the tent');

  await about(ada, 'Jun');
  await about(jun, 'Ada');
  for (const { page } of [ada, jun]) {
    await page.getByRole('button', { name: 'Compare numbers' }).click();
    await page.getByTestId('safety-number').waitFor(PATIENCE);
    expect(await faultsOf(page)).toEqual([]);
  }
  const number = await ada.page.getByTestId('safety-number').innerText();
  expect(number.match(/\d{5}/gu)).toHaveLength(12);
  expect(await jun.page.getByTestId('safety-number').innerText()).toBe(number);
  await ada.page.getByRole('button', { name: 'They are the same' }).click();
  await ada.page.locator('[data-standing=verified]').waitFor(PATIENCE);
  expect(await faultsOf(ada.page)).toEqual([]);

  await jun.page.getByLabel('Or paste the text of their code').fill('atoll:verify:no');
  await jun.page.getByRole('button', { name: 'Check', exact: true }).click();
  await jun.page.getByText('This is not the text of such a code.').waitFor(PATIENCE);
  await jun.page.getByRole('button', { name: 'They are the same' }).click();
  await jun.page.locator('[data-standing=verified]').waitFor(PATIENCE);

  await ada.page.keyboard.press('Escape');
  await ada.page.evaluate(() => (location.hash = '#/settings'));
  await ada.page.getByTestId('contact').getByText('Verified').waitFor(PATIENCE);
  expect(await faultsOf(ada.page)).toEqual([]);
  for (const { complaints } of [ada, jun]) expect(complaints).toEqual([]);
}, 240_000);
