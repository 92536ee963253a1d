/** Storage, keys, time and randomness of a browser tab. @packageDocumentation */
export { WebKeystore, deleteWebKeystore } from './web-keystore.ts';
export { deleteWebProfile, openWebBase, type WebPlatformOptions } from './web-platform.ts';
export { WebLocks, silentLog, webClock, webEd25519, webRng } from './web-ports.ts';
export { WebStore, deleteWebStore } from './web-store.ts';
