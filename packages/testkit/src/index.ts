/** A deterministic world from one seed, and stand-ins for every port. @packageDocumentation */
export { anyBytes, anyId, anyText, anyValue, bytesOf } from './arbitraries.ts';
export {
  anyDay,
  anyElement,
  anyField,
  anyFieldInput,
  anyFieldName,
  anyFieldsInput,
  anyInput,
  anyScalar,
  anyTypeData,
} from './type-arbitraries.ts';
export { LockTable, MemoryLocks } from './memory-locks.ts';
export { SimChunkDisk, SimChunks } from './sim-chunks.ts';
export { MemoryDisk, MemoryStore, type Medium } from './memory-store.ts';
export { GOOD_BUS, SimBus, type BusQuality } from './sim-bus.ts';
export { SimClock } from './sim-clock.ts';
export { SimDisk, type DiskFault, type SimDiskOptions } from './sim-disk.ts';
export { MemoryKeychain, MemoryKeystore, simAgreer, simEd25519, simSigner } from './sim-keys.ts';
export { SimKube, type SimKubeOptions } from './sim-kube.ts';
export { GOOD_PATH, SimLink, SimWire, type PathQuality, type Tap } from './sim-link.ts';
export { SimMachine, type SimMachineOptions, type SimProcess } from './sim-machine.ts';
export { SimNetwork, type Accept } from './sim-network.ts';
export { SimAuthenticator } from './sim-passkeys.ts';
export { SimRng } from './sim-rng.ts';
export { StoreImage } from './store-image.ts';
export { World, type Cancel } from './world.ts';
