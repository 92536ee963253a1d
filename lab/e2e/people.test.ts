// How people are shown to each other: a picture that is chosen and taken away, and what one says of another and takes
// back.
import { expect, test } from 'vitest';
import { drawnPicture, stageOfFile, together, type WindowPerson } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 30_000 };
const EXAMINED_MS = 300_000;

const stage = stageOfFile();

async function toSettings({ page }: WindowPerson): Promise<void> {
  await page.evaluate(() => (location.hash = '#/settings'));
  await page.getByTestId('profile').waitFor();
}

test(
  'a picture of oneself is seen by the others, and not any more once it is removed',
  async () => {
    const [ada, jun] = await together(stage, 'Jun');
    await jun.goTo('members');
    const shown = jun.page.getByTestId('member').filter({ hasText: 'Ada' }).locator('.person img');
    await toSettings(ada);
    const profile = ada.page.getByTestId('profile');
    const notOne = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') };
    await profile.getByTestId('profile-picture').setInputFiles(notOne);
    await profile.getByText('This is not a picture that can be shown here').waitFor();
    const buffer = await drawnPicture(ada.page);
    const picture = { name: 'Ada.png', mimeType: 'image/png', buffer };
    await profile.getByTestId('profile-picture').setInputFiles(picture);
    await profile.locator('.person img').waitFor(PATIENCE);
    expect(await faultsOf(ada.page), 'settings with a picture').toEqual([]);
    await expect.poll(() => shown.count(), PATIENCE).toBe(1);
    expect(await shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(
      8,
    );
    expect(await faultsOf(jun.page), 'members with a picture').toEqual([]);
    await profile.getByRole('button', { name: 'Remove picture' }).click();
    await expect.poll(() => profile.locator('.person img').count(), PATIENCE).toBe(0);
    await expect.poll(() => shown.count(), PATIENCE).toBe(0);
    expect([...ada.complaints, ...jun.complaints]).toEqual([]);
  },
  EXAMINED_MS,
);

test(
  'what one has said of somebody is taken back, for everybody who sees it',
  async () => {
    const [ada, jun, kim] = await together(stage, 'Jun', 'Kim');
    const { page } = ada;
    for (const who of [ada, kim]) {
      await who.goTo('members');
      await who.page.getByRole('button', { name: 'What Jun can do' }).click();
    }
    await page.getByRole('button', { name: 'Say something about Jun' }).click();
    const dialog = page.getByTestId('say-something');
    await dialog.getByRole('button', { name: /^What is it about/u }).click();
    await page.getByRole('menuitemcheckbox', { name: /^A skill/u }).click();
    await dialog.getByLabel('What you say').first().fill('Mends sails');
    expect(await faultsOf(page), 'say something').toEqual([]);
    await dialog.getByRole('button', { name: 'Sign and show' }).click();
    const hers = page.getByTestId('said').filter({ hasText: 'Mends sails' });
    await hers.waitFor(PATIENCE);
    expect(await faultsOf(page), 'what was said').toEqual([]);
    const seen = kim.page.getByTestId('said').filter({ hasText: 'Mends sails' });
    await seen.getByText('Signed').waitFor(PATIENCE);
    expect(await seen.getByRole('button').count(), 'it is not hers to take back').toBe(0);

    await hers.getByRole('button', { name: 'Take it back' }).click();
    const asks = page.getByTestId('take-back');
    await asks.getByText('for everybody and for good').waitFor();
    expect(await faultsOf(page), 'take it back').toEqual([]);
    await asks.getByRole('button', { name: 'Take it back' }).click();
    await hers.getByText('Taken back').waitFor(PATIENCE);
    await seen.getByText('Taken back').waitFor(PATIENCE);
    expect(await faultsOf(kim.page), 'taken back').toEqual([]);
    expect([...ada.complaints, ...jun.complaints, ...kim.complaints]).toEqual([]);
  },
  EXAMINED_MS,
);
