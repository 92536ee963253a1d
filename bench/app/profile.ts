/** Where a page spends its time: samples of its main thread, by function. */
import type { Page } from 'playwright-core';

/** Microseconds between samples. */
const INTERVAL_US = 500;

/** Takes samples while something is done, and gives the functions in which most of them fell. */
export async function profiled(
  page: Page,
  act: () => Promise<void>,
  count = 25,
): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  await session.send('Profiler.start');
  await act();
  const { profile } = await session.send('Profiler.stop');
  await session.detach();
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const byPlace = new Map<string, number>();
  profile.samples?.forEach((id, at) => {
    const frame = nodes.get(id)?.callFrame;
    if (frame === undefined) return;
    const file = frame.url.slice(frame.url.lastIndexOf('/') + 1);
    const place = `${frame.functionName || '(anonymous)'} ${file}:${String(frame.lineNumber + 1)}`;
    byPlace.set(place, (byPlace.get(place) ?? 0) + (profile.timeDeltas?.[at] ?? 0) / 1_000);
  });
  return [...byPlace]
    .filter(([place]) => !place.startsWith('(idle)') && !place.startsWith('(program)'))
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([place, ms]) => `${ms.toFixed(1).padStart(9)} ms  ${place}`);
}
