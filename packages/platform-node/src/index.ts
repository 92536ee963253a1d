/** Storage, keys, time and randomness of a Node process. @packageDocumentation */
export { profileFingerprint } from './fingerprint.ts';
export { NodeKeystore, type NodeKeystoreOptions } from './node-keystore.ts';
export { NodeLocks } from './node-locks.ts';
export { openNodeBase, type NodePlatformOptions } from './node-platform.ts';
export { nodeClock, nodeEd25519, nodeRng, silentLog } from './node-ports.ts';
export { NodeStore } from './node-store.ts';
