/** One of every message of this package's protocols, for fuzzing and for the vectors of the spec. */
import type { Run } from '@atoll/feed';
import type { BlockHash, FeedKey } from '@atoll/kernel';
import type { ControlMessage } from '../session-messages.ts';
import type { SignalingMessage } from '../signaling.ts';
import type { SpaceMessage } from '../space-messages.ts';
import type { StateMessage } from '../state-messages.ts';

const peer = 'ab'.repeat(16);
const room = 'cd'.repeat(32);
const root = '5a'.repeat(16);
const feed = '11'.repeat(32) as FeedKey;
const hash = '22'.repeat(32) as BlockHash;
const cursor = { incarnation: 'c0ffee', position: 70_000 };

const run: Run = {
  feed,
  endSeq: 300,
  endHash: hash,
  signature: new Uint8Array(64).fill(0x33),
  blocks: [Uint8Array.of(1, 2, 3), new Uint8Array(200).fill(9)],
};

/** Client and signaling service. */
export const SIGNALING_SAMPLES: readonly SignalingMessage[] = [
  { kind: 'hello', version: 1 },
  { kind: 'welcome', self: peer, kubeName: 'kube.example', nowMs: 1_767_225_600_000 },
  { kind: 'join', room },
  { kind: 'leave', room },
  { kind: 'peers', room, peers: [peer, '00'.repeat(16)] },
  { kind: 'joined', room, peer },
  { kind: 'left', room, peer },
  { kind: 'relay', peer, channel: 300, bytes: Uint8Array.of(1, 2, 3) },
  { kind: 'relay-end', peer, channel: 0 },
  { kind: 'credit', peer, bytes: 262_144 },
  { kind: 'ping', nonce: 77 },
  { kind: 'pong', nonce: 77 },
  { kind: 'refused', refusal: 'SIGNALING_RATE' },
  { kind: 'refused', refusal: 'SIGNALING_ROOM_FULL', room },
];

/** Control stream of a session. */
export const CONTROL_SAMPLES: readonly ControlMessage[] = [
  {
    kind: 'offer',
    round: 0,
    instance: '0102030405060708',
    rtc: true,
    tags: Array.from({ length: 8 }, (_, at) => new Uint8Array(16).fill(at)),
  },
  { kind: 'answer', round: 3, instance: 'ffffffffffffffff', rtc: false, tags: [] },
  {
    kind: 'items',
    items: [
      { say: 'need-introduction', ref: 0 },
      { say: 'introduction', ref: 2, bytes: Uint8Array.of(7, 8, 9) },
      { say: 'refused', ref: 3, reason: 'MESH_REMOVED', why: new Uint8Array(0) },
      { say: 'refused', ref: 4, reason: 'MESH_NOT_A_MEMBER', why: Uint8Array.of(7, 8, 9) },
      { say: 'hello', ref: 4, root },
      { say: 'equal', ref: 1023, prefix: '5a5a5a5a' },
      { say: 'pull-after', ref: 5, root, cursor },
      { say: 'pull-missing', ref: 6, root, tips: [{ feed, seq: 128, hash }] },
      { say: 'cursor-unknown', ref: 7 },
      {
        say: 'open-mailbox',
        ref: 8,
        readKey: new Uint8Array(32).fill(4),
        writeKey: new Uint8Array(32).fill(6),
        writes: true,
        signature: new Uint8Array(64).fill(5),
      },
      { say: 'mailbox', ref: 8, answer: 'full' },
      { say: 'enough', ref: 4 },
    ],
  },
  { kind: 'rtc', attempt: 1, signal: { kind: 'offer', sdp: 'v=0\r\n' } },
  { kind: 'rtc', attempt: 2, signal: { kind: 'candidate', candidate: 'candidate:1', mid: '0' } },
];

/** Stream of a space. */
export const SPACE_SAMPLES: readonly SpaceMessage[] = [
  { kind: 'begin', blocks: 1_000 },
  { kind: 'run', run },
  { kind: 'mark', final: true, root, cursor },
];

/** Questions about a state, and what mailboxes are given. */
export const STATE_SAMPLES: readonly StateMessage[] = [
  { say: 'ask', bytes: Uint8Array.of(0) },
  { say: 'answer', bytes: Uint8Array.of(1, 2, 3) },
  { say: 'none' },
  { say: 'give', tag: room, name: 'ef'.repeat(32), bytes: Uint8Array.of(4, 5) },
  { say: 'stand', stand: { tag: room, parts: 0, grounds: [] } },
  {
    say: 'stand',
    stand: {
      tag: room,
      parts: 300,
      grounds: [
        { feed, seq: 7, hash },
        { feed, seq: 70_000, hash: '44'.repeat(32) as BlockHash },
      ],
    },
  },
  { say: 'keep', token: room, bytes: Uint8Array.of(6, 7, 8) },
  { say: 'keep', token: room, bytes: new Uint8Array(0) },
  { say: 'kept' },
];
