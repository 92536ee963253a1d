/** What a window asks a server for until it shows something: requests, and bytes as they cross the network. */
import type { Browser, Page } from 'playwright-core';

/** One visit without anything in the browser's caches. */
export interface Visit {
  readonly requests: number;
  /** Compressed, with the heads of the answers. */
  readonly bytes: number;
}

/** The first visit, up to the welcome; and one of somebody who is known, up to the first screen. */
export async function visits(browser: Browser, url: string): Promise<readonly [Visit, Visit]> {
  const context = await browser.newContext();
  const page = await context.newPage();
  try {
    const first = await visit(page, url, () => page.getByText(/Start new/).waitFor());
    await page.getByRole('button', { name: /Start new/ }).click();
    await page.getByLabel('Your name').fill('Ada');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Later' }).click();
    await page.getByTestId('invite').waitFor();
    await page.goto('about:blank');
    const again = await visit(page, url, () => page.getByTestId('invite').waitFor());
    return [first, again];
  } finally {
    await context.close();
  }
}

async function visit(page: Page, url: string, shown: () => Promise<void>): Promise<Visit> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await session.send('Network.setBypassServiceWorker', { bypass: true });
  const asked = new Set<string>();
  let bytes = 0;
  session.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (request.url.startsWith('http')) asked.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (asked.has(requestId)) bytes += encodedDataLength;
  });
  await page.goto(url);
  await shown();
  await page.waitForLoadState('networkidle');
  await session.detach();
  return { requests: asked.size, bytes };
}
