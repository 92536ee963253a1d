// A browser's profile that is put back from a backup of its folder: a real Chromium with a copied user data directory.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { CHROMIUM_ARGS, findChromium } from '../../tools/chromium.ts';
import { stageOfFile } from './browser-people.ts';

const stage = stageOfFile();

/** A browser with a profile in a folder of its own, at an address. */
async function browserIn(
  folder: string,
  address: string,
): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: findChromium() ?? 'chromium',
    args: [...CHROMIUM_ARGS],
    viewport: { width: 1280, height: 800 },
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(30_000);
  await page.goto(address);
  return { context, page };
}

async function addTask(page: Page, title: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'New task' });
  await field.fill(title);
  await field.press('Enter');
  await seesTask(page, title);
}

async function seesTask(page: Page, title: string): Promise<void> {
  await page.getByTestId('task').filter({ hasText: title }).first().waitFor();
}

test('a profile that is put back from an old backup goes on, and nothing is lost or there twice', async () => {
  const root = await mkdtemp(join(tmpdir(), 'atoll-backup-'));
  const [folder, backup] = [join(root, 'profile'), join(root, 'backup')];
  try {
    const ada = await stage.window();
    await ada.startNew('Ada');
    await ada.addTask('From Ada');
    const { digits, link } = await ada.invite();

    let jun = await browserIn(folder, link);
    await jun.page.getByLabel('Your name').fill('Jun');
    await jun.page.keyboard.press('Enter');
    await jun.page.getByTestId('six-digits').fill(digits);
    await jun.page.getByRole('button', { name: 'Join', exact: true }).click();
    await jun.page.getByTestId('invite').waitFor();
    await ada.closeDialog();
    await jun.page.getByTestId('nav-tasks').first().click();
    await seesTask(jun.page, 'From Ada');
    await addTask(jun.page, 'Before the backup');
    await ada.seesTask('Before the backup');
    const address = jun.page.url();
    await jun.context.close();
    await cp(folder, backup, { recursive: true });

    // It goes on; then its disk is lost, and the backup put back.
    jun = await browserIn(folder, address);
    await addTask(jun.page, 'After the backup');
    await ada.seesTask('After the backup');
    await jun.context.close();
    await rm(folder, { recursive: true });
    await cp(backup, folder, { recursive: true });

    // It writes on before it has heard of anything.
    jun = await browserIn(folder, address);
    await jun.context.setOffline(true);
    await jun.page.getByTestId('nav-tasks').first().click();
    await addTask(jun.page, 'While away');
    await ada.addTask('Meanwhile');
    await jun.context.setOffline(false);
    const all = ['From Ada', 'Before the backup', 'After the backup', 'While away', 'Meanwhile'];
    for (const title of all) {
      await ada.seesTask(title);
      await seesTask(jun.page, title);
    }
    // And it is heard on, both ways.
    await addTask(jun.page, 'Again');
    await ada.seesTask('Again');
    for (const page of [ada.page, jun.page]) {
      await expect.poll(() => page.getByTestId('task').count()).toBe(all.length + 1);
    }
    await jun.context.close();
    // Opened once more, all of it is on the disk.
    jun = await browserIn(folder, address);
    for (const title of [...all, 'Again']) await seesTask(jun.page, title);
    expect(ada.complaints).toEqual([]);
    await jun.context.close();
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}, 180_000);
