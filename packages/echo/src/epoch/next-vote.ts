/**
 * What a voter does next: a pure function of the vote as its replica knows it. Safety does not depend on
 * it; every replica judges what it leads to. Clocks come in only as `isLate`.
 */
import type { EpochId, EpochTerms } from '@atoll/halo';
import type { DeviceKey } from '@atoll/kernel';
import type { CountedProposal, EpochInstance } from './epoch-instance.ts';

/** What a voter knows besides the vote. */
export interface VoterView {
  readonly vote: EpochInstance;
  readonly device: DeviceKey;
  /** It would like an epoch now. */
  readonly wants: boolean;
  /** Nothing has moved for so long that it may begin a ballot of its own. */
  readonly isLate: boolean;
  /** Epochs that it has recomputed and found otherwise. */
  readonly refused: ReadonlySet<EpochId>;
}

/** A step of a voter. */
export type VoteStep =
  | { readonly does: 'nothing' }
  | { readonly does: 'promise'; readonly ballot: number }
  /** Without terms, those of its own choice. */
  | { readonly does: 'propose'; readonly ballot: number; readonly terms: EpochTerms | undefined }
  | { readonly does: 'acknowledge'; readonly proposal: CountedProposal };

const NOTHING: VoteStep = { does: 'nothing' };

/** The next step. A voter writes it, and asks again. */
export function nextVote(view: VoterView): VoteStep {
  const { vote, device } = view;
  if (vote.sealed !== undefined) return NOTHING;
  if (!vote.base.voters.some((voter) => voter.device === device)) return NOTHING;
  return acknowledgement(view) ?? proposal(view) ?? promise(view) ?? NOTHING;
}

function acknowledgement({ vote, device, refused }: VoterView): VoteStep | undefined {
  let best: CountedProposal | undefined;
  for (const one of vote.proposals) {
    if (refused.has(one.epoch) || !vote.mayAcknowledge(device, one.ballot)) continue;
    if (best === undefined || one.ballot > best.ballot) best = one;
  }
  return best === undefined ? undefined : { does: 'acknowledge', proposal: best };
}

function proposal({ vote, device, wants }: VoterView): VoteStep | undefined {
  const ballot = Math.max(0, vote.greatestBallot);
  if (vote.ownerOf(ballot) !== device) return undefined;
  if (vote.proposals.some((one) => one.ballot === ballot)) return undefined;
  if (ballot === 0) return wants ? { does: 'propose', ballot, terms: undefined } : undefined;
  const open = vote.leftOpen(ballot);
  if (open.at === 'wait') return undefined;
  if (open.at === 'any') {
    return wants ? { does: 'propose', ballot, terms: undefined } : undefined;
  }
  const terms = vote.proposals.find(({ epoch }) => epoch === open.epoch)?.terms;
  return terms === undefined ? undefined : { does: 'propose', ballot, terms };
}

function promise(view: VoterView): VoteStep | undefined {
  const { vote, device, wants, isLate } = view;
  const ballot = vote.greatestBallot;
  const owner = vote.ownerOf(ballot);
  const isOpened = ballot > 0 && owner !== undefined && vote.promisedBy(ballot).has(owner);
  if (isOpened && vote.floorOf(device) < ballot) return { does: 'promise', ballot };
  // An abandoned vote is somebody's wish too: whoever is late first takes it over.
  if (!isLate || (!wants && ballot < 0)) return undefined;
  const next = nextOwn(vote, device);
  return next === undefined ? undefined : { does: 'promise', ballot: next };
}

/** The least ballot of a device above all that were named. */
function nextOwn(vote: EpochInstance, device: DeviceKey): number | undefined {
  const first = Math.max(1, vote.greatestBallot + 1);
  for (let ballot = first; ballot < first + vote.base.voters.length; ballot++) {
    if (vote.ownerOf(ballot) === device) return ballot;
  }
  return undefined;
}
