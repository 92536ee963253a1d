// WebRTC between Chromium and Node, with either side making the offer.
import { fileURLToPath } from 'node:url';
import type { Link, RtcAttempt, RtcSignal } from '@atoll/kernel';
import { NodeRtc } from '@atoll/platform-node';
import { chromium, type Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { CHROMIUM_ARGS, findChromium } from '../../tools/chromium.ts';
import { bundle, openPage, servePage } from '../process/web/bundled-page.ts';

const MESSAGES = 300;
/** Sent at the end, in one go. */
const LAST_MESSAGES = 60;

test.each([true, false])(
  'a page and a Node process reach each other directly (the page offers: %s)',
  async (pageOffers) => {
    const script = await bundle(fileURLToPath(new URL('../mesh/rtc-page.ts', import.meta.url)));
    await using server = await servePage(script);
    const browser = await chromium.launch({
      executablePath: findChromium() ?? 'chromium',
      args: [...CHROMIUM_ARGS],
    });
    using rtc = new NodeRtc();
    try {
      const page = await openPage(await browser.newContext(), server.url);
      const early: RtcSignal[] = [];
      const node: { attempt?: RtcAttempt } = {};
      const evaluate = (signal: RtcSignal): void => {
        void page.evaluate(`fromNode(${JSON.stringify(signal)})`);
      };
      await page.exposeFunction('toNode', (signal: RtcSignal) => {
        if (node.attempt === undefined) early.push(signal);
        else node.attempt.accept(signal);
      });
      await page.evaluate(`begin(${pageOffers})`);
      const attempt = rtc.attempt({ initiate: !pageOffers, iceServers: [], signal: evaluate });
      node.attempt = attempt;
      for (const signal of early) attempt.accept(signal);
      const [link, path] = await Promise.all([attempt.link, page.evaluate<string>('echo()')]);
      expect(path).toBe('direct');
      let bytes = 0;
      const echoed = new Promise<void>((resolve) => {
        link.onMessage((message) => {
          bytes += message.length;
          if (bytes === MESSAGES * 16_000) resolve();
        });
      });
      for (let index = 0; index < MESSAGES; index++) {
        link.send(new Uint8Array(16_000));
        await link.drained(256 * 1024);
      }
      await echoed;
      expect(await (pageOffers ? nodeLeaves(link, page) : pageLeaves(link, page))).toBe(
        `${LAST_MESSAGES} closed`,
      );
    } finally {
      await browser.close();
    }
  },
);

/** What the page hears of messages that Node sends before it ends at once. */
async function nodeLeaves(link: Link, page: Page): Promise<string> {
  await page.evaluate('listen()');
  for (let index = 0; index < LAST_MESSAGES; index++) link.send(new Uint8Array(16_000));
  link.close();
  return page.evaluate<string>('heard()');
}

async function pageLeaves(link: Link, page: Page): Promise<string> {
  let count = 0;
  link.onMessage(() => count++);
  await page.evaluate(`leave(${LAST_MESSAGES})`);
  const end = await link.ended;
  return `${count} ${end}`;
}
