/**
 * Why somebody has not, or not any more, what he was once given: what whoever makes keys has to know in order not to
 * seal to him. See docs/decisions/0151.
 */
import type { IdentityId } from '@atoll/kernel';
import type { CausalOrder } from '../causal-presence.ts';
import { compareRank } from '../rank.ts';
import type { Admissions } from './admissions.ts';
import type { HeldCredential, RevocationAct, StatedAct } from './acts.ts';
import type { CredentialsInForce } from './credentials-in-force.ts';

/** Something that ends a right: a block, the seal of an epoch, or that devices of somebody were stopped. */
export type Reason =
  | { readonly is: 'block'; readonly block: number }
  | { readonly is: 'epoch'; readonly epoch: number }
  | { readonly is: 'devices'; readonly of: IdentityId };

/** A right that is lost: whoever knows one of these reasons knows that. */
export type Loss = readonly Reason[];

/** What this asks of the tree. */
export interface LossParts {
  readonly order: CausalOrder;
  readonly held: CredentialsInForce;
  readonly admissions: Admissions;
  isMute(act: StatedAct): boolean;
}

/** Losses of the rights of one subject that are not in force. */
export function lossesOf(parts: LossParts, all: readonly HeldCredential[]): readonly Loss[] {
  return all.flatMap((held) =>
    parts.held.judge(held, undefined).counts ? [] : lossOf(parts, held),
  );
}

function lossOf(parts: LossParts, held: HeldCredential): readonly Loss[] {
  const surplus = whySurplus(parts, held);
  if (surplus !== undefined) return surplus;
  const why = firstOf(parts.order, reasonsAgainst(parts, [{ held, block: undefined }]));
  const losses = why.length === 0 ? premiseLosses(parts, held) : [why];
  return [...losses, ...(held.enders?.first ?? []).flatMap((ender) => untaken(parts, ender))];
}

/** Let in by an invitation that had let in as many as it may: whoever knows all of these blocks knows it. */
function whySurplus(
  { admissions, held: credentials }: LossParts,
  held: HeldCredential,
): readonly Loss[] | undefined {
  const { act } = held;
  if (act?.admission === undefined || act.counts) return undefined;
  const isRightful = act.chain.every((one) => credentials.judge(one, act.place.block).counts);
  if (!isRightful) return undefined;
  const places = [held, ...admissions.ahead(held)].flatMap((one) => one.act?.place.block ?? []);
  return places.map((block) => [{ is: 'block', block }]);
}

/** He has it only while somebody else has something: all of what would do is lost. */
function premiseLosses(parts: LossParts, held: HeldCredential): readonly Loss[] {
  // What a premise is has none itself, so this goes no deeper.
  return parts.held.premisesOf(held).flatMap((other) => {
    const why = reasonsAgainst(parts, [{ held: other, block: undefined }]);
    return why.length === 0 ? [] : [firstOf(parts.order, why)];
  });
}

/** Where somebody took a removal back who could not: others may have believed him until they knew why. */
function untaken(parts: LossParts, { rank, withdrawals }: RevocationAct): readonly Loss[] {
  return withdrawals.flatMap((act) => {
    if (act.counts || compareRank(act.rank, rank) > 0) return [];
    const { block } = act.place;
    const why = reasonsAgainst(
      parts,
      act.chain.map((held) => ({ held, block })),
    );
    if (parts.isMute(act)) why.push({ is: 'devices', of: act.place.author });
    return why.length === 0 ? [] : [firstOf(parts.order, why)];
  });
}

/** What ends these rights, or those by which they were given, where they were exercised. */
function reasonsAgainst(
  parts: LossParts,
  due: { readonly held: HeldCredential; readonly block: number | undefined }[],
): Reason[] {
  const reasons: Reason[] = [];
  const seen = new Set<HeldCredential>();
  for (let next = due.pop(); next !== undefined; next = due.pop()) {
    const { block, held } = next;
    if (seen.has(held)) continue;
    seen.add(held);
    for (const { place } of parts.held.endersOf(held, block)) {
      reasons.push({ is: 'block', block: place.block });
    }
    const { act } = held;
    const epoch = act?.until;
    if (epoch !== undefined && parts.held.hasEnded(held, block))
      reasons.push({ is: 'epoch', epoch });
    if (act?.counts !== false) continue;
    if (parts.isMute(act)) reasons.push({ is: 'devices', of: act.place.author });
    for (const above of act.chain) due.push({ held: above, block: act.place.block });
  }
  return reasons;
}

/** Of several, those that nobody can know without another one. */
function firstOf(order: CausalOrder, reasons: readonly Reason[]): Loss {
  const first: Reason[] = [];
  for (const reason of reasons) {
    if (first.some((known) => follows(order, reason, known))) continue;
    const kept = first.filter((known) => !follows(order, known, reason));
    first.splice(0, first.length, ...kept, reason);
  }
  return first;
}

/** True if whoever knows `later` knows `earlier`. */
function follows(order: CausalOrder, later: Reason, earlier: Reason): boolean {
  if (later.is === 'block' && earlier.is === 'block') {
    return later.block === earlier.block || order.isInPast(earlier.block, later.block);
  }
  if (later.is === 'epoch' && earlier.is === 'epoch') return later.epoch >= earlier.epoch;
  return later.is === 'devices' && earlier.is === 'devices' && later.of === earlier.of;
}

/** What several have lost. */
export class LossList {
  readonly #order: CausalOrder;
  readonly #all: readonly Loss[];
  #last: readonly Loss[] | undefined;

  constructor(order: CausalOrder, all: readonly Loss[]) {
    this.#order = order;
    this.#all = all;
  }

  /**
   * Those that say everything which all of them do: one is left out where whoever knows another one knows it. So
   * after a thousand removals, each of which knew of the others, one is left.
   */
  get last(): readonly Loss[] {
    this.#last ??= lastOf(this.#order, this.#all);
    return this.#last;
  }

  /** The same without what a block itself brings about: its content is from before that. */
  before(block: number): readonly Loss[] {
    if (!this.last.some((loss) => isBy(loss, block))) return this.last;
    return lastOf(
      this.#order,
      this.#all.filter((loss) => !isBy(loss, block)),
    );
  }
}

/** True if a right is lost by a block, as whoever wrote it knew. */
export function isBy(loss: Loss, block: number): boolean {
  return loss.some((reason) => reason.is === 'block' && reason.block === block);
}

function lastOf(order: CausalOrder, losses: readonly Loss[]): readonly Loss[] {
  const last: Loss[] = [];
  // What came last mostly follows all the others.
  for (const loss of [...losses].sort((a, b) => newestIn(b) - newestIn(a))) {
    if (!last.some((known) => tells(order, known, loss))) last.push(loss);
  }
  return last;
}

function tells(order: CausalOrder, known: Loss, loss: Loss): boolean {
  return known.every((later) => loss.some((earlier) => follows(order, later, earlier)));
}

function newestIn(loss: Loss): number {
  return Math.max(-1, ...loss.map((reason) => (reason.is === 'block' ? reason.block : -1)));
}
