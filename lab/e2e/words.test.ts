// Other words in place of the 24 that somebody has seen: in real windows, from the question to the old sheet that is worth nothing.
import { expect, test } from 'vitest';
import { faultsOf } from './screen-faults.ts';
import { stageOfFile, type WindowPerson } from './browser-people.ts';
import {
  addPhone,
  PHONE,
  startWithWords,
  typeAsked,
  typeWords,
  wordsShown,
} from './own-devices.ts';

/** Several screens of the story are examined in all looks. */
const STORY_MS = 300_000;
const NOBODY = `${'abandon '.repeat(23)}art`;

const stage = stageOfFile();

async function goToSettings({ page }: WindowPerson): Promise<void> {
  await page.goto(`${stage.world.url}/#/settings`);
  await page.getByRole('heading', { name: 'If you lose your devices' }).waitFor();
}

/** The dialog up to the words that are shown; what was typed wrong is refused before. */
async function toNewWords(person: WindowPerson, old: string): Promise<readonly string[]> {
  const { page } = person;
  await page.getByRole('button', { name: 'Change my words' }).click();
  await page.getByTestId('change-words').waitFor();
  expect(await faultsOf(page), 'what changing the words means').toEqual([]);
  await page.getByRole('button', { name: 'Continue' }).click();
  await typeWords(person, NOBODY, 'Continue');
  await page.getByText(/but not yours/).waitFor();
  expect(await faultsOf(page), 'other words').toEqual([]);
  await typeWords(person, old, 'Continue');
  const words = await wordsShown(person);
  expect(words).toHaveLength(24);
  expect(await faultsOf(page), 'the new words').toEqual([]);
  return words;
}

test(
  'words are changed on the laptop: the phone hears who did it, and only the new sheet brings anybody back',
  async () => {
    const laptop = await stage.window();
    const { page } = laptop;
    const old = await startWithWords(laptop);
    await laptop.addTask('Pack the boots');
    const phone = await addPhone(stage, laptop);
    await phone.goTo('tasks');
    await phone.seesTask('Pack the boots');
    // What it leaves at the server under these words is what they lead to when it is away.
    await goToSettings(phone);
    await phone.page.getByText(/^Ready, renewed /).waitFor();
    await phone.page.goto('about:blank');

    await goToSettings(laptop);
    const words = await toNewWords(laptop, old.join(' '));
    expect(words).not.toEqual(old);
    // What the printer gets is the sheet with the new words.
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByTestId('print-sheet').innerText()).toContain(words[0] ?? '');
    await page.emulateMedia({ media: 'screen' });
    await page.getByRole('button', { name: 'I wrote them down' }).click();
    await typeAsked(laptop, old);
    await page.getByRole('button', { name: 'Change the words' }).click();
    await page
      .getByText(/^That is not word \d+/)
      .first()
      .waitFor();
    expect(await faultsOf(page), 'checking the new words').toEqual([]);
    await typeAsked(laptop, words);
    await page.getByRole('button', { name: 'Change the words' }).click();
    await page.getByRole('heading', { name: 'Your words are changed' }).waitFor();
    await page.getByText('Destroy the old sheet.').waitFor();
    // The phone is away, and what it has left lies at the server still.
    await page
      .getByTestId('change-words')
      .getByText(/Has not heard of it yet: /)
      .waitFor();
    expect(await faultsOf(page), 'the words are changed').toEqual([]);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText(/^You changed them /).waitFor();
    expect(await faultsOf(page), 'settings after the change').toEqual([]);

    // So the old words lead to that, and to nothing more: who comes by them is stopped, and told why.
    const stale = await stage.window();
    await stale.page.getByRole('button', { name: /I have my 24 words/ }).click();
    await typeWords(stale, old.join(' '), 'Come back');
    await stale.page.getByRole('heading', { name: 'These words do not count any more' }).waitFor();
    await stale.page.getByText(/^Your 24 words were changed, \d/).waitFor();
    expect(await faultsOf(stale.page), 'back with old words').toEqual([]);
    await stale.context.close();

    await phone.page.goto(stage.world.url);
    await phone.page.setViewportSize(PHONE);
    const notice = phone.page.getByTestId('words-changed');
    await notice.getByText(/^Your 24 words were changed on Linux, Chromium, /).waitFor();
    expect(await faultsOf(phone.page), 'the words were changed elsewhere').toEqual([]);
    await notice.getByRole('button', { name: 'It was not me…' }).click();
    await phone.page.getByTestId('words-not-mine').waitFor();
    expect(await faultsOf(phone.page), 'it was not me').toEqual([]);
    await phone.closeDialog();
    await notice.getByRole('button', { name: 'It was me' }).click();
    await notice.waitFor({ state: 'detached' });
    // It has said that it knows: nothing is to come any more.
    await page.getByText(/Has not heard of it yet: /).waitFor({ state: 'detached' });
    expect([...laptop.complaints, ...phone.complaints]).toEqual([]);
    await laptop.context.close();
    await phone.context.close();

    const back = await stage.window();
    await back.page.getByRole('button', { name: /I have my 24 words/ }).click();
    await typeWords(back, old.join(' '), 'Come back');
    await back.page.getByText(/this server has nothing for them/).waitFor();
    await typeWords(back, words.join(' '), 'Come back');
    await back.page.getByText('Ada’s space').first().click();
    await back.goTo('tasks');
    await back.seesTask('Pack the boots');
  },
  STORY_MS,
);
