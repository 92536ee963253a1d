import { expect, test } from 'vitest';
import { hostileShapes } from './hostile-shapes.fixture.ts';
import { documentOrder, reloaded } from './text-world.fixture.ts';
import { PLAIN_ORDER } from './trace.fixture.ts';
import { TextSequence } from './text-sequence.ts';

/**
 * Slots and nodes that one insert may look at: a few levels of 32 slots, there and back, three times. A
 * step takes about 2 ns, so this is a tenth of the 50 µs that a remote op may cost.
 */
const STEPS_MAX = 1500;
const STEPS_AVERAGE_MAX = 600;
/** Splitting a leaf may carry half of a giant paste along, 16 units a step, a few times in its life. */
const GIANT_STEPS_MAX = 200_000 / 32;

const shapes = hostileShapes(0.4);

test.each([...shapes.keys()])('%s: no insert costs more than a few levels of the tree', (name) => {
  const text = new TextSequence(PLAIN_ORDER);
  const { tree } = text.sequence;
  const inserts = shapes.get(name) ?? [];
  let most = 0;
  for (const { agent, insert } of inserts) {
    const before = tree.steps;
    if (text.apply(insert, { agent, stamp: 0 }).refused !== undefined) expect.unreachable();
    most = Math.max(most, tree.steps - before);
  }
  expect(most).toBeLessThan(STEPS_MAX + (name.includes('giant') ? GIANT_STEPS_MAX : 0));
  expect(tree.steps / inserts.length).toBeLessThan(STEPS_AVERAGE_MAX);
});

test('a tree of any depth is written down and read back without a deep stack', () => {
  for (const [name, inserts] of hostileShapes(1)) {
    if (!name.includes('deep')) continue;
    const text = new TextSequence(PLAIN_ORDER);
    for (const { agent, insert } of inserts) text.apply(insert, { agent, stamp: 0 });
    const copy = reloaded(text);
    expect(copy.toString()).toBe(text.toString());
    expect(documentOrder(copy)).toEqual(documentOrder(text));
  }
});
