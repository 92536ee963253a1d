/** Bytes of what begins a zone. Strict, as the rest of a control section. */
import type { Reader, Writer } from '@atoll/codec';
import { idBytes, idFromBytes } from '@atoll/kernel';
import { readExercised, writeExercised } from './codec-exercised.ts';
import { NONCE_BYTES } from './statements.ts';
import type { Zone } from './statements-zones.ts';

const ID_BYTES = 32;

/** Fields of the statement. */
export function writeZone(writer: Writer, zone: Zone): void {
  writer.raw(idBytes(zone.space)).raw(idBytes(zone.founder)).raw(zone.nonce);
  writeExercised(writer, zone);
}

/** Reads {@link writeZone} of a closed zone. @throws CodecError. */
export function readZone(reader: Reader): Zone {
  return read(reader, 'zone');
}

/** The same of an open one. */
export function readOpenZone(reader: Reader): Zone {
  return read(reader, 'open-zone');
}

function read(reader: Reader, kind: Zone['kind']): Zone {
  return {
    kind,
    space: idFromBytes('space', reader.raw(ID_BYTES)),
    founder: idFromBytes('identity', reader.raw(ID_BYTES)),
    nonce: reader.take(NONCE_BYTES),
    ...readExercised(reader),
  };
}
