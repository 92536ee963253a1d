/**
 * Of the revocations that end a right, those that know of no other one. Kept up to date, so that one more removal of
 * somebody who was removed already changes nothing, and costs the same as the one before.
 */
import type { CausalOrder } from '../causal-presence.ts';
import type { HeldCredential, RevocationAct } from './acts.ts';

/** A revocation works otherwise than before. */
export function noteEffect(order: CausalOrder, act: RevocationAct): void {
  for (const held of act.ends) noteEnder(order, held, act);
}

/** The same for one of the rights that it ends. */
export function noteEnder(
  order: CausalOrder,
  { enders }: HeldCredential,
  act: RevocationAct,
): void {
  const counts = act.effect !== 'none';
  if (enders === undefined || enders.first.includes(act) === counts) return;
  const { all, first } = enders;
  if (!counts) first.length = 0;
  for (const ender of counts ? [act] : all) addFirst(order, first, ender);
}

function addFirst(order: CausalOrder, first: RevocationAct[], act: RevocationAct): void {
  const isUpTo = (a: RevocationAct, b: RevocationAct): boolean =>
    a.place.block === b.place.block || order.isInPast(a.place.block, b.place.block);
  if (act.effect === 'none' || first.some((known) => isUpTo(known, act))) return;
  const kept = first.filter((known) => !isUpTo(act, known));
  first.splice(0, first.length, ...kept, act);
}
