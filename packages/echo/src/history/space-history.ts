/** The open space as history sees it. */
import { fromHex, type BlockHash } from '@atoll/kernel';
import type { BlockApplier } from '../space/block-applier.ts';
import { SpaceChains } from '../space/space-chains.ts';
import { BLOCK_HAS_DATA } from '../space/space-index.ts';
import type { SpacePorts } from '../space/space-ports.ts';
import type { Space } from '../space/space.ts';
import { History } from './history.ts';
import { KeptBase } from './kept-base.ts';

/** History of an open space. */
export function historyOf(
  space: Space,
  applier: BlockApplier,
  { clock, store }: Pick<SpacePorts, 'clock' | 'store'>,
): History {
  const { authority, database, index } = space;
  const { branches } = index;
  const kept = new KeptBase({
    index,
    epochs: space.epochs,
    contextOf: (block) => applier.contextOf(block),
    droppedAtMs: async (epoch) => {
      const { droppedAtMs } = await import('../epoch/drop-history.ts');
      return droppedAtMs({ space: space.id, store }, epoch);
    },
  });
  return new History({
    database,
    causality: {
      isInPast: (a, b) => a !== b && index.causal.isInPast(a, b),
      chains: new SpaceChains(branches),
    },
    blockCount: () => branches.blockCount,
    causesOf: (block) => {
      const prev = branches.prevOf(block);
      const { deps } = index.kept(block);
      return prev === undefined ? deps : [prev, ...deps];
    },
    timeMsOf: (block) => index.timeMsOf(block),
    hashOf: (block) => branches.hashOf(block),
    blockOf: (hash) =>
      fromHex(hash)?.length === 32 ? branches.blockOf(hash as BlockHash) : undefined,
    compare: (a, b) => index.compare(a, b),
    wasMember: (identity) => authority.credentials.wasGiven(identity),
    wasLetIn: (identity) => authority.credentials.wasNamed(identity),
    hasData: (block) => (index.flagsOf(block) & BLOCK_HAS_DATA) !== 0,
    contextOf: (block) => applier.contextOf(block),
    deviceOf: (block) => authority.authorOf(block)?.device,
    base: () => kept.find(),
    isHere: async (block) => (await store.get(space.id, branches.hashOf(block))) !== undefined,
    read: (blocks) => space.readBlocks(blocks),
    flush: () => space.flush(),
    turn: () => clock.sleep(0, new AbortController().signal),
    nowMs: () => clock.nowMs(),
  });
}
