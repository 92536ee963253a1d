/** Every op of random spaces counts where the model of subtrees says so, whoever has heard of what in which order. */
import { isDeepStrictEqual } from 'node:util';
import { fromHex } from '@atoll/kernel';
import type { Space } from '@atoll/echo';
import { describe, expect, test } from 'vitest';
import { rootOf } from '../../packages/echo/src/testing/rights-parts.ts';
import { LIAR, PAGE_TYPE, SubtreeWorld, WATCHER, pageShown } from './subtree-worlds.ts';
import {
  SOUND_TREE,
  decideTree,
  opName,
  type TreeBlock,
  type TreeDecisions,
  type TreeRules,
} from './subtrees.ts';

const SEEDS = [1, 2, 3, 4];
const STEPS = 320;

const worlds = new Map<number, Promise<{ world: SubtreeWorld; blocks: readonly TreeBlock[] }>>();

/** A world that has come to its end. */
function worldOf(seed: number): Promise<{ world: SubtreeWorld; blocks: readonly TreeBlock[] }> {
  const made = worlds.get(seed) ?? played(seed);
  worlds.set(seed, made);
  return made;
}

async function played(
  seed: number,
): Promise<{ world: SubtreeWorld; blocks: readonly TreeBlock[] }> {
  const world = await SubtreeWorld.make(seed);
  await world.run(STEPS);
  return { world, blocks: await world.told(WATCHER) };
}

/** All that a replica shows of what somebody did, and the same as the model has it. */
function expectAs(space: Space, blocks: readonly TreeBlock[], decided: TreeDecisions): void {
  const { fold } = space.database;
  const seen: Record<string, unknown> = {};
  const meant: Record<string, unknown> = {};
  for (const { sections, name } of blocks) {
    for (const { at, creation, object } of sections.flatMap(({ ops }) => ops)) {
      if (creation === undefined) continue;
      const row = fold.rows.find(fromHex(object) as Uint8Array);
      const isMeant = decided.counted.has(opName(name, at));
      seen[`${object} is there`] = row >= 0 && !fold.rows.isVoid(row);
      meant[`${object} is there`] = isMeant;
      if (!isMeant) continue;
      Object.assign(seen, shownOf(space, object));
      Object.assign(meant, modelledOf(blocks, decided, object));
    }
  }
  const others = Object.keys({ ...seen, ...meant }).filter(
    (key) => !isDeepStrictEqual(seen[key], meant[key]),
  );
  expect(others.map((key) => [key, seen[key], meant[key]])).toEqual([]);
}

/** What a replica has of an object: values of its registers, counted moves, sums, words in its text. */
function shownOf(space: Space, id: string): Record<string, unknown> {
  const { fold } = space.database;
  const row = fold.rows.find(fromHex(id) as Uint8Array);
  const found = space.database.getDeleted(id);
  const isDeleted = fold.deletedOf(row).at(-1)?.value === true;
  const shown: Record<string, unknown> = { [`${id} deleted`]: isDeleted };
  if (found === undefined) return shown;
  const place = [...(fold.state(row)?.fields.values() ?? [])].flatMap((field) =>
    field.kind === 'register' ? (field.placed?.writes ?? []) : [],
  );
  const hashOf = (no: number): string => space.index.branches.hashOf(no);
  const created = fold.rows.block(row);
  shown[`${id} moves`] = place
    .filter(({ block, op }) => block !== created || op !== fold.rows.op(row))
    .map(({ block, op }) => opName(hashOf(block), op))
    .sort();
  shown[`${id} note`] = found['note'];
  const page = isDeleted ? undefined : pageShown(space, id);
  if (page === undefined) return shown;
  shown[`${id} tags`] = Object.fromEntries([...page.tags].sort());
  shown[`${id} items`] = [...page.items].filter((item) => item.startsWith('w')).sort();
  shown[`${id} votes`] = page.votes.value;
  return shown;
}

