/** The simulated chunks are the model for every other, so they pass their contract themselves. */
import { SimChunkDisk, SimChunks } from './sim-chunks.ts';
import { chunkContract } from './contracts/index.ts';

chunkContract('simulated', async () => {
  const disk = new SimChunkDisk();
  return { open: async () => new SimChunks(disk), [Symbol.asyncDispose]: async () => {} };
});
