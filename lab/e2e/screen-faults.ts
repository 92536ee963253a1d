// What is wrong with a screen in both themes, on a desktop, a phone and the narrowest window: what axe finds,
// and what is wider than the window.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const LOOKS = [
  { theme: 'light', width: 1440, height: 900 },
  { theme: 'dark', width: 1440, height: 900 },
  { theme: 'light', width: 390, height: 844 },
  { theme: 'dark', width: 390, height: 844 },
  { theme: 'light', width: 320, height: 640 },
] as const;

/** Folder for pictures of everything that is examined; none are made without it. */
const PICTURES = process.env['ATOLL_PICTURES'];
let pictures = 0;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Looks at a screen in all ways; an empty list is what it should be. */
export async function faultsOf(page: Page): Promise<string[]> {
  const found: string[] = [];
  pictures++;
  for (const { theme, width, height } of LOOKS) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height });
    await movementsEnd(page);
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
    const examine = (): Promise<Violation[]> =>
      page.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: { run: (root: Document) => Promise<{ violations: Violation[] }> };
        };
        return (await axe.run(document)).violations;
      });
    let violations = await examine();
    // A note that fades just then has other colours while it does.
    if (violations.some(({ id }) => id === 'color-contrast')) {
      await movementsEnd(page);
      violations = await examine();
    }
    const name = `${theme} ${String(width)}`;
    for (const { id, nodes } of violations) {
      found.push(`${name}: ${id} at ${nodes[0]?.html.slice(0, 120) ?? ''}`);
    }
    const widest = await page.evaluate(() => document.documentElement.scrollWidth);
    if (widest > width) found.push(`${name}: ${String(widest)} px wide`);
    found.push(...(await page.evaluate(crowdedBars)).map((bar) => `${name}: ${bar}`));
    if (PICTURES !== undefined) {
      mkdirSync(PICTURES, { recursive: true });
      const file = `${String(pictures).padStart(2, '0')}-${name.replace(' ', '-')}.png`;
      await page.screenshot({ path: join(PICTURES, file) });
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  return found;
}

/** Bars in which something does not fit, or whose title is squeezed to nothing. */
function crowdedBars(): string[] {
  return [...document.querySelectorAll<HTMLElement>('header.bar')].flatMap((bar) => {
    const title = bar.querySelector('h1');
    const what = `bar of ${title?.innerText ?? 'a panel'}`;
    const isWide = innerWidth > 720;
    const isSqueezed =
      isWide && title !== null && title.clientWidth < Math.min(title.scrollWidth, 40);
    return [
      ...(bar.scrollWidth > bar.clientWidth ? [`${what} is too narrow`] : []),
      ...(isSqueezed ? [`${what} has no room for its title`] : []),
    ];
  });
}

/** Resolves when nothing moves, goes away or changes its colour any more, but for what never ends. */
async function movementsEnd(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
    const moving = (): Animation[] =>
      document
        .getAnimations()
        .filter((each) => each.effect?.getComputedTiming().endTime !== Infinity);
    // The new look is drawn in one frame, and what it sets in motion begins in the next.
    for (let quiet = 0; quiet < 2; quiet++) {
      await frame();
      const now = moving().filter(({ playState }) => playState === 'running');
      // A menu is there until it has faded, beside what was opened from it.
      const closing = document.querySelector(
        '[data-radix-popper-content-wrapper] > [data-state="closed"]',
      );
      if (now.length > 0 || closing !== null) quiet = -1;
      await Promise.allSettled(now.map(({ finished }) => finished));
    }
  });
}
