/** A space as a file of this device, and back. */
import type { Client, ImportedSpace, Space } from '@atoll/client';
import { unzipped, zipped, type ZipEntry } from './zip.ts';

/** How the name of a space's file ends. */
export const SPACE_FILE = '.atoll';

/** Bytes that are kept in memory before they are given to the browser to keep. */
const PART_BYTES = 8 << 20;
/** Characters of a file's name. */
const NAME_CHARACTERS_MAX = 80;

/** What was collected. */
export interface SavedSpace {
  readonly content: Blob;
  /** Files that are not in it, since they are not on this device. */
  readonly missing: number;
}

/** Collects a space. @throws ClientError `CLIENT_ARCHIVE_PRUNED`; StoreError. */
export async function collectSpace(
  space: Space,
  options: {
    readonly passphrase: string;
    readonly files: boolean;
    readonly onBytes?: (bytes: number) => void;
  },
): Promise<SavedSpace> {
  const { files, onBytes, passphrase } = options;
  let missing = 0;
  const parts: Blob[] = [];
  let fresh: Uint8Array<ArrayBuffer>[] = [];
  let waiting = 0;
  let bytes = 0;
  const archive = space.export({
    files,
    ...(passphrase === '' ? {} : { passphrase }),
    onFiles: (count) => (missing = count.missing),
  });
  for await (const part of archive) {
    // A copy: what is given out may be used again.
    fresh.push(part.slice());
    waiting += part.length;
    bytes += part.length;
    if (waiting < PART_BYTES) continue;
    parts.push(new Blob(fresh));
    fresh = [];
    waiting = 0;
    onBytes?.(bytes);
  }
  const content = new Blob([...parts, ...fresh], { type: 'application/octet-stream' });
  return { content, missing: files ? missing : 0 };
}

/** All spaces in one container. @throws as {@link collectSpace}; ZipError. */
export async function collectAll(
  spaces: readonly Space[],
  options: {
    readonly passphrase: string;
    readonly onSpace: (at: number, space: Space) => void;
  },
): Promise<SavedSpace & { readonly left: readonly string[] }> {
  const entries: ZipEntry[] = [];
  const left: string[] = [];
  let missing = 0;
  const names = new Set<string>();
  for (const [at, space] of spaces.entries()) {
    options.onSpace(at + 1, space);
    const release = space.hold();
    try {
      const saved = await collectSpace(space, { passphrase: options.passphrase, files: true });
      const name = freeName(fileName(space.name.get(), SPACE_FILE), names);
      entries.push({ name, content: saved.content });
      missing += saved.missing;
    } catch (failure) {
      // What cannot be opened keeps nobody from saving the rest.
      if (space.problem.get() === undefined) throw failure;
      left.push(space.name.get());
    } finally {
      release();
    }
  }
  return { content: await zipped(entries), missing, left };
}

/** A name that no other file in a container has. */
export function freeName(wanted: string, taken: Set<string>): string {
  const dot = wanted.lastIndexOf('.');
  const [stem, ending] = dot < 0 ? [wanted, ''] : [wanted.slice(0, dot), wanted.slice(dot)];
  let name = wanted;
  // Some devices do not tell upper and lower case apart.
  for (let turn = 2; taken.has(name.toLowerCase()); turn++) name = `${stem} ${turn}${ending}`;
  taken.add(name.toLowerCase());
  return name;
}

/** A name that every device takes for a file. */
export function fileName(words: string, ending: string): string {
  const clean = words
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}<>:"/\\|?*]+/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .slice(0, NAME_CHARACTERS_MAX)
    .replaceAll(/^[. ]+|[. ]+$/gu, '')
    .toWellFormed();
  return `${clean === '' ? 'Untitled' : clean}${ending}`;
}

/** What a file is: one space, or several in a container. @throws ZipError. */
export async function spacesIn(file: File): Promise<readonly ZipEntry[]> {
  const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isContainer = start[0] === 0x50 && start[1] === 0x4b;
  if (!isContainer) return [{ name: file.name, content: file }];
  return (await unzipped(file)).filter(({ name }) => name.endsWith(SPACE_FILE));
}

/** Brings a space from a file. @throws ClientError. */
export function openSpaceFile(
  client: Client,
  content: Blob,
  options: { readonly passphrase: string; readonly onBytes?: (bytes: number) => void },
): Promise<ImportedSpace> {
  const { onBytes, passphrase } = options;
  return client.spaces.import(partsOf(content, onBytes), passphrase === '' ? {} : { passphrase });
}

async function* partsOf(
  content: Blob,
  onBytes: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array, void> {
  const reader = content.stream().getReader();
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
    bytes += value.length;
    onBytes?.(bytes);
  }
}
