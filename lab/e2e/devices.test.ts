// A phone is lost, in real windows: stopped from the laptop it shows why and nothing else; the words bring it back.
import { expect, test } from 'vitest';
import { faultsOf } from './screen-faults.ts';
import { stageOfFile, type WindowPerson } from './browser-people.ts';
import { addPhone, goToDevices, PHONE, startWithWords, typeWords } from './own-devices.ts';

/** Several screens of the story are examined in all looks. */
const STORY_MS = 240_000;

const stage = stageOfFile();

async function openTasks(person: WindowPerson): Promise<void> {
  const { page } = person;
  await page.goto(`${stage.world.url}/#/`);
  await page.getByTestId('nav-tasks').first().click();
}

/** Adds a task where tasks are shown; a phone has no way there beside them. */
async function addHere(person: WindowPerson, title: string): Promise<void> {
  const field = person.page.getByRole('textbox', { name: 'New task' });
  await field.fill(title);
  await field.press('Enter');
  await person.seesTask(title);
}

test(
  'a lost phone is stopped, says who did it and what waits on it, and is back with the words',
  async () => {
    const laptop = await stage.window();
    const words = (await startWithWords(laptop)).join(' ');
    await laptop.addTask('Pack the boots');
    const phone = await addPhone(stage, laptop);
    await phone.goTo('tasks');
    await phone.seesTask('Pack the boots');
    await addHere(phone, 'Written on the phone');
    const row = laptop.page.getByTestId('device').nth(1);
    await row.getByRole('button', { name: /^More about/ }).click();
    await laptop.page.getByRole('menuitem', { name: 'Rename' }).click();
    await laptop.page.getByLabel('Name of the device').fill('Phone');
    await laptop.page.getByRole('button', { name: 'Rename', exact: true }).last().click();
    await row.getByText('Phone', { exact: true }).waitFor();
    expect(await faultsOf(laptop.page), 'two devices').toEqual([]);

    await row.getByRole('button', { name: 'Stop…' }).click();
    await laptop.page.getByTestId('stop-device').waitFor();
    expect(await faultsOf(laptop.page), 'stopping a device').toEqual([]);
    await laptop.page.getByRole('button', { name: 'Stop it' }).click();
    const stopped = laptop.page.getByTestId('stopped-devices');
    await stopped.getByText(/^Stopped by Linux, Chromium, /).waitFor();
    await laptop.page.getByTestId('toast').getByText('Phone is stopped').waitFor();
    expect(await faultsOf(laptop.page), 'a stopped device').toEqual([]);

    await phone.page.getByText(/Linux, Chromium stopped it, /).waitFor();
    expect(await phone.page.getByTestId('task').count()).toBe(0);
    expect(await faultsOf(phone.page), 'this device is stopped').toEqual([]);
    await phone.page.getByRole('button', { name: 'It was stolen: stop Linux, Chromium' }).waitFor();
    await phone.page.reload();
    await phone.page.getByRole('heading', { name: 'This device is stopped' }).waitFor();
    await openTasks(laptop);
    await laptop.addTask('Without the phone');

    await phone.page.getByRole('button', { name: 'I have my 24 words' }).click();
    await typeWords(phone, `${'abandon '.repeat(23)}art`, 'Bring this device back');
    await phone.page.getByText(/but not yours/).waitFor();
    expect(await faultsOf(phone.page), 'other words').toEqual([]);
    await typeWords(phone, words, 'Bring this device back');
    await phone.page.getByTestId('stopped').waitFor({ state: 'detached' });
    await phone.page.setViewportSize(PHONE);
    await openTasks(phone);
    await phone.seesTask('Without the phone');
    await addHere(phone, 'The phone is back');
    await laptop.seesTask('The phone is back');

    await goToDevices(stage, laptop);
    await row.getByRole('button', { name: /^More about/ }).click();
    await laptop.page.getByRole('menuitem', { name: /Remove for good/ }).click();
    await typeWords(laptop, words, 'Remove it');
    await stopped.getByText(/^Removed with your words, /).waitFor();
    await phone.page.getByRole('heading', { name: 'This device was removed' }).waitFor();
    expect([...laptop.complaints, ...phone.complaints]).toEqual([]);
  },
  STORY_MS,
);
