// A passphrase before the keys of a browser, in real windows: set, asked for, wrong, right, locked everywhere.
import { expect, test } from 'vitest';
import { stageOfFile } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const stage = stageOfFile();
const PHRASE = 'three better words';

test('a locked browser shows nothing before the passphrase, and locks all its windows', async () => {
  const ada = await stage.window();
  await ada.startNew('Ada');
  await ada.addTask('Pack the boots');
  const { page } = ada;
  await page.getByRole('link', { name: 'Settings' }).first().click();
  await page.getByRole('button', { name: 'Set a passphrase' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('New passphrase').fill('short');
  await dialog.getByRole('button', { name: 'Set a passphrase' }).click();
  await dialog.getByText('At least 8 characters.', { exact: true }).waitFor();
  expect(await faultsOf(page), 'setting a passphrase').toEqual([]);
  await dialog.getByLabel('New passphrase').fill(PHRASE);
  await dialog.getByLabel('Once more').fill(PHRASE);
  await dialog.getByRole('button', { name: 'Set a passphrase' }).click();
  await page.getByText('Under a passphrase', { exact: true }).waitFor();

  const second = await ada.context.newPage();
  await second.goto(stage.world.url);
  await second.getByRole('heading', { name: 'Atoll is locked' }).waitFor();
  expect(await second.getByText('Ada').count()).toBe(0);
  expect(await faultsOf(second), 'locked').toEqual([]);
  await second.getByLabel('Passphrase', { exact: true }).fill('something else');
  await second.getByRole('button', { name: 'Unlock' }).click();
  await second.getByText('That is not the passphrase.').waitFor();
  await second.getByLabel('Passphrase', { exact: true }).fill(PHRASE);
  await second.getByRole('button', { name: 'Unlock' }).click();
  await second.getByText('Ada’s space').first().waitFor();

  await page.getByRole('button', { name: 'Lock now' }).click();
  await page.getByRole('heading', { name: 'Atoll is locked' }).waitFor();
  await second.getByRole('heading', { name: 'Atoll is locked' }).waitFor();
  await page.getByLabel('Passphrase', { exact: true }).fill(PHRASE);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await page.getByText('No passphrase', { exact: true }).waitFor();
  await page.reload();
  await page.getByText('Ada’s space').first().waitFor();
  expect(ada.complaints).toEqual([]);
});
