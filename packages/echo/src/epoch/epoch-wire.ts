/**
 * What members ask each other about kept epochs, and the answers: sealed under the zone's key, so that
 * whoever carries them, or was a member once, reads nothing. Bytes in spec/snapshot.md.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { deriveKey, open, seal, sealingKey, type SealingKey } from '@atoll/crypto';
import { readTerms, writeTerms, type EpochId, type EpochTerms } from '@atoll/halo';
import {
  concatBytes,
  fromHex,
  idBytes,
  idFromBytes,
  toHex,
  utf8,
  type AeadPlatform,
  type KeyId,
  type Rng,
  type SpaceId,
} from '@atoll/kernel';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import { decodeRequest, encodeRequest, type SnapshotRequest } from '../snapshot/transfer-codec.ts';

/** Bytes of a chunk in one answer: half of what a message holds. */
export const PART_BYTES_MAX: number = 512 * 1024;
/** Bytes of a whole chunk: one object can be a text of millions of units. */
export const CHUNK_BYTES_MAX: number = 64 * 1024 * 1024;
const ID_BYTES = 32;
const KEY_BYTES = 32;
const ASK_OFFER = 0;
const ASK_PART = 1;

/** A question to a member. */
export type EpochQuestion =
  /** Which epoch do you keep? */
  | { readonly ask: 'offer' }
  /** A chunk of its snapshot, from a byte on. */
  | {
      readonly ask: 'part';
      readonly epoch: EpochId;
      readonly from: number;
      readonly request: SnapshotRequest;
    };

/** What somebody keeps: he says that it was sealed. */
export interface EpochOffer {
  readonly terms: EpochTerms;
  /** Generation of the zone's keys under which answers are sealed: one that nobody has who was removed. */
  readonly generation: KeyId;
  /** Key of the state's root, 32 bytes: it follows from the first keys of the zone, which not everybody has. */
  readonly rootKey: Uint8Array;
  /** He has the history under it, too: who fetches the blocks gets more than by fetching the epoch. */
  readonly isWhole: boolean;
}

/** A part of a chunk, and how long the whole is. */
export interface ChunkPart {
  readonly total: number;
  readonly bytes: Uint8Array;
}

/** Bytes of a question. */
export function encodeQuestion(question: EpochQuestion): Uint8Array<ArrayBuffer> {
  const writer = new Writer(128);
  if (question.ask === 'offer') return writer.u8(ASK_OFFER).finish();
  writer.u8(ASK_PART).raw(bytesOf(question.epoch)).varint(question.from);
  return writer.raw(encodeRequest(question.request)).finish();
}

/** Reads a question. @throws CodecError. */
export function decodeQuestion(bytes: Uint8Array): EpochQuestion {
  const reader = new Reader(bytes);
  const ask = reader.u8();
  if (ask === ASK_OFFER) {
    reader.end();
    return { ask: 'offer' };
  }
  if (ask !== ASK_PART) throw new CodecError('CODEC_UNKNOWN_TAG', 'no such question');
  const epoch = toHex(reader.raw(ID_BYTES)) as EpochId;
  const from = reader.varint(CHUNK_BYTES_MAX);
  return { ask: 'part', epoch, from, request: decodeRequest(reader.raw(reader.left)) };
}

/** Seals and opens answers under one generation of a zone's keys, for whoever is given its history. */
export class AnswerSeal {
  readonly #key: SealingKey;
  readonly #space: SpaceId;
  readonly #aead: AeadPlatform | undefined;

  /** `history`: the zone's history key. */
  constructor(of: {
    readonly history: Uint8Array;
    readonly space: SpaceId;
    readonly aead?: AeadPlatform | undefined;
  }) {
    this.#key = sealingKey(deriveKey(of.history, 'state-answer'));
    this.#space = of.space;
    this.#aead = of.aead;
  }

  /** A part of a chunk as the answer to a question. */
  sealPart(question: Uint8Array, { bytes, total }: ChunkPart, rng: Rng): Uint8Array<ArrayBuffer> {
    const plaintext = new Writer(bytes.length + 8).varint(total).raw(bytes).finish();
    return this.#seal(question, plaintext, rng);
  }

  /** Reads one. @throws SnapshotError `SNAPSHOT_REFUSED`. */
  openPart(question: Uint8Array, sealed: Uint8Array): ChunkPart {
    const plaintext = this.#open(question, sealed);
    return decoded(() => {
      const reader = new Reader(plaintext);
      const total = reader.varint(CHUNK_BYTES_MAX);
      if (reader.left > PART_BYTES_MAX) throw refused('a part is longer than parts are');
      return { total, bytes: reader.raw(reader.left) };
    });
  }

  /** Terms as the answer to the question for an offer. */
  sealOffer(
    { generation, isWhole, rootKey, terms }: EpochOffer,
    rng: Rng,
  ): Uint8Array<ArrayBuffer> {
    const writer = new Writer(512).u8(isWhole ? 1 : 0).raw(rootKey);
    writeTerms(writer, terms);
    const sealed = this.#seal(encodeQuestion({ ask: 'offer' }), writer.finish(), rng);
    return concatBytes(idBytes(generation), sealed);
  }

  /** Reads the rest of one, behind {@link generationOf}. @throws SnapshotError `SNAPSHOT_REFUSED`. */
  openOffer(answer: Uint8Array): Omit<EpochOffer, 'generation'> {
    const question = encodeQuestion({ ask: 'offer' });
    const plaintext = this.#open(question, answer.subarray(ID_BYTES));
    return decoded(() => {
      const reader = new Reader(plaintext);
      const whole = reader.u8();
      if (whole > 1) throw refused('something is so or not');
      const rootKey = reader.take(KEY_BYTES);
      const terms = readTerms(reader);
      reader.end();
      if (terms.space !== this.#space) throw refused('an epoch is of this space');
      return { terms, isWhole: whole === 1, rootKey };
    });
  }

  #seal(question: Uint8Array, plaintext: Uint8Array, rng: Rng): Uint8Array<ArrayBuffer> {
    const associated = this.#place(question);
    return seal(this.#key, { rng, associated, plaintext, aead: this.#aead });
  }

  #open(question: Uint8Array, sealed: Uint8Array): Uint8Array {
    const associated = this.#place(question);
    const plaintext = open(this.#key, { associated, sealed, aead: this.#aead });
    if (plaintext === undefined) throw refused('an answer is sealed by a member, for its question');
    return plaintext;
  }

  #place(question: Uint8Array): Uint8Array {
    return concatBytes(utf8('state-answer'), idBytes(this.#space), question);
  }
}

/** The generation that an offer names; `undefined` where there is none. */
export function generationOf(answer: Uint8Array): KeyId | undefined {
  return answer.length <= ID_BYTES ? undefined : idFromBytes('key', answer.subarray(0, ID_BYTES));
}

function bytesOf(epoch: EpochId): Uint8Array {
  return fromHex(epoch) ?? new Uint8Array(ID_BYTES);
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (failure) {
    if (failure instanceof SnapshotError || !(failure instanceof CodecError)) throw failure;
    throw new SnapshotError('SNAPSHOT_REFUSED', 'an answer is malformed', { cause: failure });
  }
}

function refused(rule: string): SnapshotError {
  return new SnapshotError('SNAPSHOT_REFUSED', `an answer breaks a rule: ${rule}`);
}
