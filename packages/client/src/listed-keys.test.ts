/** Keys of a space that two devices have listed at once. */
import { KeyRing } from '@atoll/halo';
import { idFromBytes, type KeyId } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { sync, two } from '../../echo/src/testing/log-world.ts';
import { SpaceRecord } from './halo-records.ts';
import { listedRing } from './listed-keys.ts';

const SPACE = idFromBytes('space', new Uint8Array(32).fill(9));

function generation(at: number): KeyId {
  return idFromBytes('key', new Uint8Array(32).fill(at));
}

function ringBytes(...generations: readonly number[]): Uint8Array {
  const ring = new KeyRing();
  for (const at of generations) {
    const key = new Uint8Array(32).fill(at);
    ring.add({ kind: 'membership', generation: generation(at), key, postbox: key });
  }
  return ring.export();
}

test('both count, until one of the devices has listed both', () => {
  const [laptop, phone] = two();
  const keys = ringBytes(1);
  const mine = laptop.db.add(SpaceRecord, { space: SPACE, keys, name: 'Trip', kube: '' });
  sync(laptop, phone);
  phone.db.register(SpaceRecord);
  const [theirs] = phone.db.query(SpaceRecord).run();
  if (theirs === undefined) throw new RangeError('it is listed on both');
  mine.keys = ringBytes(1, 2);
  theirs.keys = ringBytes(1, 3);
  sync(laptop, phone);
  const listed = (): readonly KeyId[] =>
    listedRing(phone.db, theirs)
      .all()
      .map((one) => one.generation);
  expect(listed().toSorted()).toEqual([1, 2, 3].map((at) => generation(at)).toSorted());
  mine.keys = ringBytes(1, 3, 2);
  sync(laptop, phone);
  expect(listed()).toEqual([1, 3, 2].map((at) => generation(at)));
});
