/** Reading of the statements by which epochs are agreed on. Strict, as the rest of a control section. */
import { CodecError, type Reader } from '@atoll/codec';
import { compareBytes, concatBytes, idFromBytes, toHex } from '@atoll/kernel';
import {
  BALLOT_MAX,
  EPOCH_ZONES_MAX,
  RETIRED_MAX,
  VOTERS_MAX,
  type EpochAcknowledgement,
  type EpochId,
  type EpochPromise,
  type EpochProposal,
  type EpochReset,
  type EpochRetirement,
  type EpochTerms,
  type Voter,
} from './statements.ts';

const HASH_BYTES = 32;
const ZONE_BYTES = 16;
const SIGNATURE_BYTES = 64;

/** @throws CodecError. */
export function readPromise(reader: Reader): EpochPromise {
  return {
    kind: 'epoch-promise',
    space: idFromBytes('space', reader.raw(HASH_BYTES)),
    previous: epoch(reader),
    ballot: reader.varint(BALLOT_MAX),
  };
}

/** @throws CodecError. */
export function readProposal(reader: Reader): EpochProposal {
  return { kind: 'epoch-proposal', ballot: reader.varint(BALLOT_MAX), terms: readTerms(reader) };
}

/** @throws CodecError. */
export function readAcknowledgement(reader: Reader): EpochAcknowledgement {
  return {
    kind: 'epoch-acknowledgement',
    space: idFromBytes('space', reader.raw(HASH_BYTES)),
    previous: epoch(reader),
    ballot: reader.varint(BALLOT_MAX),
    epoch: epoch(reader),
  };
}

/** @throws CodecError. */
export function readReset(reader: Reader): EpochReset {
  return {
    kind: 'epoch-reset',
    terms: readTerms(reader),
    recoveryKey: reader.take(HASH_BYTES),
    signature: reader.take(SIGNATURE_BYTES),
  };
}

/** @throws CodecError. */
export function readRetirement(reader: Reader): EpochRetirement {
  return {
    kind: 'epoch-retirement',
    space: idFromBytes('space', reader.raw(HASH_BYTES)),
    device: idFromBytes('device', reader.raw(HASH_BYTES)),
  };
}

/** Terms of an epoch as they stand in a proposal. @throws CodecError. */
export function readTerms(reader: Reader): EpochTerms {
  return {
    space: idFromBytes('space', reader.raw(HASH_BYTES)),
    era: reader.varint(),
    number: reader.varint(),
    previous: epoch(reader),
    anchor: idFromBytes('block', reader.raw(HASH_BYTES)),
    roots: readAscending(reader, EPOCH_ZONES_MAX, () => {
      const zone = reader.raw(ZONE_BYTES);
      const value = { zone: idFromBytes('zone', zone), root: reader.take(HASH_BYTES) };
      return { key: zone, value };
    }),
    voters: readVoters(reader),
    retired: readAscending(reader, RETIRED_MAX, () => {
      const feed = reader.raw(HASH_BYTES);
      const end = idFromBytes('block', reader.raw(HASH_BYTES));
      return { key: feed, value: { feed: idFromBytes('feed', feed), end } };
    }),
    listedIn: reader.varint(),
    collects: readFlag(reader),
    order: reader.take(HASH_BYTES),
  };
}

function readVoters(reader: Reader): Voter[] {
  return readAscending(reader, VOTERS_MAX, () => {
    const identity = reader.raw(HASH_BYTES);
    const device = reader.raw(HASH_BYTES);
    const value = {
      identity: idFromBytes('identity', identity),
      device: idFromBytes('device', device),
    };
    return { key: concatBytes(identity, device), value };
  });
}

function readAscending<T>(
  reader: Reader,
  max: number,
  read: () => { readonly key: Uint8Array; readonly value: T },
): T[] {
  const values: T[] = [];
  let before: Uint8Array | undefined;
  for (let rest = reader.varint(max); rest > 0; rest--) {
    const { key, value } = read();
    if (before !== undefined && compareBytes(before, key) >= 0) {
      throw new CodecError('CODEC_NOT_CANONICAL', 'entries of an epoch do not ascend');
    }
    before = key;
    values.push(value);
  }
  return values;
}

function readFlag(reader: Reader): boolean {
  const flag = reader.u8();
  if (flag > 1) throw new CodecError('CODEC_MALFORMED', 'a flag of an epoch is neither 0 nor 1');
  return flag === 1;
}

function epoch(reader: Reader): EpochId {
  return toHex(reader.raw(HASH_BYTES)) as EpochId;
}
