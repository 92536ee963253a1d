// Coming back, in real windows: Ada makes an identity, prints her words and loses the browser; a clean one has all.
import { expect, test } from 'vitest';
import { faultsOf } from './screen-faults.ts';
import { stageOfFile, type WindowPerson } from './browser-people.ts';
import { typeAsked, wordsShown } from './own-devices.ts';

const stage = stageOfFile();

async function settings({ page }: WindowPerson): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).first().click();
  await page.getByRole('heading', { name: 'If you lose your devices' }).waitFor();
}

test('from the first word to the last: create, print, lose everything, come back', async () => {
  const ada = await stage.window();
  const { page } = ada;
  await page.getByRole('button', { name: /Start new/ }).click();
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'Continue' }).click();
  const words = await wordsShown(ada);
  expect(words).toHaveLength(24);
  // What the printer gets has the words and the server, and nothing else of the page.
  await page.emulateMedia({ media: 'print' });
  const sheet = page.getByTestId('print-sheet');
  expect(await sheet.isVisible()).toBe(true);
  expect(await page.locator('.stage').isVisible()).toBe(false);
  const printed = await sheet.innerText();
  expect(printed).toContain(stage.world.url);
  for (const word of words) expect(printed).toContain(word);
  await page.emulateMedia({ media: 'screen' });
  expect(await sheet.isVisible()).toBe(false);
  await page.getByRole('button', { name: 'I wrote them down' }).click();
  expect(await sheet.count()).toBe(0);
  await typeAsked(ada, words);
  await page.getByRole('button', { name: 'Open Atoll' }).click();
  await ada.addTask('Pack the boots');
  // The server has the task: nobody else will be there to give it.
  await page.getByTestId('connection').click();
  await page
    .getByTestId('connection-popover')
    .getByText(/Up to date/)
    .first()
    .waitFor();
  await page.keyboard.press('Escape');
  await settings(ada);
  const copy = page.locator('[data-testid="recovery-copy"][data-at="kept"]');
  await copy.first().waitFor();
  expect(ada.complaints).toEqual([]);
  await ada.context.close();

  const back = await stage.window();
  await back.page.getByRole('button', { name: /I have my 24 words/ }).click();
  expect(await faultsOf(back.page), 'coming back').toEqual([]);
  await back.page.getByLabel('Your 24 words').fill(`${words.slice(1).join(' ')}`);
  await back.page.getByRole('button', { name: 'Come back' }).click();
  await back.page.getByText('That is not 24 words yet.').waitFor();
  expect(await faultsOf(back.page), 'coming back with too few words').toEqual([]);
  await back.page.getByLabel('Your 24 words').fill(`${'abandon '.repeat(23)}art`);
  await back.page.getByRole('button', { name: 'Come back' }).click();
  await back.page.getByText(/this server has nothing for them/).waitFor();
  await back.page.getByLabel('Your 24 words').fill(words.join('\n').toUpperCase());
  await back.page.getByRole('button', { name: 'Come back' }).click();
  await back.page.getByText('Ada’s space').first().waitFor();
  await back.page.getByText('Ada’s space').first().click();
  await back.goTo('tasks');
  await back.seesTask('Pack the boots');
  await back.addTask('I am back');

  await settings(back);
  await back.page.getByText(/You came back, as of/).waitFor();
  expect(await faultsOf(back.page), 'settings of somebody who came back').toEqual([]);
  await back.page.getByRole('button', { name: 'Check my words' }).click();
  await back.page.getByLabel('Your 24 words').fill(`${'abandon '.repeat(23)}art`);
  await back.page.getByRole('button', { name: 'Check', exact: true }).click();
  await back.page.getByText(/but not yours/).waitFor();
  expect(await faultsOf(back.page), 'drill').toEqual([]);
  await back.page.getByLabel('Your 24 words').fill(words.join(' '));
  await back.page.getByRole('button', { name: 'Check', exact: true }).click();
  await back.page.getByText(/These are your words/).waitFor();
  expect(back.complaints).toEqual([]);
});
