/** Files of the machine as blobs of a space, and the other way. */
import { createReadStream } from 'node:fs';
import { open as openFile, rename, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Space } from '@atoll/client';
import { isBlobField, type BlobRef, type FieldData } from '@atoll/schema';
import { CliError } from './cli-error.ts';

/** Media types of what people mostly attach; the rest is bytes. */
const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.webp': 'image/webp',
  '.zip': 'application/zip',
};

/** The path of `FIELD=@PATH`, for a field that holds a file. */
export function pathOfBlob(field: FieldData, text: string): string | undefined {
  return isBlobField(field) && text.startsWith('@') ? text.slice(1) : undefined;
}

/** Puts a file of the machine. @throws CliError `CLI_FILE`; StoreError. */
export async function putFile(
  space: Space,
  path: string,
  options: {
    readonly type?: string | undefined;
    /** The zone of the object that is to name it. */
    readonly zone?: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<BlobRef> {
  const type = options.type ?? TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
  try {
    await stat(path);
    const { signal, zone } = options;
    const name = basename(path);
    return await space.blobs.put(createReadStream(path), { type, name, zone, signal });
  } catch (failure) {
    if (failure instanceof Error && 'syscall' in failure) return fileFailure(path)(failure);
    throw failure;
  }
}

/** Writes a blob into a file, beside it first: a file with the name is always whole. @throws CliError `CLI_FILE`. */
export async function getFile(
  space: Space,
  ref: BlobRef,
  options: { readonly path: string; readonly signal: AbortSignal },
): Promise<void> {
  const { path, signal } = options;
  const beside = `${path}.${process.pid}.new`;
  try {
    await using file = await openFile(beside, 'wx', 0o600);
    for await (const part of space.blobs.get(ref, { signal })) await file.write(part);
    await file.sync();
    await rename(beside, path);
  } catch (failure) {
    if (failure instanceof Error && 'syscall' in failure) return fileFailure(path)(failure);
    throw failure;
  }
}

function fileFailure(path: string): (cause: unknown) => never {
  return (cause) => {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const why = code === 'ENOENT' ? 'is not there' : 'cannot be read or written';
    throw new CliError('CLI_FILE', `"${path}" ${why}`, { cause });
  };
}
