/** A space as one file: what makes it is loaded when somebody wants one. */
import type { Space as EchoSpace } from '@atoll/echo';
import type { ExportOptions, Space } from './api.ts';
import type { SpaceBlobs } from './blobs/space-blobs.ts';
import type { Engine } from './engine.ts';

/** See `Space.export`. The space is kept open until all of it has been read. */
export async function* exportSpace(
  { platform }: Pick<Engine, 'platform'>,
  space: Pick<Space, 'hold' | 'name'> & {
    readonly blobs: SpaceBlobs;
    opened(): Promise<EchoSpace>;
  },
  { files = true, kube, onFiles, passphrase }: ExportOptions & { readonly kube: string },
): AsyncGenerator<Uint8Array, void> {
  const { writeSpace } = await import('./archive/space-archive.ts');
  const release = space.hold();
  try {
    const echo = await space.opened();
    yield* writeSpace(platform, echo, {
      secrets: { ring: echo.keys.ring, name: space.name.get(), kube },
      passphrase,
      files: files ? space.blobs.archived(onFiles) : undefined,
    });
  } finally {
    release();
  }
}
