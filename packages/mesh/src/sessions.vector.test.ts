// The vectors of spec/sessions.md and spec/signaling.md, both ways.
import { readFileSync } from 'node:fs';
import { fromHex, toHex } from '@atoll/kernel';
import { describe, expect, test } from 'vitest';
import { mailboxIdOf } from './mailbox-access.ts';
import { decodeControl, encodeControl } from './session-messages.ts';
import { SessionSecret } from './session-secret.ts';
import { decodeSignaling, encodeSignaling } from './signaling.ts';
import { decodeSpaceMessage, encodeSpaceMessage } from './space-messages.ts';
import { decodeStateMessage, encodeStateMessage } from './state-messages.ts';
import {
  CONTROL_SAMPLES,
  SIGNALING_SAMPLES,
  SPACE_SAMPLES,
  STATE_SAMPLES,
} from './testing/samples.ts';

interface Vectors {
  readonly secret: string;
  readonly psk: string;
  readonly hello: { readonly day: number; readonly ephemeral: string; readonly tag: string };
  readonly shared: {
    readonly handshakeHash: string;
    readonly round: number;
    readonly initiator: string;
    readonly responder: string;
  };
  readonly mailbox: { readonly readKey: string; readonly writeKey: string; readonly id: string };
  readonly signaling: readonly string[];
  readonly control: readonly string[];
  readonly space: readonly string[];
  readonly state: readonly string[];
}

const path = new URL('../../../spec/vectors/sessions.json', import.meta.url);
const vectors = JSON.parse(readFileSync(path, 'utf8')) as Vectors;

function hex(text: string): Uint8Array<ArrayBuffer> {
  return fromHex(text) ?? new Uint8Array(0);
}

describe('vectors of sessions', () => {
  test('keys and tags of a secret', () => {
    const secret = new SessionSecret(hex(vectors.secret));
    const { hello, shared } = vectors;
    expect(toHex(secret.psk)).toBe(vectors.psk);
    expect(toHex(secret.helloTag(hello.day, hex(hello.ephemeral)))).toBe(hello.tag);
    for (const role of ['initiator', 'responder'] as const) {
      const tag = secret.sharedTag(hex(shared.handshakeHash), role, shared.round);
      expect(toHex(tag)).toBe(shared[role]);
    }
  });

  test('the name of a mailbox', () => {
    const { id, readKey, writeKey } = vectors.mailbox;
    expect(mailboxIdOf({ readKey: hex(readKey), writeKey: hex(writeKey) })).toBe(id);
  });

  test('messages', () => {
    expect(SIGNALING_SAMPLES.map((m) => toHex(encodeSignaling(m)))).toEqual(vectors.signaling);
    expect(CONTROL_SAMPLES.map((m) => toHex(encodeControl(m)))).toEqual(vectors.control);
    expect(SPACE_SAMPLES.map((m) => toHex(encodeSpaceMessage(m)))).toEqual(vectors.space);
    expect(STATE_SAMPLES.map((m) => toHex(encodeStateMessage(m)))).toEqual(vectors.state);
    expect(vectors.state.map((m) => decodeStateMessage(hex(m)))).toEqual(STATE_SAMPLES);
    expect(vectors.signaling.map((m) => decodeSignaling(hex(m)))).toEqual(SIGNALING_SAMPLES);
    expect(vectors.control.map((m) => decodeControl(hex(m)))).toEqual(CONTROL_SAMPLES);
    expect(vectors.space.map((m) => decodeSpaceMessage(hex(m)))).toEqual(SPACE_SAMPLES);
  });
});
