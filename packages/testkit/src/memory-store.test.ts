/** The memory store is the model for every other, so it passes their contract itself. */
import { MemoryDisk, MemoryStore } from './memory-store.ts';
import { SimRng } from './sim-rng.ts';
import { storeContract } from './contracts/index.ts';

storeContract('memory', async () => {
  const disk = new MemoryDisk(new SimRng(1));
  return { open: async () => new MemoryStore(disk), [Symbol.asyncDispose]: async () => {} };
});
