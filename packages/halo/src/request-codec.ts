/** Bytes of a guest that proved itself: kept beside an invitation while it is being let in. */
import { CodecError, type Reader, type Writer } from '@atoll/codec';
import { idBytes, idFromBytes } from '@atoll/kernel';
import type { AdmissionRequest } from './pairing-proof.ts';
import { readStatement, writeStatement } from './statement-codec.ts';
import { identityIdOf } from './statement-ids.ts';
import { COLOURS, NAME_BYTES_MAX } from './statements.ts';
import { readIdentityLog, writeIdentityLog } from './ticket.ts';

const KIND = { space: 0, device: 1 } as const;
const KEY_BYTES = 32;

/** The one encoding of a request. */
export function writeRequest(writer: Writer, request: AdmissionRequest): void {
  writer.u8(KIND[request.kind]).raw(idBytes(request.device)).text(request.name);
  if (request.kind === 'device') {
    writeStatement(writer, request.admission);
    return;
  }
  writer.u8(request.colour);
  writeIdentityLog(writer, request.log);
  writeStatement(writer, request.readingKey);
}

/** Reads {@link writeRequest}. What it says was judged before it was written. @throws CodecError. */
export function readRequest(reader: Reader): AdmissionRequest {
  const kind = reader.u8();
  const device = idFromBytes('device', reader.raw(KEY_BYTES));
  const name = reader.text(NAME_BYTES_MAX);
  if (kind === KIND.device) {
    const admission = readStatement(reader);
    if (admission.kind !== 'device-admission') throw malformed();
    return { kind: 'device', device, name, admission };
  }
  const colour = reader.u8();
  if (kind !== KIND.space || colour < 1 || colour > COLOURS) throw malformed();
  const log = readIdentityLog(reader);
  const readingKey = readStatement(reader);
  if (readingKey.kind !== 'reading-key') throw malformed();
  const identity = identityIdOf(log.genesis);
  return { kind: 'space', identity, device, log, name, colour, readingKey };
}

function malformed(): CodecError {
  return new CodecError('CODEC_MALFORMED', 'the bytes are no request of a guest');
}
