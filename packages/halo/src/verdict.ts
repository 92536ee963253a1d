/** Why a statement or a section counts, or does not. Codes only grow; front ends turn them into words. */

/** Reasons for which something is void: kept and passed on, but without effect. */
export type VoidCode =
  | 'kind-unknown' // A statement of a later version.
  | 'signature-wrong' // A signature that the statement must carry is not right.
  | 'other-space' // The statement was made for another space.
  | 'genesis-wrong' // A space genesis that does not hash to this space's id.
  | 'author-unknown' // No admitted device stands behind the block's feed.
  | 'feed-wrong' // A feed admission in a block of another feed.
  | 'feed-not-first' // A feed admission that is not in the first block of its feed.
  | 'feed-genesis-wrong' // The feed did not begin in this space, or not with this incarnation.
  | 'feed-admitted-already' // A second admission in the same block.
  | 'identity-not-in-past' // The identity's genesis was not in the block's past.
  | 'entry-not-in-past' // The identity-log entry that an admission follows was not in its past.
  | 'admitting-key-wrong' // The admitting key is neither the recovery key nor a device in its past.
  | 'device-not-in-past' // The device's admission was not in the block's past.
  | 'device-itself' // A device that suspends itself.
  | 'device-stopped' // The device was suspended or revoked, and this lies outside of the cut.
  | 'link-says-nothing' // In the name of a public link's reader, which reads and says nothing.
  | 'recovery-key-wrong' // Words that were never those of the identity.
  | 'credential-not-in-past' // The credential cited was not in the block's past.
  | 'credential-not-held' // The credential cited belongs to somebody else than the block's author.
  | 'handover-not-settled' // No epoch has settled it that the root is handed over, or another one was.
  | 'level-too-low' // The credential cited does not allow this.
  | 'issuer-wrong' // A grant in a block of another device than the one that signed it.
  | 'right-exceeded' // A grant of more than its issuer may give.
  | 'anyone-reads-only' // A grant of more than reading to everybody.
  | 'granted-already' // A second grant of the same name.
  | 'credential-void' // The credential cited was given by somebody who might not.
  | 'credential-revoked' // The credential cited was revoked, and this lies outside of the cut.
  | 'credential-ended' // The credential cited ended with an epoch, and this does not lie under it.
  | 'invitation-unknown' // A grant by an invitation that its block did not know.
  | 'invitation-exceeded' // A grant of more than its invitation offers.
  | 'invitation-used-up' // More were let in by the invitation than it lets in, and others are senior.
  | 'premise-missing' // Nobody has what the credential cited depends on.
  | 'chain-too-long' // More grants from the root to this one than a replica follows.
  | 'zone-unsupported' // A zone that the block does not know.
  | 'zone-closed' // A right that does not come from the zone, or is of a zone, where it does not reach.
  | 'previous-not-in-past' // A rotation follows a generation that its block did not know.
  | 'readers-differ' // A rotation for other readers than those of its past.
  | 'generation-not-in-past' // Content under keys of which the block's past knows nothing.
  | 'generation-stale'; // Content under keys that somebody holds whose removal the block knew of.

/** A decision against. */
export interface Refusal {
  readonly counts: false;
  readonly why: VoidCode;
}

/** A decision. */
export type Verdict = { readonly counts: true } | Refusal;

/** The decision in favour. */
export const COUNTS: Verdict = { counts: true };

/** A decision against, with its reason. */
export function voidFor(why: VoidCode): Refusal {
  return { counts: false, why };
}
