/** Budgets that refill with time, for one client or by address. Time comes from the caller. */

/** How much at once, and how much a second on average. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** One budget. It can be overdrawn, and then says how long to wait. */
export class Allowance {
  readonly #rate: Rate;
  #left: number;
  #atMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#left = rate.burst;
    this.#atMs = nowMs;
  }

  /** Takes `count` if as much is left. */
  take(nowMs: number, count = 1): boolean {
    if (this.#refill(nowMs) < count) return false;
    this.#left -= count;
    return true;
  }

  /** Takes `count` in any case; milliseconds until nothing is owed any more. */
  spend(nowMs: number, count: number): number {
    this.#refill(nowMs);
    this.#left -= count;
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left * 1000) / this.#rate.perSecond);
  }

  /** True when nothing is missing: forgetting it changes nothing. */
  isFull(nowMs: number): boolean {
    return this.#refill(nowMs) >= this.#rate.burst;
  }

  #refill(nowMs: number): number {
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    this.#left = Math.min(this.#rate.burst, this.#left + (passedMs / 1000) * this.#rate.perSecond);
    return this.#left;
  }
}

/** Addresses remembered; beyond that those whose budget is full are forgotten, then the oldest. */
const ADDRESSES_MAX = 65_536;

/** A budget for each address. */
export class AllowanceByAddress {
  readonly #rate: Rate;
  readonly #byAddress: Map<string, Allowance> = new Map();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes one from the address's budget. */
  take(address: string, nowMs: number): boolean {
    let allowance = this.#byAddress.get(address);
    if (allowance === undefined) {
      if (this.#byAddress.size >= ADDRESSES_MAX) this.#forget(nowMs);
      allowance = new Allowance(this.#rate, nowMs);
      this.#byAddress.set(address, allowance);
    }
    return allowance.take(nowMs);
  }

  #forget(nowMs: number): void {
    for (const [address, allowance] of this.#byAddress) {
      if (allowance.isFull(nowMs)) this.#byAddress.delete(address);
    }
    for (const address of this.#byAddress.keys()) {
      if (this.#byAddress.size < ADDRESSES_MAX) return;
      this.#byAddress.delete(address);
    }
  }
}
