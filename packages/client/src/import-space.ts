/** Reading a space from one file: into the space of this profile, or into one that begins with the file's keys. */
import type { SpaceId } from '@atoll/kernel';
import type { ImportedSpace } from './api.ts';
import type { ArchiveHeader } from './archive/archive-codec.ts';
import type { Restored, SpaceReader } from './archive/space-archive.ts';
import type { ArchivedFiles } from './blobs/space-blobs.ts';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import type { KeptSpace } from './kept-space.ts';
import type { SpaceHandle } from './space-handle.ts';

/** A space into which an archive is being read. */
interface OpenArchive {
  readonly id: SpaceId;
  readonly reader: SpaceReader;
  readonly files: ArchivedFiles;
}

/** What importing needs of the spaces. */
export interface ImportParts {
  readonly engine: Engine;
  readonly passphrase: string | undefined;
  /** A space that is here. */
  readonly known: (id: SpaceId) => Promise<SpaceHandle> | undefined;
  /** Opens and lists a space that is not. */
  readonly enter: (kept: KeptSpace) => Promise<SpaceHandle>;
}

/** See `Spaces.import`. @throws ClientError; StoreError. */
export async function importSpace(
  archive: AsyncIterable<Uint8Array>,
  parts: ImportParts,
): Promise<ImportedSpace> {
  let into: OpenArchive | undefined;
  let restored: Restored | undefined;
  // Loaded when it is needed: most programs never import a space.
  const { readArchive } = await import('./archive/archive-codec.ts');
  for await (const record of readArchive(archive)) {
    if (record.kind === 'header') into = await openArchive(parts, record.header);
    else if (record.kind === 'end') restored = await into?.reader.finish(record.end);
    else if (record.kind === 'file' || record.kind === 'chunk') await into?.files.take(record);
    else await into?.reader.takeRecord(record);
  }
  if (into === undefined || restored === undefined) {
    throw new ClientError('CLIENT_ARCHIVE_DAMAGED', 'the archive is empty');
  }
  return { space: into.id, ...restored, files: await into.files.finish() };
}

/** The space of an archive: open already, or opened with the keys that the archive carries. */
async function openArchive(
  { engine, enter, known, passphrase }: ImportParts,
  { keys, space }: ArchiveHeader,
): Promise<OpenArchive> {
  const { SpaceReader } = await import('./archive/space-archive.ts');
  const into = async (handle: SpaceHandle): Promise<OpenArchive> => ({
    id: space,
    reader: new SpaceReader(await handle.opened(), async (between) => {
      await engine.reopen(space, between);
      return handle.opened();
    }),
    files: await handle.blobs.fromArchive(),
  });
  const here = await known(space);
  if (here !== undefined) return into(here);
  if (keys === undefined || passphrase === undefined) {
    throw new ClientError('CLIENT_ARCHIVE_LOCKED', 'the archive needs its passphrase here');
  }
  const { openSecrets } = await import('./archive/archive-keys.ts');
  const { kube, name, ring } = await openSecrets(space, keys, passphrase);
  return into(await enter({ id: space, ring, name, kube }));
}
