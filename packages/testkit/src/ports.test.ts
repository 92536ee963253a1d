/** The stand-ins pass the contracts of the ports that they stand for. */
import {
  clockContract,
  ed25519Contract,
  keystoreContract,
  locksContract,
  rngContract,
} from './contracts/index.ts';
import { LockTable, MemoryLocks } from './memory-locks.ts';
import { SimClock } from './sim-clock.ts';
import { MemoryKeychain, MemoryKeystore, simEd25519 } from './sim-keys.ts';
import { SimRng } from './sim-rng.ts';
import { World } from './world.ts';

const nothing = async (): Promise<void> => {};

keystoreContract('memory keystore', async () => {
  const chain = new MemoryKeychain();
  const rng = new SimRng(3);
  const open = async (): Promise<MemoryKeystore> => new MemoryKeystore(rng, chain);
  return { open, ed25519: simEd25519, [Symbol.asyncDispose]: nothing };
});

locksContract('memory locks', async () => {
  const table = new LockTable();
  const [one, two] = [new MemoryLocks(table), new MemoryLocks(table)];
  return { one, two, [Symbol.asyncDispose]: nothing };
});

clockContract('simulated clock', async () => {
  const world = new World(1);
  const stop = world.flow();
  return { clock: new SimClock(world), [Symbol.asyncDispose]: async () => stop() };
});

rngContract('simulated randomness', () => new SimRng(5));
ed25519Contract('simulated Ed25519', simEd25519);
