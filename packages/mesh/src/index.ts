/** Sessions, sync, rooms and peers: moves sealed blocks, cannot open them. @packageDocumentation */
export { type AcknowledgedTip, type MailboxWarning } from './acknowledged.ts';
export { BaseLink } from './base-link.ts';
export { CHUNK_BYTES_MAX, chunkIdOf } from './chunk.ts';
export { type ChunkHolder, type ChunkTaken } from './chunk-sync.ts';
export { SpaceChunks, type ChunkSource } from './space-chunks.ts';
export { StoredChunks } from './stored-chunks.ts';
export { type KubeStatus } from './kube-connection.ts';
export { memoryLinkPair, type MemoryLinkOptions, type MemoryLinkPair } from './memory-link.ts';
export { loadConnections, type ConnectionParts } from './load-connections.ts';
export { MeshError, type MeshErrorCode } from './mesh-error.ts';
export {
  type MeshStatus,
  type PeerReach,
  type PeerStatus,
  type Reach,
  type SpacePeer,
  type SpaceStatus,
} from './mesh-status.ts';
export { Mesh, type MeshOptions, type MeshSpace, type StateSource } from './mesh.ts';
export { type Alias, type Membership } from './peer-session.ts';
export { PRESENCE_BYTES_MAX, type Presence, type Present } from './presence.ts';
export { openSecureChannel, type SecureChannel } from './secure-channel.ts';
export { SESSION_ENDS, type SessionEnd } from './session-end.ts';
export { type LogCursor, type MailboxAnswer, type SpaceRefusal } from './session-messages.ts';
export { type MailboxSource, type StandAnswer } from './mailbox-source.ts';
export { KEPT, MailboxRecords, recordBytesByMailbox } from './mailbox-records.ts';
export { type Visit, type VisitEnd } from './mailbox-visit.ts';
export { type MailboxRecordsLink } from './record-links.ts';
export { MailboxStand, keptStand, type KeptStand } from './mailbox-stand.ts';
export {
  ANSWER_BYTES_MAX,
  ASK_BYTES_MAX,
  GROUNDS_MAX,
  RECORDS_MAX,
  RECORD_BYTES_MAX,
  type Stand,
} from './state-messages.ts';
export { type StateAnswer, type StateHolder } from './state-sync.ts';
export { SessionSecret, utcDay } from './session-secret.ts';
export { type Cursors } from './session.ts';
export {
  SignalingClient,
  type SignalingClientOptions,
  type SignalingEvents,
  type SignalingState,
} from './signaling-client.ts';
export {
  SignalingHost,
  type SignalingHostOptions,
  type SignalingObserver,
} from './signaling-host.ts';
export {
  SignalingServer,
  type SignalingEffect,
  type SignalingEvent,
  type SignalingLimits,
} from './signaling-server.ts';
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
export { mailboxIdOf, type MailboxAccess, type MailboxKeys } from './mailbox-access.ts';
export { serveMailboxes, type MailboxHostOptions, type RefusedWrite } from './mailbox-host.ts';
