/** Storage, keys, time, randomness and transports of a browser tab. @packageDocumentation */
export { WebChunks, deleteWebChunks } from './web-chunks.ts';
export { webKeys } from './web-keys.ts';
export type { WebUnlock } from './web-key-slots.ts';
export { WebKeystore, deleteWebKeystore, passkeysOf } from './web-keystore.ts';
export { webPasskeys } from './web-passkeys.ts';
export {
  deleteWebProfile,
  openWebBase,
  openWebPlatform,
  type WebPlatformOptions,
} from './web-platform.ts';
export { WebLocks, webClock, webEd25519, webRng } from './web-ports.ts';
export { WebStore, deleteWebStore } from './web-store.ts';
export { webBus } from './bus.ts';
export { webRtc } from './rtc.ts';
export { webWebSockets } from './web-socket.ts';
