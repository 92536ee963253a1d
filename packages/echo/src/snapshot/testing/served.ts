/** A snapshot that a member serves, and a whole fetch of it. For tests. */
import { deriveKey } from '@atoll/crypto';
import { ROOT_ZONE } from '@atoll/kernel';
import type { Space, SpacePorts } from '../../space/space.ts';
import type { Person } from '../../space/testing/space-fixture.ts';
import { openDetached } from '../detached.ts';
import { PageStore } from '../page-store.ts';
import { findSnapshot } from '../restore.ts';
import { SnapshotError } from '../snapshot-error.ts';
import type { SnapshotSink } from '../snapshot-sink.ts';
import { SnapshotSource } from '../snapshot-source.ts';
import { decodeRequest, encodeRequest, type SnapshotRequest } from '../transfer-codec.ts';

/** No turn is needed where nothing else waits. */
export const turn = (): Promise<void> => Promise.resolve();

/** Key of the state root of a space. */
export function rootKeyOf(space: Space): Uint8Array {
  const generation = space.authority.keys.generations(ROOT_ZONE)[0];
  const secret = generation === undefined ? undefined : space.keys.ring.zone(generation);
  return deriveKey(secret?.content ?? new Uint8Array(32), 'state-root');
}

/** Where a person keeps the pages of a space. */
export function pagesOf(person: Person, ports: SpacePorts, space: Space): PageStore {
  const { rng, store } = ports;
  return new PageStore({ rng, store, space: space.id, secret: person.haloSecret });
}

/** What a member serves: its snapshot as of now, apart from the open space. */
export async function sourceOf(person: Person, space: Space): Promise<SnapshotSource> {
  await space.flush();
  await space.writeSnapshot();
  const pages = pagesOf(person, person.ports, space);
  const { ring } = space.keys;
  const { store } = person.ports;
  const found = await findSnapshot({ pages, store, space: space.id, ring });
  if (found === undefined) throw new SnapshotError('SNAPSHOT_MISSING', 'there is no snapshot');
  return new SnapshotSource(await openDetached(found, { pages, turn }), rootKeyOf(space));
}

/** Answers all questions, as `lie` has it. How many there were. */
export function fetchAll(
  source: SnapshotSource,
  sink: SnapshotSink,
  lie: (request: SnapshotRequest, honest: Uint8Array) => Uint8Array = (_, honest) => honest,
): number {
  let asked = 0;
  while (!sink.isDone) {
    for (const request of sink.requests(3)) {
      sink.take(request, lie(request, source.answer(decodeRequest(encodeRequest(request)))));
      asked++;
    }
  }
  return asked;
}
