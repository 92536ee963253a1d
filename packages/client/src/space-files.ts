/** The files of a space of the engine, whether it is open or closed. */
import { branchOrigin, type Space } from '@atoll/echo';
import { assert, type SpaceId } from '@atoll/kernel';
import { SpaceBlobs, type SpaceBlobsOptions } from './blobs/space-blobs.ts';
import type { Engine } from './engine.ts';
import type { SpacePlace } from './space-place.ts';
import type { UndoStacks } from './undo-stacks.ts';

/** Whose files they are. */
export interface SpaceFilesParts {
  readonly engine: Engine;
  readonly place: SpacePlace;
  /** The space, while it is open. */
  readonly now: () => Space | undefined;
  /** The space, opened if it was closed. */
  readonly opened: () => Promise<Space>;
  readonly undo: UndoStacks;
}

/** Files of one space. */
export function spaceFiles({ engine, now, opened, place, undo }: SpaceFilesParts): SpaceBlobs {
  const { eagerBytesMax, mesh, platform, signal } = engine;
  const network = mesh.chunks(place.id);
  assert(network !== undefined, 'a space is wired before its files are used');
  /** Where files are that a branch took over from the space that it grew from. */
  const origin: SpaceBlobsOptions['origin'] = () => {
    const space = now();
    const from = space === undefined ? undefined : branchOrigin(space.database)?.origin;
    const other = from === undefined ? undefined : engine.place(from as SpaceId);
    return other && { space: other.id, holder: other.chunks, network: mesh.chunks(other.id) };
  };
  return new SpaceBlobs({
    platform,
    space: place.id,
    echo: opened,
    haloSecret: engine.requireIdentity().haloSecret,
    holder: place.chunks,
    network,
    alsoNamedIn: () => undo.plainBytes(),
    namedHere: () => (undo.log === undefined ? [] : [undo.log.encode()]),
    served: () => place.served.lately,
    askWindows: (ids) => engine.askWindows(place.id, ids),
    filesOf: async (space) => engine.place(space)?.files?.(),
    signal,
    eagerBytesMax,
    origin,
  });
}
