/** The IndexedDB store against the contract and the law of every store, in a real browser. */
import { storeContract, storeLaw, type StoreBed } from '@atoll/testkit/contracts';
import { webRng } from './web-ports.ts';
import { WebStore, deleteWebStore } from './web-store.ts';

let made = 0;

async function profile(): Promise<StoreBed> {
  const name = `test ${made++}`;
  await deleteWebStore(name);
  return {
    open: () => WebStore.open(name, webRng),
    [Symbol.asyncDispose]: () => deleteWebStore(name),
  };
}

storeContract('IndexedDB', profile);
storeLaw('IndexedDB', profile);
