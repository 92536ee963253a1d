/** Storage, keys, time, randomness and transports of a Node process. @packageDocumentation */
export { NodeChunks } from './node-chunks.ts';
export { profileFingerprint } from './fingerprint.ts';
export { nodeAead } from './node-aead.ts';
export { nodeKeys } from './node-keys.ts';
export { NodeKeystore, protectionOf, type NodeKeystoreOptions } from './node-keystore.ts';
export { NodeLocks } from './node-locks.ts';
export { openNodeBase, openNodePlatform, type NodePlatformOptions } from './node-platform.ts';
export { nodeClock, nodeEd25519, nodeRng } from './node-ports.ts';
export { NodeStore, type NodeStoreOptions } from './node-store.ts';
export { NodeRtc } from './rtc.ts';
export { WebSocketLink, nodeWebSockets } from './web-socket.ts';
