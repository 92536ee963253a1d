/** Refusals of the codec. */
import { AtollError } from '@atoll/kernel';

/** Every way bytes can fail to be the one encoding of something. */
export type CodecErrorCode =
  | 'CODEC_TRUNCATED' // The bytes end too early. Whoever sent it must send it whole.
  | 'CODEC_TRAILING' // Bytes are left over. Whoever sent it must repair its program.
  | 'CODEC_NOT_CANONICAL' // The same thing has a shorter or other canonical encoding. Whoever sent it must repair its program.
  | 'CODEC_UNKNOWN_TAG' // A kind or version that this program does not know. Update this program.
  | 'CODEC_TOO_LARGE' // A length, count, number or nesting above its limit. Whoever sent it must send less at once.
  | 'CODEC_MALFORMED'; // Anything else that is no encoding at all. Check what was given as input.

/** Error of the codec package. Decoders throw it; readers of network input turn it into a value. */
export class CodecError extends AtollError<CodecErrorCode> {
  override readonly name = 'CodecError';
}
