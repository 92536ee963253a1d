/**
 * Messages between a client and the signaling service of a KUBE, one a WebSocket message. The server
 * learns which connections are in which rooms; what they say to each other it forwards unread.
 * Bytes in spec/signaling.md.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { toHex } from '@atoll/kernel';

/** Version of this protocol. */
export const SIGNALING_VERSION = 1;
/** Bytes of a room tag: all that a server knows of a room. */
export const ROOM_TAG_BYTES = 32;
/** Bytes of the random name of a connection. */
export const PEER_ID_BYTES = 16;
/** The KUBE itself as a peer: its mailboxes answer there. */
export const KUBE_PEER: string = '00'.repeat(PEER_ID_BYTES);
/** Connections in one room; more would make every arrival costly. Others still have the mailbox. */
export const PEERS_PER_ROOM_MAX = 64;
/** Rooms of one connection: 128 spaces with two days or key generations each. */
export const ROOMS_PER_CONNECTION_MAX = 256;
/** Bytes that one connection may have on its way to another, until the server returns credit. */
export const RELAY_WINDOW_BYTES: number = 256 * 1024;
/** Relay links between two connections at once; a session needs one, an invitation another. */
export const CHANNELS_PER_PAIR_MAX = 8;
/** Greatest channel number; a connection is renewed long before. */
export const CHANNEL_MAX = 0xffff;
/** Longest name of a KUBE, in bytes. */
const KUBE_NAME_BYTES_MAX = 255;

/** Why a server refuses, or ends a connection. Wire numbers only grow. */
export type SignalingRefusal =
  | 'SIGNALING_MALFORMED' // A message is not of this protocol.
  | 'SIGNALING_VERSION' // The client speaks another version.
  | 'SIGNALING_ORDER' // A message came before `hello`, or `hello` twice.
  | 'SIGNALING_ROOM_FULL' // The room holds as many connections as it may.
  | 'SIGNALING_ROOMS' // The connection is in as many rooms as it may be.
  | 'SIGNALING_RATE' // More messages than the server allows.
  | 'SIGNALING_CREDIT' // More relayed bytes than the window allows.
  | 'SIGNALING_IDLE' // Nothing was heard for too long.
  | 'SIGNALING_CLOSING' // The server is going away; come back later.
  | 'SIGNALING_BUSY'; // The server holds as many connections as it may.

const REFUSALS: readonly SignalingRefusal[] = [
  'SIGNALING_MALFORMED',
  'SIGNALING_VERSION',
  'SIGNALING_ORDER',
  'SIGNALING_ROOM_FULL',
  'SIGNALING_ROOMS',
  'SIGNALING_RATE',
  'SIGNALING_CREDIT',
  'SIGNALING_IDLE',
  'SIGNALING_CLOSING',
  'SIGNALING_BUSY',
];

/** A message of either side. Room tags and peer ids are lower-case hex. */
export type SignalingMessage =
  | { readonly kind: 'hello'; readonly version: number }
  | {
      readonly kind: 'welcome';
      /** Name of this connection, random. */
      readonly self: string;
      /** What room tags are bound to. */
      readonly kubeName: string;
      /** The server's wall clock, so that a client can see that its own is wrong. */
      readonly nowMs: number;
    }
  | { readonly kind: 'join' | 'leave'; readonly room: string }
  | { readonly kind: 'peers'; readonly room: string; readonly peers: readonly string[] }
  | { readonly kind: 'joined' | 'left'; readonly room: string; readonly peer: string }
  /** `peer` is the receiver on the way to the server, and the sender on the way from it. */
  | {
      readonly kind: 'relay';
      readonly peer: string;
      readonly channel: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'relay-end'; readonly peer: string; readonly channel: number }
  /** So many relayed bytes have gone on to `peer`, and as many may follow. */
  | { readonly kind: 'credit'; readonly peer: string; readonly bytes: number }
  | { readonly kind: 'ping' | 'pong'; readonly nonce: number }
  /** With a room: that join was refused. Without: the connection ends. */
  | { readonly kind: 'refused'; readonly refusal: SignalingRefusal; readonly room?: string };

const KIND = {
  hello: 1,
  welcome: 2,
  join: 3,
  leave: 4,
  peers: 5,
  joined: 6,
  left: 7,
  relay: 8,
  'relay-end': 9,
  credit: 10,
  ping: 11,
  pong: 12,
  refused: 13,
} as const;

