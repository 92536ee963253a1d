/**
 * Who was let in by an invitation that lets in so many. Their order is that of seniority, so it is the same for
 * everybody, whoever heard of whom first: the senior ones count, and the others are surplus.
 */
import { compareRank } from '../rank.ts';
import type { Act, HeldCredential } from './acts.ts';

const NOBODY: readonly Act[] = [];

/** See above. */
export class Admissions {
  readonly #byInvitation = new Map<string, HeldCredential[]>();

  /** Takes a credential that was given by an invitation. */
  enter(held: HeldCredential): void {
    const invitation = held.act?.admission?.invitation;
    if (invitation === undefined) return;
    const all = this.#byInvitation.get(invitation);
    if (all === undefined) this.#byInvitation.set(invitation, [held]);
    else all.push(held);
  }

  /** True if fewer were let in before than the invitation lets in. One who is let in twice takes one place. */
  hasPlace(held: HeldCredential): boolean {
    const admission = held.act?.admission;
    if (admission === undefined) return true;
    const before = new Set(this.ahead(held).map(({ subject }) => subject));
    return before.has(held.subject) || before.size < admission.uses;
  }

  /** Those by the same invitation that count and are senior. */
  ahead(held: HeldCredential): readonly HeldCredential[] {
    return this.#others(held).filter(
      (other) => other.act?.counts === true && compareRank(other.rank, held.rank) < 0,
    );
  }

  /** What depends on whether this one counts. */
  behind(held: HeldCredential): readonly Act[] {
    if (held.act?.admission === undefined) return NOBODY;
    const junior = this.#others(held).filter(({ rank }) => compareRank(rank, held.rank) > 0);
    return junior.flatMap(({ act }) => act ?? []);
  }

  /** Those that count. */
  counted(invitation: string): readonly HeldCredential[] {
    return (this.#byInvitation.get(invitation) ?? []).filter(({ act }) => act?.counts === true);
  }

  #others(held: HeldCredential): readonly HeldCredential[] {
    return this.#byInvitation.get(held.act?.admission?.invitation ?? '') ?? [];
  }
}