/** The same as the model decides. */
function modelledOf(
  blocks: readonly TreeBlock[],
  { counted, shown }: TreeDecisions,
  id: string,
): Record<string, unknown> {
  const registers = shown.get(id) ?? new Map<string, unknown>();
  const isDeleted = registers.get('deleted') === true;
  const under = (name: string): [string, unknown][] =>
    [...registers].flatMap(([register, value]) =>
      register.startsWith(`${name}/`) && value !== undefined
        ? [[register.slice(name.length + 1), value]]
        : [],
    );
  const ops = blocks.flatMap(({ name, sections }) =>
    sections
      .flatMap((section) => section.ops)
      .filter(({ at, object }) => object === id && counted.has(opName(name, at)))
      .map((op) => ({ ...op, name: opName(name, op.at) })),
  );
  const moves = ops.filter(({ isMove }) => isMove).map(({ name }) => name);
  const model = {
    [`${id} deleted`]: isDeleted,
    [`${id} moves`]: moves.sort(),
    [`${id} note`]: registers.get('note') ?? '',
  };
  const isPage = ops.some(({ creation }) => creation?.type === PAGE_TYPE);
  if (isDeleted || !isPage) return model;
  const items = under('items').map(([, value]) => String(value));
  return {
    ...model,
    [`${id} tags`]: Object.fromEntries(under('tags').sort()),
    [`${id} items`]: items.filter((item) => item.startsWith('w')).sort(),
    [`${id} votes`]: ops.reduce((sum, { amount = 0 }) => sum + amount, 0),
  };
}

describe('every op counts where the model says so', () => {
  test.each(SEEDS)('seed %i', async (seed) => {
    const { blocks, world } = await worldOf(seed);
    const decided = decideTree(blocks);
    expect(
      blocks.flatMap(({ sections }) => sections.flatMap(({ ops }) => ops)).length,
    ).toBeGreaterThan(200);
    const honest = world.spaces.filter((_, at) => at !== LIAR);
    expect(new Set(honest.map(rootOf)).size).toBe(1);
    for (const space of honest) expectAs(space, blocks, decided);
    // From the log, and from a snapshot.
    const root = rootOf(honest[0] as Space);
    for (const isFromSnapshot of [false, true]) {
      const again = await world.reopen(WATCHER, { isFromSnapshot });
      expect(rootOf(again)).toBe(root);
      expectAs(again, blocks, decided);
    }
    // Whoever lied sees it as all others once his own program begins anew.
    expect(rootOf(await world.reopen(LIAR, { isFromSnapshot: false }))).toBe(root);
  });
});

const RULES = Object.keys(SOUND_TREE) as readonly (keyof TreeRules)[];

describe('the worlds are such that a broken rule decides otherwise', () => {
  test.each(RULES)('%s', async (rule) => {
    let others = 0;
    for (const seed of SEEDS) {
      const { blocks } = await worldOf(seed);
      const { counted } = decideTree(blocks);
      const broken = decideTree(blocks, { ...SOUND_TREE, [rule]: true }).counted;
      for (const name of counted) if (!broken.has(name)) others++;
      for (const name of broken) if (!counted.has(name)) others++;
    }
    expect(others).toBeGreaterThan(3);
  });
});

test('of all that the worlds are about, enough happens', async () => {
  const all = await Promise.all(SEEDS.map(worldOf));
  const sum = {
    given: 0,
    taken: 0,
    again: 0,
    lies: 0,
    undone: 0,
    forks: 0,
    ops: 0,
    counted: 0,
    below: 0,
  };
  for (const { blocks, world } of all) {
    for (const [name, times] of Object.entries(world.acts)) sum[name as keyof typeof sum] += times;
    const { counted } = decideTree(blocks);
    const ops = blocks.flatMap(({ name, sections }) =>
      sections.flatMap(({ right, ops: of }) => of.map((op) => ({ ...op, right, name }))),
    );
    sum.ops += ops.length;
    for (const { at, name, object, right } of ops) {
      if (!counted.has(opName(name, at))) continue;
      sum.counted++;
      if (right?.over === 'object' && right.object !== object) sum.below++;
    }
  }
  const voids = sum.ops - sum.counted;
  expect(voids).toBeGreaterThan(sum.ops / 10);
  expect(sum.counted).toBeGreaterThan(sum.ops / 3);
  expect(sum.below).toBeGreaterThan(60);
  for (const times of [sum.given, sum.taken, sum.again, sum.lies])
    expect(times).toBeGreaterThan(10);
  expect(sum.undone).toBeGreaterThan(3);
  expect(sum.forks).toBeGreaterThan(20);
});
