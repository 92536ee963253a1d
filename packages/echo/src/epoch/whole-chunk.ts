/** Chunks of a state, asked for part by part, because one object can be longer than an answer. */
import type { EpochId } from '@atoll/halo';
import { concatBytes } from '@atoll/kernel';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import { decodeRequest } from '../snapshot/transfer-codec.ts';
import { encodeQuestion, type AnswerSeal } from './epoch-wire.ts';

/** A way to somebody who made an offer: gives the answer to a question. Rejects where there is none. */
export type Ask = (question: Uint8Array) => Promise<Uint8Array>;

/** A whole chunk. Rejects with what `ask` rejects with. @throws SnapshotError `SNAPSHOT_REFUSED`. */
export async function chunkOf(of: {
  readonly epoch: EpochId;
  readonly request: Uint8Array;
  readonly seal: AnswerSeal;
  readonly ask: Ask;
}): Promise<Uint8Array> {
  const { ask, epoch, request, seal } = of;
  const parts: Uint8Array[] = [];
  let from = 0;
  let total: number | undefined;
  do {
    const question = encodeQuestion({ ask: 'part', epoch, from, request: decodeRequest(request) });
    const part = seal.openPart(question, await ask(question));
    // Whoever says another length in between, or sends nothing, would keep us asking for ever.
    const fits = part.total === (total ?? part.total) && from + part.bytes.length <= part.total;
    if (!fits || (part.bytes.length === 0 && part.total > 0)) {
      throw new SnapshotError('SNAPSHOT_REFUSED', 'a chunk is not as long as it says');
    }
    total = part.total;
    parts.push(part.bytes);
    from += part.bytes.length;
  } while (from < total);
  return parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(...parts);
}
