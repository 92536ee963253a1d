/** From a ref back to content: opens lists from the top, and gives the pieces in order, some ahead. */
import type { AeadPlatform } from '@atoll/kernel';
import { BlobError } from './blob-error.ts';
import { openPiece, type ListEntry, type Piece, type PieceRef } from './sealed-piece.ts';

/** Chunks that are fetched before they are asked for, so that the way there costs its time once. */
const AHEAD = 16;

/** How content is read. */
export interface ReadInput {
  /** A chunk whose bytes fit its name, from wherever it is. */
  readonly chunk: (id: string, signal: AbortSignal | undefined) => Promise<Uint8Array>;
  /** A list was opened: the names in it, before any of them is asked for. */
  readonly onList?: ((ids: readonly string[]) => Promise<void>) | undefined;
  readonly aead?: AeadPlatform | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Content of a blob, in order. @throws BlobError `BLOB_DAMAGED`; what `chunk` rejects with. */
export async function* readBlob(
  root: PieceRef,
  sizeBytes: number,
  input: ReadInput,
): AsyncGenerator<Uint8Array, void> {
  let given = 0;
  for await (const bytes of contentOf(root, undefined, sizeBytes, input)) {
    given += bytes.length;
    yield bytes;
  }
  if (given !== sizeBytes) throw damaged();
}

async function* contentOf(
  ref: PieceRef,
  depth: number | undefined,
  sizeBytes: number,
  input: ReadInput,
): AsyncGenerator<Uint8Array, void> {
  const piece = openOrThrow(ref, await input.chunk(ref.id, input.signal), input);
  if (piece.kind === 'content') {
    if ((depth ?? 0) !== 0 || piece.bytes.length !== sizeBytes) throw damaged();
    yield piece.bytes;
    return;
  }
  // A list in a list is of one less, so that no chunk can lead back to itself.
  if (depth !== undefined && piece.depth !== depth) throw damaged();
  if (piece.entries.reduce((sum, entry) => sum + entry.sizeBytes, 0) !== sizeBytes) throw damaged();
  await input.onList?.(piece.entries.map(({ id }) => id));
  if (piece.depth > 1) {
    for (const entry of piece.entries) {
      yield* contentOf(entry, piece.depth - 1, entry.sizeBytes, input);
    }
  } else yield* leavesOf(piece.entries, input);
}

async function* leavesOf(
  entries: readonly ListEntry[],
  input: ReadInput,
): AsyncGenerator<Uint8Array, void> {
  const coming: Promise<Uint8Array>[] = [];
  const ask = (entry: ListEntry | undefined): void => {
    if (entry === undefined) return;
    const chunk = input.chunk(entry.id, input.signal);
    chunk.catch(() => undefined); // Told when its turn comes.
    coming.push(chunk);
  };
  for (const entry of entries.slice(0, AHEAD)) ask(entry);
  for (const [at, entry] of entries.entries()) {
    const sealed = await (coming.shift() as Promise<Uint8Array>);
    ask(entries[at + AHEAD]);
    const piece = openOrThrow(entry, sealed, input);
    if (piece.kind !== 'content' || piece.bytes.length !== entry.sizeBytes) throw damaged();
    yield piece.bytes;
  }
}

function openOrThrow(ref: PieceRef, sealed: Uint8Array, input: ReadInput): Piece {
  const piece = openPiece(ref, sealed, input.aead);
  if (piece === undefined) throw damaged();
  return piece;
}

function damaged(): BlobError {
  return new BlobError('BLOB_DAMAGED', 'what was put under this ref is no blob');
}
