/** Laws of snapshots: to open one and fold the tail is to fold the whole log. */
import { fc, test } from '@fast-check/vitest';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { expect } from 'vitest';
import type { Store } from '@atoll/kernel';
import { Space } from '../space/space.ts';
import { Person, exchange, rootOf } from '../space/testing/space-fixture.ts';
import { randomEdit, randomFrom } from '../testing/random-edits.ts';

const NEVER = { blocks: 1e9, bytes: 1e9, blocksAtClose: 1e9, bytesAtClose: 1e9 };

/** Opens a person's space again; `whole` without its snapshot. */
async function reopened(person: Person, space: Space, whole: boolean): Promise<Space> {
  const { store } = person.ports;
  const ports = whole
    ? { ...person.ports, store: await withoutSnapshots(store, space) }
    : person.ports;
  const { ring } = space.keys;
  const writer = { ...person.writer(), snapshots: NEVER };
  const dropped: string[] = [];
  const log = { event: (_level: string, event: string) => void dropped.push(event) };
  const again = await Space.open({ ...ports, log }, { space: space.id, ring, writer });
  expect(dropped).not.toContain('space.snapshot-dropped');
  return again;
}

async function withoutSnapshots(store: Store, space: Space): Promise<Store> {
  const copy = new MemoryStore(new MemoryDisk(new SimRng(5)));
  const blocks = await store.read(space.id, 0, 100_000);
  const values = new Map<string, Uint8Array | undefined>();
  for (const name of await store.names('')) {
    if (!name.startsWith('snapshot/')) values.set(name, await store.value(name));
  }
  const batch = blocks.map((block) => ({ ...block, space: space.id, origin: 'received' as const }));
  await copy.commit({ blocks: batch, values });
  return copy;
}

function edit(space: Space, random: (below: number) => number, times: number): void {
  for (let at = 0; at < times; at++) {
    randomEdit(space.database, random);
    if (random(3) === 0) space.database.commit();
  }
  space.database.commit();
}

test.prop([fc.integer({ min: 0, max: 2 ** 31 })], { numRuns: 12 })(
  'a snapshot and the tail give the root of the whole log, and go on the same',
  async (seed) => {
    const random = randomFrom(seed);
    const ada = await Person.make('Ada', seed % 1000);
    const jun = await Person.make('Jun', (seed % 1000) + 1000);
    const one = await ada.found();
    const two = await jun.join(one, ada.deviceSigner, 'writer');
    let mine = one;
    for (let round = 0; round < 4; round++) {
      edit(mine, random, 1 + random(12));
      edit(two, random, random(8));
      if (random(2) === 0) await exchange(mine, two);
      if (random(2) === 0) {
        await mine.flush();
        expect(await mine.writeSnapshot()).toBe(true);
        edit(mine, random, random(6));
      }
      if (random(2) === 0) {
        await mine.flush();
        const root = rootOf(mine);
        await mine[Symbol.asyncDispose]();
        const whole = await reopened(ada, mine, true);
        expect(rootOf(whole)).toBe(root);
        mine = await reopened(ada, mine, false);
        expect(rootOf(mine)).toBe(root);
      }
    }
    await exchange(mine, two);
    await exchange(mine, two);
    expect(rootOf(mine)).toBe(rootOf(two));
  },
);
