/** The bytes of a run, in a message of a session and in an archive alike. See spec/sessions.md. */
import type { Reader, Writer } from '@atoll/codec';
import { idBytes, idFromBytes } from '@atoll/kernel';
import { RUN_BLOCKS_MAX, runBytes, type Run } from './run.ts';
import { SIGNATURE_BYTES } from './tip.ts';

const ID_BYTES = 32;
/** Feed, end, hash, signature and counts. */
const HEAD_BYTES_MAX = 160;
/** Length of one block's length. */
const LENGTH_BYTES_MAX = 4;

/** Bytes that {@link writeRun} takes, from above. */
export function runSizeMax(run: Run): number {
  return runBytes(run) + run.blocks.length * LENGTH_BYTES_MAX + HEAD_BYTES_MAX;
}

/** Writes a run. */
export function writeRun(writer: Writer, run: Run): Writer {
  writer.raw(idBytes(run.feed)).varint(run.endSeq).raw(idBytes(run.endHash)).raw(run.signature);
  writer.varint(run.blocks.length);
  for (const block of run.blocks) writer.bytes(block);
  return writer;
}

/** Reads a run; its blocks are views of the input. @throws CodecError. */
export function readRun(reader: Reader): Run {
  const feed = idFromBytes('feed', reader.raw(ID_BYTES));
  const endSeq = reader.varint();
  const endHash = idFromBytes('block', reader.raw(ID_BYTES));
  const signature = reader.take(SIGNATURE_BYTES);
  const count = reader.varint(RUN_BLOCKS_MAX);
  const blocks: Uint8Array[] = [];
  for (let index = 0; index < count; index++) blocks.push(reader.bytes());
  return { feed, endSeq, endHash, signature, blocks };
}
