/**
 * CPace over Ristretto255 with SHA-512 (draft-irtf-cfrg-cpace), initiator and responder: two people who
 * share six digits agree on a key, and one who does not know them gets a single guess a run. Order and
 * counting of tries are the business of the invitation; here is only the arithmetic.
 */
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { assert, concatBytes, utf8, type Rng } from '@atoll/kernel';

/** Bytes of a share: an encoded group element. */
export const CPACE_SHARE_BYTES = 32;
/** Bytes of a confirmation. */
export const CPACE_CONFIRMATION_BYTES = 64;

const DSI: Uint8Array = utf8('CPaceRistretto255');
const DSI_ISK: Uint8Array = utf8('CPaceRistretto255_ISK');
const MAC_KEY_LABEL: Uint8Array = utf8('CPaceMac');
/** Input block of SHA-512: password and DSI fill one block, so its length does not show in the time. */
const HASH_BLOCK_BYTES = 128;
const SCALAR_INPUT_BYTES = 64;
const NOTHING: Uint8Array = new Uint8Array(0);

/** Inputs that both sides must have alike, and the own associated data. */
export interface CpaceInput {
  /** The digits, as bytes. */
  readonly password: Uint8Array;
  /** Channel identifier: what the run is bound to. */
  readonly channel: Uint8Array;
  /** Session id: unique for each run. */
  readonly sessionId: Uint8Array;
}

/** A run in progress; use it once. */
export interface CpaceRun {
  /** Own share, to be sent. */
  readonly share: Uint8Array<ArrayBuffer>;
  readonly sessionId: Uint8Array;
  /** Own scalar; for {@link cpaceFinish} alone. */
  readonly scalar: bigint;
}

/** Begins a run on either side. */
export function cpaceStart(input: CpaceInput, rng: Rng): CpaceRun {
  return cpaceStartWith(input, sampleScalar(rng));
}

/** {@link cpaceStart} with a given scalar, for test vectors. */
export function cpaceStartWith(input: CpaceInput, scalar: bigint): CpaceRun {
  const share = ristretto255.Point.fromBytes(cpaceGenerator(input)).multiply(scalar).toBytes();
  return { share, sessionId: input.sessionId, scalar };
}

/** What each side sent, in order: initiator first. */
export interface CpaceTranscript {
  readonly initiatorShare: Uint8Array;
  readonly initiatorData?: Uint8Array;
  readonly responderShare: Uint8Array;
  readonly responderData?: Uint8Array;
}

/**
 * The session key (ISK, 64 bytes), or `undefined` when the other share is no valid element or the
 * neutral one. The key proves nothing before the confirmations are compared.
 */
export function cpaceFinish(
  run: CpaceRun,
  role: 'initiator' | 'responder',
  transcript: CpaceTranscript,
): Uint8Array<ArrayBuffer> | undefined {
  const theirs = role === 'initiator' ? transcript.responderShare : transcript.initiatorShare;
  const shared = multiplyVerified(theirs, run.scalar);
  if (shared === undefined) return undefined;
  const prefix = lengthPrefixed(DSI_ISK, run.sessionId, shared);
  return sha512(concatBytes(prefix, transcriptBytes(transcript)));
}

/** The two confirmations of a run. */
export interface CpaceConfirmations {
  /** Sent by the initiator. */
  readonly initiator: Uint8Array<ArrayBuffer>;
  /** Sent by the responder. */
  readonly responder: Uint8Array<ArrayBuffer>;
}

/**
 * Explicit key confirmation: HMAC-SHA512 under a key hashed from session id and ISK. Each
 * covers the name of its sender's role and the whole transcript, so neither can be sent back to its
 * author.
 */
export function cpaceConfirmations(
  sessionKey: Uint8Array,
  sessionId: Uint8Array,
  transcript: CpaceTranscript,
): CpaceConfirmations {
  const macKey = sha512(lengthPrefixed(MAC_KEY_LABEL, sessionId, sessionKey));
  const whole = transcriptBytes(transcript);
  const confirm = (role: string): Uint8Array<ArrayBuffer> =>
    nobleHmac(sha512, macKey, lengthPrefixed(utf8(role), whole));
  return { initiator: confirm('initiator'), responder: confirm('responder') };
}

/** The generator that follows from the inputs, encoded; exported for test vectors. */
export function cpaceGenerator(input: CpaceInput): Uint8Array<ArrayBuffer> {
  const { password, channel, sessionId } = input;
  const used = lengthPrefixed(password).length + lengthPrefixed(DSI).length + 1;
  const padding = new Uint8Array(Math.max(0, HASH_BLOCK_BYTES - used));
  const text = lengthPrefixed(DSI, password, padding, channel, sessionId);
  return mapToGroup(sha512(text)).toBytes();
}

type Element = InstanceType<typeof ristretto255.Point>;

/** The one-way map of RFC 9496, section 4.3.4. */
function mapToGroup(bytes: Uint8Array): Element {
  const map = ristretto255_hasher.deriveToCurve;
  assert(map !== undefined, 'the group has a one-way map');
  return map(bytes) as Element;
}

/** The draft's scalar_mult_vfy: `undefined` for invalid encodings and the neutral element. */
function multiplyVerified(share: Uint8Array, scalar: bigint): Uint8Array<ArrayBuffer> | undefined {
  try {
    const product = ristretto255.Point.fromBytes(share).multiply(scalar);
    return product.is0() ? undefined : product.toBytes();
  } catch {
    return undefined; // Not the encoding of an element.
  }
}

/** From 1 to the order less one, uniform up to 2^-256: taken from twice as many bytes as the order has. */
function sampleScalar(rng: Rng): bigint {
  const order = ristretto255.Point.Fn.ORDER;
  return 1n + (littleEndian(rng.bytes(SCALAR_INPUT_BYTES)) % (order - 1n));
}

/** Number of little-endian bytes. */
export function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let at = bytes.length - 1; at >= 0; at--)
    value = (value << 8n) | BigInt(bytes[at] as number);
  return value;
}

function transcriptBytes(transcript: CpaceTranscript): Uint8Array {
  const { initiatorShare, initiatorData, responderShare, responderData } = transcript;
  return concatBytes(
    lengthPrefixed(initiatorShare, initiatorData ?? NOTHING),
    lengthPrefixed(responderShare, responderData ?? NOTHING),
  );
}

/** The draft's lv_cat: each part behind its length in LEB128. */
function lengthPrefixed(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    const length: number[] = [];
    let rest = part.length;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) length.push((rest % 0x80) | 0x80);
    length.push(rest);
    pieces.push(Uint8Array.from(length), part);
  }
  return concatBytes(...pieces);
}
