/** What somebody who has nothing asks about a state, all of it, in the order in which it is asked one by one. */
import { HASH_BYTES, WAYS } from '../radix-tree.ts';
import { PAGE_BLOCKS } from '../snapshot/block-page.ts';
import { decodeOutline } from '../snapshot/head.ts';
import type { SnapshotSource } from '../snapshot/snapshot-source.ts';
import { CHUNK_ENTRIES, decodeSubtree, type SnapshotRequest } from '../snapshot/transfer-codec.ts';

/** What a sink asks, in its order: nodes of the tree before those below, from left to right. */
export function* questionsOf(source: SnapshotSource): Generator<SnapshotRequest> {
  const { head } = decodeOutline(source.answer({ at: 'outline' }));
  yield { at: 'outline' };
  for (let page = 0; page * PAGE_BLOCKS < head.blocks; page++) yield { at: 'blocks', page };
  for (let page = 0; page * CHUNK_ENTRIES < head.position; page++) yield { at: 'control', page };
  const paths: number[][] = source.hashAt([]).some((byte) => byte !== 0) ? [[]] : [];
  for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
    const request = { at: 'tree', path } as const;
    yield request;
    const answer = decodeSubtree(source.answer(request));
    if (answer.kind !== 'node') continue;
    for (let way = 0; way < WAYS; way++) {
      const hash = answer.hashes.subarray(way * HASH_BYTES, (way + 1) * HASH_BYTES);
      if (hash.some((byte) => byte !== 0)) paths.push([...path, way]);
    }
  }
}
