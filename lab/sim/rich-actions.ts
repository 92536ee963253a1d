/** Random edits of rich text: marks that overlap, blocks, whole deltas. */
import type { Block, RichDelta, RichTextField } from '@atoll/schema';
import type { SimRng } from '@atoll/testkit';

const BLOCKS: readonly Block[] = [
  { kind: 'paragraph' },
  { kind: 'heading', level: 2 },
  { kind: 'todo', depth: 1, checked: true },
  { kind: 'divider' },
];

const MARKS: readonly (readonly [key: string, value: true | string])[] = [
  ['bold', true],
  ['italic', true],
  ['link', 'https://a.example/'],
  ['link', 'https://b.example/'],
  ['comment:1', 'one'],
];

/** One random edit. */
export function editPage(rng: SimRng, page: RichTextField): void {
  const { length } = page;
  const at = rng.int(length + 1);
  const roll = rng.float();
  if (length < 3 || roll < 0.25) page.insert(at, rng.pick(['one', 'é', '😀', 'two three']));
  else if (roll < 0.4) page.split(at, rng.pick(BLOCKS));
  else if (roll < 0.5) page.setBlock(at, rng.pick(BLOCKS));
  else if (roll < 0.65) page.delete(Math.min(at, length - 1), 1);
  else if (roll < 0.75) page.applyDelta(delta(rng, length));
  else {
    const [key, value] = rng.pick(MARKS);
    const to = at + rng.int(length - at + 1);
    if (rng.chance(0.3)) page.unmark(at, to, key);
    else page.mark(at, to, key, value);
  }
}

function delta(rng: SimRng, length: number): RichDelta {
  const retain = rng.int(length + 1);
  return [
    { retain, attributes: { bold: rng.chance(0.5) ? true : null } },
    { insert: 'pasted', attributes: { italic: true } },
    { delete: rng.int(length - retain + 1) },
  ];
}
