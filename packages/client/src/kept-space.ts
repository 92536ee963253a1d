/** What it takes to open a space: what the private space lists of it. */
import type { Database } from '@atoll/echo';
import type { KeyRing } from '@atoll/halo';
import type { SpaceId } from '@atoll/kernel';
import type { Engine } from './engine.ts';
import { listedRing } from './listed-keys.ts';
import type { ListedSpace } from './listed-spaces.ts';

/** A space as the private space lists it. */
export interface KeptSpace {
  readonly id: SpaceId;
  readonly ring: KeyRing;
  readonly name: string;
  readonly kube?: string;
  /** Secret of the public link by which it is followed. */
  readonly link?: Uint8Array;
}

/** What a record of the private space says. */
export function keptOf(database: Database, record: ListedSpace): KeptSpace {
  const { kube, link, name, space } = record;
  const ring = listedRing(database, record);
  const kept = { id: space, ring, name, kube };
  // Whoever only follows has no posting keys: a link beside some was put there by somebody else.
  const isMember = ring.memberships().some(({ posting }) => posting !== undefined);
  return link === undefined || isMember ? kept : { ...kept, link };
}

/**
 * Who was in a space no more, and has kept it, is let in again: with the keys of now it goes on. Nothing for a space
 * that is not here. @throws StoreError.
 */
export async function regainSpace(
  engine: Pick<Engine, 'place' | 'reopen'>,
  { id, ring }: Pick<KeptSpace, 'id' | 'ring'>,
): Promise<void> {
  const place = engine.place(id);
  if (place === undefined) return;
  for (const secret of ring.all()) place.ring.add(secret);
  await engine.reopen(id, () => Promise.resolve());
}
