/** The epochs of a space as its rows see them: what each one's frontier covers, and what it collects. */
import type { EpochTerms } from '@atoll/halo';
import type { BlockHash } from '@atoll/kernel';
import { remembered, type CollectionStage, type Listed } from '../collection/stage.ts';
import type { SpaceIndex } from '../space/space-index.ts';
import { Frontier } from './frontier.ts';

/** What of an epoch decides on its stage. */
export type StageTerms = Pick<EpochTerms, 'anchor' | 'number' | 'collects'>;

/**
 * The stage of an epoch in the numbers of an index. `lineage`: the epochs before it, the oldest first, the
 * last one the one that it follows.
 */
export function stageOf(
  index: SpaceIndex,
  terms: StageTerms,
  lineage: readonly EpochTerms[],
): CollectionStage {
  const listedIn = terms.collects ? lineage.at(-1)?.listedIn : undefined;
  const list = listedIn === undefined ? undefined : underOf(index, anchorOf(lineage, listedIn));
  const objects =
    listedIn === undefined ? undefined : underOf(index, anchorOf(lineage, listedIn - 1));
  return {
    number: terms.number,
    isUnder: underOf(index, terms.anchor),
    hasParted: partedOf(index, terms.anchor),
    hasListed: list,
    hasListedObjects: objects,
  };
}

/**
 * Whether a block is under the frontier at which the list that stands after an epoch was made; `undefined`
 * without a list.
 */
export function listedBy(index: SpaceIndex, lineage: readonly EpochTerms[]): Listed | undefined {
  const listedIn = lineage.at(-1)?.listedIn ?? 0;
  if (listedIn === 0) return undefined;
  return {
    units: underOf(index, anchorOf(lineage, listedIn)),
    objects: underOf(index, anchorOf(lineage, listedIn - 1)),
  };
}

function anchorOf(lineage: readonly EpochTerms[], number: number): BlockHash | undefined {
  return lineage.findLast((terms) => terms.number === number)?.anchor;
}

function underOf(index: SpaceIndex, anchor: BlockHash | undefined): (block: number) => boolean {
  let frontier: Frontier | undefined;
  return remembered((block) => {
    frontier ??= anchor === undefined ? undefined : Frontier.at(index, anchor);
    return frontier?.has(block) ?? false;
  });
}

/** Asked of the frontier alone: what else is known of a feed's forks must not decide what a row keeps. */
function partedOf(index: SpaceIndex, anchor: BlockHash): (feed: string) => boolean {
  let parted: ReadonlySet<string> | undefined;
  return (feed) => {
    parted ??= Frontier.at(index, anchor)?.parted() ?? new Set();
    return parted.has(feed);
  };
}
