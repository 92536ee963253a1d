/** Several files in one: ZIP without compression, as what is in it is sealed or small. Both ways part by part. */
import type { ZipReader } from '@zip.js/zip.js';

/** Why a container cannot be read. */
export type ZipErrorCode = 'WORKSPACE_ZIP_MALFORMED'; // It is no container of files, or was changed. Choose another file.

/** See {@link ZipErrorCode}. */
class ZipError extends Error {
  override readonly name = 'ZipError';
  readonly code: ZipErrorCode = 'WORKSPACE_ZIP_MALFORMED';

  constructor(cause: unknown) {
    super('WORKSPACE_ZIP_MALFORMED: this is no container of files', { cause });
  }
}

/** A file in a container. */
export interface ZipEntry {
  readonly name: string;
  readonly content: Blob;
}

/** How much larger than its container a file may be: what is saved here is hardly compressible. */
const INFLATION_MAX = 100;
/** 1980-01-01, the earliest day there is: no clock is in what is written. */
const DAY: Date = new Date(1980, 0, 1);

/** One file with all entries, whose names differ. */
export async function zipped(entries: readonly ZipEntry[]): Promise<Blob> {
  const { BlobReader, BlobWriter, ZipWriter } =
    await import('@zip.js/zip.js/lib/zip-core-native.js');
  const writer = new ZipWriter(new BlobWriter('application/zip'), {
    level: 0,
    useWebWorkers: false,
    extendedTimestamp: false,
    lastModDate: DAY,
  });
  for (const { content, name } of entries) await writer.add(name, new BlobReader(content));
  return writer.close();
}

/** The entries of a container, one after the other. @throws ZipError. */
export async function unzipped(container: Blob): Promise<readonly ZipEntry[]> {
  const { BlobReader, ZipReader } = await import('@zip.js/zip.js/lib/zip-core-native.js');
  const reader = new ZipReader(new BlobReader(container), {
    useWebWorkers: false,
    checkSignature: true,
  });
  try {
    return await entriesOf(reader, container.size * INFLATION_MAX);
  } catch (failure) {
    throw new ZipError(failure);
  } finally {
    await reader.close();
  }
}

async function entriesOf(reader: ZipReader<Blob>, bytesMax: number): Promise<readonly ZipEntry[]> {
  const { BlobWriter } = await import('@zip.js/zip.js/lib/zip-core-native.js');
  const entries: ZipEntry[] = [];
  let bytes = 0;
  for (const entry of await reader.getEntries()) {
    if (entry.directory) continue;
    bytes += entry.uncompressedSize;
    if (bytes > bytesMax) throw new ZipError('it is much larger than its container');
    entries.push({ name: entry.filename, content: await entry.getData(new BlobWriter()) });
  }
  return entries;
}
