/**
 * Who has the root of a space, one after the other. It is handed over by a grant that is marked so; the first epoch
 * that is sealed above settles it, for good: of several such grants that one epoch settles, the one that was said
 * first counts. From then on whoever has it now is senior to whoever had it, who keeps what he had until that is
 * taken from him. Follows from the blocks and the sealed epochs alone: what takes rights away has no say in it. See
 * docs/decisions/0167.
 */
import type { CredentialId } from '@atoll/kernel';
import { compareRank } from '../rank.ts';
import { COUNTS, voidFor, type Verdict } from '../verdict.ts';
import type { HeldCredential } from './acts.ts';
import type { AccessBlocks } from './credentials-in-force.ts';

/** Who has it, and since when. */
export interface Holder {
  readonly held: HeldCredential;
  /** Block under which it is settled; absent for the first. */
  readonly anchor: number | undefined;
}

/** True for the root's credential, and for one that it was handed over by. */
export function isRoot({ act }: HeldCredential): boolean {
  return act === undefined || act.isHandover;
}

/** See above. */
export class RootLine {
  readonly #blocks: AccessBlocks;
  readonly #said: HeldCredential[] = [];
  #holders: readonly Holder[] = [];

  constructor(blocks: AccessBlocks) {
    this.#blocks = blocks;
  }

  /** Takes the root's credential, or a handover. */
  enter(held: HeldCredential): void {
    if (held.act === undefined) this.#holders = [{ held, anchor: undefined }];
    else this.#said.push(held);
  }

  /** An epoch is sealed; `anchors`: of all, the earlier ones first. Those whose rights are others than before. */
  settle(anchors: readonly number[]): readonly HeldCredential[] {
    const before = this.#holders;
    const [first] = before;
    if (first === undefined) return [];
    const holders: Holder[] = [first];
    for (const anchor of anchors) {
      const now = holders.at(-1) as Holder;
      const held = this.#settledBy(anchor, now);
      if (held !== undefined) holders.push({ held, anchor });
    }
    const isSame = ({ anchor, held }: Holder, at: number): boolean =>
      before[at]?.held === held && before[at].anchor === anchor;
    if (holders.length === before.length && holders.every(isSame)) return [];
    this.#holders = holders;
    return [...before, ...holders].map(({ held }) => held);
  }

  /** Whether one of these credentials is in force in a block, or from now on. */
  judge(held: HeldCredential, block: number | undefined): Verdict {
    const found = this.#holders.find((one) => one.held === held);
    const isSettled = found !== undefined && this.#isAbove(found.anchor, block);
    return isSettled ? COUNTS : voidFor('handover-not-settled');
  }

  /** Who has it; `undefined` before anything is known. */
  get now(): Holder | undefined {
    return this.#holders.at(-1);
  }

  /** Who is to have it, once an epoch settles that. */
  get next(): HeldCredential | undefined {
    const { now } = this;
    return now === undefined ? undefined : this.pendingFrom(now.held.id);
  }

  /** Handed over by this one, and not settled yet: what is done from now on might be too late. */
  pendingFrom(id: CredentialId): HeldCredential | undefined {
    return this.#said.find((one) => {
      const block = one.act?.place.block;
      if (one.act?.chain[0]?.id !== id || block === undefined) return false;
      if (this.#holders.some(({ held }) => held === one)) return false;
      return this.#blocks.authors?.isMute(block) !== true;
    });
  }

  /** True for a block that knows what is settled under an anchor. */
  #isAbove(anchor: number | undefined, block: number | undefined): boolean {
    return anchor === undefined || block === undefined || this.#isUpTo(anchor, block);
  }

  #settledBy(anchor: number, now: Holder): HeldCredential | undefined {
    const known = this.#said.filter(({ act }) => {
      if (act?.chain[0]?.id !== now.held.id || !this.#isUpTo(act.place.block, anchor)) return false;
      if (!this.#isAbove(now.anchor, act.place.block)) return false;
      // A device that was stopped hands nothing over; one that is stopped later has done so.
      return this.#blocks.authors?.isMute(act.place.block, anchor) !== true;
    });
    return known.sort((a, b) => compareRank(stepOf(a), stepOf(b)))[0];
  }

  #isUpTo(earlier: number, later: number): boolean {
    return earlier === later || this.#blocks.isInPast(earlier, later);
  }
}

function stepOf({ act }: HeldCredential): Parameters<typeof compareRank>[0] {
  return act === undefined ? [] : [act.place.step];
}
