// A stolen phone is emptied by the words, in real windows: what the laptop asks and shows, and what the phone does meanwhile.
import { expect, test } from 'vitest';
import { faultsOf } from './screen-faults.ts';
import { stageOfFile } from './browser-people.ts';
import { addPhone, goToDevices, startWithWords, typeWords } from './own-devices.ts';

/** Several screens of the story are examined in all looks. */
const STORY_MS = 300_000;

const stage = stageOfFile();

test(
  'a phone that is removed and wiped hands over first, waits for a server, deletes everything, and begins anew',
  async () => {
    const laptop = await stage.window();
    const words = (await startWithWords(laptop)).join(' ');
    await laptop.addTask('Pack the boots');
    const phone = await addPhone(stage, laptop);
    await phone.goTo('tasks');
    await phone.seesTask('Pack the boots');
    await goToDevices(stage, laptop);
    const row = laptop.page.getByTestId('device').nth(1);
    await row.getByText(/Connected/).waitFor();

    // Without a server the two still hear each other: the phone is told, and nobody takes what it has.
    await stage.world.stopKube();
    await row.getByRole('button', { name: /^More about/ }).click();
    await laptop.page.getByRole('menuitem', { name: /Remove for good/ }).click();
    await laptop.page.getByLabel(/Delete what is on it, too/).check();
    expect(await faultsOf(laptop.page), 'removing and wiping').toEqual([]);
    await typeWords(laptop, words, 'Remove it');
    const stopped = laptop.page.getByTestId('stopped-devices');
    await stopped.getByText(/It deletes what is on it when it connects/).waitFor();
    expect(await faultsOf(laptop.page), 'a device that is to be wiped').toEqual([]);
    await phone.page.getByRole('heading', { name: 'This device is about to be emptied' }).waitFor();
    expect(await faultsOf(phone.page), 'about to be emptied').toEqual([]);
    expect(await phone.page.getByTestId('task').count()).toBe(0);

    await stage.world.startKube();
    const emptied = phone.page.getByRole('heading', { name: 'This device was emptied' });
    await emptied.waitFor({ timeout: 120_000 });
    expect(await faultsOf(phone.page), 'this device was emptied').toEqual([]);
    await phone.page.reload();
    await emptied.waitFor();
    await phone.page.getByRole('button', { name: 'Begin anew' }).click();
    await phone.page.getByRole('button', { name: /Start new/ }).waitFor();
    expect(phone.complaints).toEqual([]);
    expect(laptop.complaints).toEqual([]);
  },
  STORY_MS,
);
