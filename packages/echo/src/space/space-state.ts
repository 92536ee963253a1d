/** What the blocks of a space fold to: their order, keys that open them, rights, and rows. */
import { SpaceAuthority, type KeyRing } from '@atoll/halo';
import type { AeadPlatform, SpaceId } from '@atoll/kernel';
import type { TransactionSink } from '../block-context.ts';
import { Database } from '../database.ts';
import { SpaceChains } from './space-chains.ts';
import type { SpaceIndex } from './space-index.ts';
import { SpaceKeys } from './space-keys.ts';

/** The state of one space. */
export interface SpaceState {
  readonly keys: SpaceKeys;
  readonly authority: SpaceAuthority;
  readonly database: Database;
}

/** An empty state over an order of blocks. `sink`: where own transactions go. */
export function spaceState(of: {
  readonly space: SpaceId;
  readonly ring: KeyRing;
  readonly aead: AeadPlatform | undefined;
  readonly index: SpaceIndex;
  readonly sink: TransactionSink;
  readonly tableSeed: number;
}): SpaceState {
  const { space, ring, aead, index, sink, tableSeed } = of;
  const order = {
    isInPast: (a: number, b: number): boolean => a !== b && index.causal.isInPast(a, b),
  };
  const authority = new SpaceAuthority(space, {
    ...order,
    blockOf: (hash) => index.branches.blockOf(hash),
  });
  return {
    keys: new SpaceKeys(space, ring, aead),
    authority,
    database: new Database({
      causality: { ...order, chains: new SpaceChains(index.branches) },
      sink,
      scheduler: { soon: (task) => void Promise.resolve().then(task) },
      tableSeed,
      space,
      keepsPlaces: true,
      isOpenZone: (zone) => authority.credentials.zones.isOpen(zone),
    }),
  };
}
