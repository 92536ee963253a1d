// A person with two devices, in windows of a real Chromium: words that were written down, and a phone beside the laptop.
import type { Stage, WindowPerson } from './browser-people.ts';

/** The size of a phone's window. */
export const PHONE = { width: 390, height: 844 } as const;

/** First run with the words written down. */
export async function startWithWords(person: WindowPerson): Promise<readonly string[]> {
  const { page } = person;
  await page.getByRole('button', { name: /Start new/ }).click();
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'Continue' }).click();
  const words = await wordsShown(person);
  await page.getByRole('button', { name: 'I wrote them down' }).click();
  await typeAsked(person, words);
  await page.getByRole('button', { name: 'Open Atoll' }).click();
  await page.getByTestId('invite').waitFor();
  return words;
}

/** The words, once they are uncovered. */
export async function wordsShown({ page }: WindowPerson): Promise<readonly string[]> {
  await page.getByRole('button', { name: 'Show the words' }).click();
  const items = await page.locator('ol.words > li').allInnerTexts();
  return items.map((item) => item.replaceAll(/[^a-z]/g, ''));
}

/** Types those of the words that are asked for. */
export async function typeAsked({ page }: WindowPerson, words: readonly string[]): Promise<void> {
  for (const field of await page.getByLabel(/^Word \d+$/).all()) {
    const label = await field.evaluate((input: HTMLInputElement) => input.labels?.[0]?.innerText);
    await field.fill(words[Number(/\d+/.exec(label ?? '')?.[0]) - 1] ?? '');
  }
}

/** Types all words, and sends them. */
export async function typeWords(
  { page }: WindowPerson,
  words: string,
  submit: string,
): Promise<void> {
  await page.getByLabel('Your 24 words').fill(words);
  await page.getByRole('button', { name: submit, exact: true }).click();
}

/** The page of devices. */
export async function goToDevices(stage: Stage, { page }: WindowPerson): Promise<void> {
  await page.goto(`${stage.world.url}/#/devices`);
  await page.getByRole('heading', { name: 'Your devices' }).waitFor();
}

/** A phone that becomes a device of this person, who is left on the page of devices. */
export async function addPhone(stage: Stage, laptop: WindowPerson): Promise<WindowPerson> {
  await goToDevices(stage, laptop);
  await laptop.page.getByRole('button', { name: 'Add a device' }).click();
  const digits = await laptop.page.getByTestId('invitation-digits').innerText();
  const link = await laptop.page.getByTestId('invitation-link').inputValue();
  const phone = await stage.window(link);
  await phone.page.setViewportSize(PHONE);
  await phone.page.getByRole('button', { name: /from my own other device/ }).click();
  await phone.page.getByTestId('six-digits').fill(digits.replaceAll(/\D/g, ''));
  await phone.page.getByRole('button', { name: 'Join', exact: true }).click();
  await laptop.page.getByTestId('device').nth(1).waitFor();
  if ((await laptop.page.getByRole('dialog').count()) > 0) await laptop.closeDialog();
  return phone;
}
