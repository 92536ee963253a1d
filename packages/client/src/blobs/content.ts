/** Content of a file, in whatever form it is at hand, as parts in order. */
import type { BlobContent, ByteStream } from './api.ts';

/** Parts of content. A stream is cancelled when its reader stops early. */
export function partsOf(content: BlobContent): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (content instanceof Uint8Array) return [content];
  if (Symbol.asyncIterator in content) return content;
  return readStream('stream' in content ? content.stream() : content);
}

/** Bytes of content, where that is known before it is read. */
export function sizeOf(content: BlobContent): number | undefined {
  if (content instanceof Uint8Array) return content.length;
  return 'size' in content && typeof content.size === 'number' ? content.size : undefined;
}

async function* readStream(stream: ByteStream): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isDone = done;
      if (done) return;
      if (value !== undefined) yield value;
    }
  } finally {
    if (!isDone) await reader.cancel().catch(() => undefined);
  }
}
