/** The order of what lies under an epoch. */
import { defineType, s } from '@atoll/schema';
import type { BlockHash } from '@atoll/kernel';
import { expect, test } from 'vitest';
import type { Space } from '../space/space.ts';
import { Person, exchange } from '../space/testing/space-fixture.ts';
import { Frontier } from './frontier.ts';

const Note = defineType('org.example.Note', { title: s.string() });

/** Hashes of what lies under an anchor and not under an earlier one, as this member orders them. */
function beyond({ index }: Space, anchor: BlockHash, before?: BlockHash): readonly BlockHash[] {
  const frontier = Frontier.at(index, anchor);
  const earlier = before === undefined ? undefined : Frontier.at(index, before);
  if (frontier === undefined) throw new RangeError('the anchor is not here');
  const blocks = frontier.blocksBeyond(earlier === undefined ? [] : [earlier]);
  return blocks.map((no) => index.branches.hashOf(no));
}

test('members who heard of the same blocks in different orders order them alike, epoch by epoch', async () => {
  const ada = await Person.make('Ada', 90);
  const jun = await Person.make('Jun', 91);
  const one = await ada.found();
  const two = await jun.join(one, ada.deviceSigner, 'writer');
  const anchors: BlockHash[] = [];
  for (const round of ['first', 'second']) {
    // Each numbers its own blocks before those of the other.
    for (const space of [one, two]) {
      for (let at = 0; at < 4; at++) {
        space.database.add(Note, { title: `${round} ${at}` });
        await space.flush();
      }
    }
    await exchange(one, two);
    one.database.add(Note, { title: `${round} after all` });
    await exchange(one, two);
    anchors.push(one.index.branches.hashOf(one.index.branches.blockCount - 1));
  }
  const [first, second] = anchors;
  if (first === undefined || second === undefined) throw new RangeError('two anchors');
  expect(beyond(one, first)).toEqual(beyond(two, first));
  expect(beyond(one, second, first)).toEqual(beyond(two, second, first));
  const { branches } = one.index;
  const all = Array.from({ length: branches.blockCount }, (_, no) => branches.hashOf(no));
  expect([...beyond(one, first), ...beyond(one, second, first)].sort()).toEqual(all.sort());
});
