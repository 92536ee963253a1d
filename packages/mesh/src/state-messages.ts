/** What is asked of a space's state on its third stream: opaque questions and answers. Bytes in spec/sessions.md. */
import { CodecError } from '@atoll/codec';

/** A question: an epoch’s name, a path into its state, where to go on, and what the asker has of it. */
export const ASK_BYTES_MAX = 4096;
/** An answer: some hundred objects. Whoever has more to say says it in parts. */
export const ANSWER_BYTES_MAX: number = 1024 * 1024;
/** A message with the byte that says which it is. */
export const STATE_MESSAGE_BYTES_MAX: number = ANSWER_BYTES_MAX + 1;

/** A message. Answers come in the order of what they answer. */
export type StateMessage =
  | { readonly say: 'ask'; readonly bytes: Uint8Array }
  | { readonly say: 'answer'; readonly bytes: Uint8Array }
  /** There is nothing to answer with. */
  | { readonly say: 'none' };

const SAY = ['ask', 'answer', 'none'] as const;
const NOTHING = new Uint8Array(0);

/** Bytes of a message. */
export function encodeStateMessage(message: StateMessage): Uint8Array<ArrayBuffer> {
  const body = message.say === 'none' ? NOTHING : message.bytes;
  const bytes = new Uint8Array(body.length + 1);
  bytes[0] = SAY.indexOf(message.say);
  bytes.set(body, 1);
  return bytes;
}

/** The message of some bytes, which it is a view of. @throws CodecError when they are not that of any. */
export function decodeStateMessage(bytes: Uint8Array): StateMessage {
  const say = bytes.length === 0 ? undefined : SAY[bytes[0] as number];
  const body = bytes.subarray(1);
  switch (say) {
    case 'ask':
      if (body.length > ASK_BYTES_MAX) throw malformed('a question is longer than questions are');
      return { say, bytes: body };
    case 'answer':
      if (body.length > ANSWER_BYTES_MAX) throw malformed('an answer is longer than answers are');
      return { say, bytes: body };
    case 'none':
      if (body.length > 0) throw malformed('nothing has bytes');
      return { say };
    default:
      throw new CodecError('CODEC_UNKNOWN_TAG', 'a state message is of no known kind');
  }
}

function malformed(why: string): CodecError {
  return new CodecError('CODEC_MALFORMED', why);
}
