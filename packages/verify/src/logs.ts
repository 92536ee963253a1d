/** What a service keeps of identities that have signed in, so that it knows when a device is theirs no more. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { HaloError, readIdentityLog, writeIdentityLog, type IdentityLog } from '@atoll/halo';
import { VerifyError } from './verify-error.ts';

export type { IdentityLog } from '@atoll/halo';

/** Bytes of a log, to be kept beside the account. */
export function encodeLog(log: IdentityLog): Uint8Array<ArrayBuffer> {
  const writer = new Writer(512);
  writeIdentityLog(writer, log);
  return writer.finish();
}

/** Reads {@link encodeLog}. @throws VerifyError `VERIFY_LOG`. */
export function decodeLog(bytes: Uint8Array): IdentityLog {
  try {
    const reader = new Reader(bytes);
    const log = readIdentityLog(reader);
    reader.end();
    return log;
  } catch (cause) {
    if (!(cause instanceof CodecError) && !(cause instanceof HaloError)) throw cause;
    throw new VerifyError('VERIFY_LOG', 'the bytes are no identity log', { cause });
  }
}
