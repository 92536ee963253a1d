/** What goes over the stream of one shared space: runs of blocks, and how far they reach. */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { readRun, runSizeMax, writeRun, type Run } from '@atoll/feed';
import { fromHex } from '@atoll/kernel';
import { readCursor, readRoot, writeCursor, type LogCursor } from './session-messages.ts';

/** A message of a space's stream. */
export type SpaceMessage =
  /** The answer to a pull begins; so many blocks are expected, as a hint for whoever waits. */
  | { readonly kind: 'begin'; readonly blocks: number }
  | { readonly kind: 'run'; readonly run: Run }
  /** Everything up to this position of the sender's log has been said, here or before. */
  | {
      readonly kind: 'mark';
      /** The answer to the last pull is complete. */
      readonly final: boolean;
      readonly root: string;
      readonly cursor: LogCursor;
    };

const KIND = { begin: 1, run: 2, mark: 3 } as const;

/** Bytes of a message. */
export function encodeSpaceMessage(message: SpaceMessage): Uint8Array<ArrayBuffer> {
  switch (message.kind) {
    case 'begin':
      return new Writer(16).u8(KIND.begin).varint(message.blocks).finish();
    case 'run':
      return writeRun(new Writer(runSizeMax(message.run) + 1).u8(KIND.run), message.run).finish();
    case 'mark': {
      const writer = new Writer(96).u8(KIND.mark).u8(message.final ? 1 : 0);
      writer.raw(fromHex(message.root) ?? new Uint8Array(0));
      return writeCursor(writer, message.cursor).finish();
    }
  }
}

/**
 * The message of some bytes. The blocks of a run are views of the input.
 * @throws CodecError when they are not the one encoding of any.
 */
export function decodeSpaceMessage(bytes: Uint8Array): SpaceMessage {
  const reader = new Reader(bytes);
  const message = readMessage(reader);
  reader.end();
  return message;
}

function readMessage(reader: Reader): SpaceMessage {
  const kind = reader.u8();
  switch (kind) {
    case KIND.begin:
      return { kind: 'begin', blocks: reader.varint() };
    case KIND.run:
      return { kind: 'run', run: readRun(reader) };
    case KIND.mark: {
      const final = reader.u8();
      if (final > 1) throw new CodecError('CODEC_NOT_CANONICAL', 'a flag is neither 0 nor 1');
      return {
        kind: 'mark',
        final: final === 1,
        root: readRoot(reader),
        cursor: readCursor(reader),
      };
    }
    default:
      throw new CodecError('CODEC_UNKNOWN_TAG', 'a message of a space is of no known kind');
  }
}
