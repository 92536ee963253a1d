/** Chunks in IndexedDB against the contract, in a real browser. */
import { chunkContract } from '@atoll/testkit/contracts';
import { WebChunks, deleteWebChunks } from './web-chunks.ts';

let made = 0;

chunkContract('IndexedDB chunks', async () => {
  const name = `chunks ${made++}`;
  await deleteWebChunks(name);
  return {
    open: () => WebChunks.open(name),
    [Symbol.asyncDispose]: () => deleteWebChunks(name),
  };
});
