/** Sessions, sync, rooms and peers: moves sealed blocks, cannot open them. @packageDocumentation */
export { BaseLink } from './base-link.ts';
export { memoryLinkPair, type MemoryLinkOptions, type MemoryLinkPair } from './memory-link.ts';
export { MeshError, type MeshErrorCode } from './mesh-error.ts';
export {
  KUBE_PEER,
  PEERS_PER_ROOM_MAX,
  RELAY_WINDOW_BYTES,
  ROOMS_PER_CONNECTION_MAX,
  SIGNALING_VERSION,
  decodeSignaling,
  encodeSignaling,
  type SignalingMessage,
  type SignalingRefusal,
} from './signaling.ts';
export {
  SignalingServer,
  type SignalingEffect,
  type SignalingEvent,
  type SignalingLimits,
} from './signaling-server.ts';
export {
  SignalingHost,
  type SignalingHostOptions,
  type SignalingObserver,
} from './signaling-host.ts';
export {
  SignalingClient,
  type SignalingClientOptions,
  type SignalingEvents,
  type SignalingState,
} from './signaling-client.ts';
