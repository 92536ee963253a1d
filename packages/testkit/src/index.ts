/** A deterministic world from one seed, and stand-ins for every port. @packageDocumentation */
export { anyBytes, anyId, anyText, anyValue, bytesOf } from './arbitraries.ts';
export { LockTable, MemoryLocks } from './memory-locks.ts';
export { MemoryDisk, MemoryStore } from './memory-store.ts';
export { SimClock } from './sim-clock.ts';
export { MemoryKeychain, MemoryKeystore, simAgreer, simEd25519, simSigner } from './sim-keys.ts';
export { SimRng } from './sim-rng.ts';
export { World, type Cancel } from './world.ts';
