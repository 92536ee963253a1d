/** Fetches of a kept epoch between people without connections. */
import { deriveKey } from '@atoll/crypto';
import { ROOT_ZONE } from '@atoll/kernel';
import { fetchEpoch, type FetchedEpoch } from '../../epoch/fetch-epoch.ts';
import { decodeRequest } from '../../snapshot/transfer-codec.ts';
import type { Space } from '../space.ts';
import type { Person } from './space-fixture.ts';

/**
 * Fetches what `from` has kept into a store of `person` whose space is closed. @throws RangeError if nothing is kept.
 */
export async function fetchKept(
  from: Space,
  person: Person,
  { rng, store }: Pick<Person['ports'], 'rng' | 'store'> = person.ports,
): Promise<FetchedEpoch> {
  const offer = await from.epochs.archive.source();
  if (offer === undefined) throw new RangeError('no epoch is kept');
  const { ring } = from.keys;
  const [generation] = from.authority.keys.generations(ROOT_ZONE);
  const zone = generation === undefined ? undefined : ring.zone(generation);
  return fetchEpoch({
    place: { rng, store, space: from.id, secret: person.haloSecret, ring },
    terms: offer.terms,
    key: deriveKey(zone?.content ?? new Uint8Array(32), 'state-root'),
    ask: async (request) => offer.source.packed(decodeRequest(request)),
    turn: () => Promise.resolve(),
  });
}