type KindName = keyof typeof KIND;
const KIND_NAMES = new Map<number, KindName>(
  Object.entries(KIND).map(([name, number]) => [number, name as KindName]),
);

/** Bytes of a message. Relayed bytes follow without a length. */
export function encodeSignaling(message: SignalingMessage): Uint8Array<ArrayBuffer> {
  const size = message.kind === 'relay' ? message.bytes.length + 32 : 128;
  const writer = new Writer(size).u8(KIND[message.kind]);
  switch (message.kind) {
    case 'hello':
      writer.varint(message.version);
      break;
    case 'welcome':
      writeHex(writer, message.self).text(message.kubeName).varint(message.nowMs);
      break;
    case 'join':
    case 'leave':
      writeHex(writer, message.room);
      break;
    case 'peers':
      writeHex(writer, message.room).varint(message.peers.length);
      for (const peer of message.peers) writeHex(writer, peer);
      break;
    case 'joined':
    case 'left':
      writeHex(writeHex(writer, message.room), message.peer);
      break;
    case 'relay':
      writeHex(writer, message.peer).varint(message.channel).raw(message.bytes);
      break;
    case 'relay-end':
      writeHex(writer, message.peer).varint(message.channel);
      break;
    case 'credit':
      writeHex(writer, message.peer).varint(message.bytes);
      break;
    case 'ping':
    case 'pong':
      writer.varint(message.nonce);
      break;
    case 'refused':
      writer.u8(REFUSALS.indexOf(message.refusal)).u8(message.room === undefined ? 0 : 1);
      if (message.room !== undefined) writeHex(writer, message.room);
      break;
  }
  return writer.finish();
}

/**
 * The message of some bytes; `undefined` when they are not the one encoding of any. Relayed bytes are a
 * view of the input.
 */
export function decodeSignaling(bytes: Uint8Array): SignalingMessage | undefined {
  try {
    const reader = new Reader(bytes);
    const kind = KIND_NAMES.get(reader.u8());
    if (kind === undefined) return undefined;
    const message = readBody(reader, kind);
    reader.end();
    return message;
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}

function readBody(reader: Reader, kind: KindName): SignalingMessage {
  switch (kind) {
    case 'hello':
      return { kind, version: reader.varint() };
    case 'welcome':
      return {
        kind,
        self: readPeer(reader),
        kubeName: reader.text(KUBE_NAME_BYTES_MAX),
        nowMs: reader.varint(),
      };
    case 'join':
    case 'leave':
      return { kind, room: readRoom(reader) };
    case 'peers': {
      const room = readRoom(reader);
      const count = reader.varint(PEERS_PER_ROOM_MAX);
      return { kind, room, peers: Array.from({ length: count }, () => readPeer(reader)) };
    }
    case 'joined':
    case 'left':
      return { kind, room: readRoom(reader), peer: readPeer(reader) };
    case 'relay': {
      const peer = readPeer(reader);
      const channel = reader.varint(CHANNEL_MAX);
      return { kind, peer, channel, bytes: reader.raw(reader.left) };
    }
    case 'relay-end':
      return { kind, peer: readPeer(reader), channel: reader.varint(CHANNEL_MAX) };
    case 'credit':
      return { kind, peer: readPeer(reader), bytes: reader.varint(RELAY_WINDOW_BYTES) };
    case 'ping':
    case 'pong':
      return { kind, nonce: reader.varint() };
    case 'refused':
      return readRefused(reader);
  }
}

function readRefused(reader: Reader): SignalingMessage {
  const refusal = REFUSALS[reader.u8()];
  const withRoom = reader.u8();
  if (refusal === undefined || withRoom > 1) {
    throw new CodecError('CODEC_UNKNOWN_TAG', 'a refusal is of no known kind');
  }
  if (withRoom === 0) return { kind: 'refused', refusal };
  return { kind: 'refused', refusal, room: readRoom(reader) };
}

function readRoom(reader: Reader): string {
  return toHex(reader.raw(ROOM_TAG_BYTES));
}

function readPeer(reader: Reader): string {
  return toHex(reader.raw(PEER_ID_BYTES));
}

function writeHex(writer: Writer, hex: string): Writer {
  for (let at = 0; at < hex.length; at += 2) writer.u8(Number.parseInt(hex.slice(at, at + 2), 16));
  return writer;
}
