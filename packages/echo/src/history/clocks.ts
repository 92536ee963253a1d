/**
 * Whose clock was off: a block that claims an earlier time than one of its causes shows that one of the two
 * clocks is wrong. The one that disagrees with more others is taken for it; between two alone, the later.
 */
import type { HistoryHost } from './history-host.ts';

/** Clocks that agree to within this are taken for right, milliseconds: two minutes. */
const TOLERANCE_MS = 120_000;

/** Contradictions between clocks in one space, found once for each block. */
export class Clocks {
  readonly #host: HistoryHost;
  /** Blocks on the other side of a contradiction, by block: effects of causes and causes of effects. */
  readonly #against = new Map<number, number[]>();
  readonly #effects = new Set<number>();
  readonly #opponents = new Map<string, Set<string>>();
  #seen = 0;

  constructor(host: HistoryHost) {
    this.#host = host;
  }

  /** True if the clock of the device that wrote the block seems to have been off then. */
  wasOff(block: number): boolean {
    this.#look();
    const own = this.#name(block);
    const others = this.#against.get(block) ?? [];
    return others.some((other) => {
      const rival = this.#name(other);
      if (own === rival) return this.#effects.has(block);
      const more = this.#opponentsOf(own) - this.#opponentsOf(rival);
      return more === 0 ? this.#host.compare(block, other) > 0 : more > 0;
    });
  }

  #look(): void {
    const count = this.#host.blockCount();
    for (; this.#seen < count; this.#seen++) {
      const timeMs = this.#host.timeMsOf(this.#seen);
      for (const cause of this.#host.causesOf(this.#seen)) {
        if (this.#host.timeMsOf(cause) > timeMs + TOLERANCE_MS) this.#note(cause, this.#seen);
      }
    }
  }

  #note(cause: number, effect: number): void {
    this.#effects.add(effect);
    this.#pair(cause, effect);
    this.#pair(effect, cause);
  }

  #pair(block: number, other: number): void {
    const known = this.#against.get(block);
    if (known === undefined) this.#against.set(block, [other]);
    else known.push(other);
    const name = this.#name(block);
    const opponents = this.#opponents.get(name) ?? new Set();
    this.#opponents.set(name, opponents.add(this.#name(other)));
  }

  #opponentsOf(name: string): number {
    return this.#opponents.get(name)?.size ?? 0;
  }

  #name(block: number): string {
    return this.#host.deviceOf(block) ?? String(this.#host.contextOf(block).branch);
  }
}
