/** What a mailbox is given for history that it has lost: whole or not at all, within its room, over restarts. */
import type { Tip } from '@atoll/feed';
import { toHex, type Store } from '@atoll/kernel';
import { MemoryDisk, MemoryStore, SimRng } from '@atoll/testkit';
import { expect, test } from 'vitest';
import { GIVEN, MailboxStand, STANDING, keptStand } from './mailbox-stand.ts';

const MAILBOX = 'ab'.repeat(32);
const [ONE, TWO, THREE] = ['01', '02', '03'].map((byte) => byte.repeat(32)) as [
  string,
  string,
  string,
];
const grounds: readonly Tip[] = [
  { feed: '11'.repeat(32) as Tip['feed'], seq: 4, hash: '22'.repeat(32) as Tip['hash'] },
];

class Scene {
  readonly store: Store = new MemoryStore(new MemoryDisk(new SimRng(1)));
  readonly stoodOn: (readonly Tip[])[] = [];
  lacks = true;
  bytes = 0;
  roomBytes = 1_000;

  async open(): Promise<MailboxStand> {
    const log = {
      lacks: (tips: readonly Tip[]): readonly Tip[] => (this.lacks ? tips : []),
      reground: async (tips: readonly Tip[]): Promise<void> => void this.stoodOn.push(tips),
    };
    const count = async (bytes: number): Promise<boolean> => {
      if (this.bytes + bytes > this.roomBytes) return false;
      this.bytes += bytes;
      return true;
    };
    const { store } = this;
    const kept = await keptStand(store, MAILBOX);
    return MailboxStand.open({ store, mailbox: MAILBOX, log, count }, kept);
  }
}

const part = (fill: number): Uint8Array => new Uint8Array(100).fill(fill);
const nameOf = (fill: number): string => toHex(new Uint8Array(32).fill(fill));

async function give(stand: MailboxStand, tag: string, ...fills: number[]): Promise<void> {
  for (const fill of fills) {
    expect(await stand.give(tag, nameOf(fill), part(fill))).toEqual(Uint8Array.of(GIVEN.taken));
  }
}

test('nothing is answered before all parts are there, and what was given half is told', async () => {
  const scene = new Scene();
  const stand = await scene.open();
  await give(stand, ONE, 1, 2);
  expect(await stand.answer(new Uint8Array(32).fill(1))).toBeUndefined();
  const asked = await stand.stand({ tag: ONE, parts: 0, grounds });
  expect(asked[0]).toBe(STANDING.needed);
  expect(asked.length).toBe(1 + 2 * 8);
  await give(stand, ONE, 2, 3);
  expect(scene.bytes).toBe(300);
  expect(await stand.stand({ tag: ONE, parts: 3, grounds })).toEqual(
    Uint8Array.of(STANDING.stands),
  );
  expect(scene.stoodOn).toEqual([grounds]);
  expect(await stand.answer(new Uint8Array(32).fill(1))).toEqual(part(1));
  const again = await scene.open();
  expect((await keptStand(scene.store, MAILBOX))?.stand.grounds).toEqual(grounds);
  expect(await again.answer(new Uint8Array(32).fill(3))).toEqual(part(3));
});

test('parts that do not belong to a stand make it begin anew, and their room is free again', async () => {
  const scene = new Scene();
  const stand = await scene.open();
  await give(stand, ONE, 1, 2, 9);
  expect(await stand.stand({ tag: ONE, parts: 2, grounds })).toEqual(
    Uint8Array.of(STANDING.incomplete),
  );
  expect(scene.bytes).toBe(0);
  expect(await scene.store.names('stand/')).toEqual([]);
  expect(scene.stoodOn).toEqual([]);
});

test('a mailbox takes no more than it has room for, and no stand that it does not need', async () => {
  const scene = new Scene();
  scene.roomBytes = 250;
  const stand = await scene.open();
  await give(stand, ONE, 1, 2);
  expect(await stand.give(ONE, nameOf(3), part(3))).toEqual(Uint8Array.of(GIVEN.full));
  scene.lacks = false;
  expect(await stand.stand({ tag: ONE, parts: 2, grounds })).toEqual(
    Uint8Array.of(STANDING.needless),
  );
  expect(scene.stoodOn).toEqual([]);
});

test('a later stand takes the place of the one before, at once and with its room', async () => {
  const scene = new Scene();
  const stand = await scene.open();
  await give(stand, ONE, 1, 2);
  await stand.stand({ tag: ONE, parts: 2, grounds });
  await give(stand, TWO, 5);
  expect(await stand.answer(new Uint8Array(32).fill(1))).toEqual(part(1));
  await stand.stand({ tag: TWO, parts: 1, grounds });
  expect(scene.bytes).toBe(100);
  expect(await stand.answer(new Uint8Array(32).fill(1))).toBeUndefined();
  expect(await stand.answer(new Uint8Array(32).fill(5))).toEqual(part(5));
  // Who is too late is told so.
  expect(await stand.give(TWO, nameOf(6), part(6))).toEqual(Uint8Array.of(GIVEN.refused));
});

test('parts of a third stand push out the oldest that is not whole; a restart lets go of all such', async () => {
  const scene = new Scene();
  const stand = await scene.open();
  await give(stand, ONE, 1, 2);
  await give(stand, TWO, 3);
  await give(stand, THREE, 4);
  expect(scene.bytes).toBe(200);
  await scene.open();
  expect(await scene.store.names('stand/')).toEqual([]);
});
