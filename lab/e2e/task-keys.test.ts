// Tasks by keys alone: what is ticked goes to another group, and the keys stay where they were.
import { expect, test } from 'vitest';
import { stageOfFile } from './browser-people.ts';

const stage = stageOfFile();

test('Space ticks one task after another, and never leaves the keys on nothing', async () => {
  const ada = await stage.window();
  await ada.startNew('Ada');
  for (const title of ['Sand the hull', 'Paint the hull', 'Sail']) await ada.addTask(title);
  const { page } = ada;
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.querySelector('.title')?.textContent ?? '');
  await page.getByTestId('task').filter({ hasText: 'Sand the hull' }).focus();
  await page.keyboard.press('Space');
  await expect.poll(focused).toBe('Paint the hull');
  await page.keyboard.press('Space');
  await expect.poll(focused).toBe('Sail');
  const done = page.getByRole('region', { name: 'Done' });
  await done.getByText('Sand the hull').waitFor();
  await done.getByText('Paint the hull').waitFor();
  expect(ada.complaints).toEqual([]);
});
