/** Messages between the simulated tabs of one machine: delayed, and if wanted lost, doubled, reordered. */
import type { Bus, BusMembership } from '@atoll/kernel';
import type { SimRng } from './sim-rng.ts';
import type { World } from './world.ts';

/** How bad a bus is. Messages with different delays overtake each other. */
export interface BusQuality {
  readonly delayMs: readonly [number, number];
  readonly lossRate: number;
  readonly duplicateRate: number;
}

/** A bus that delivers everything once. */
export const GOOD_BUS: BusQuality = { delayMs: [0, 2], lossRate: 0, duplicateRate: 0 };

interface Member {
  readonly bus: string;
  readonly receive: (message: Uint8Array<ArrayBuffer>) => void;
}

/** {@link Bus} of one machine; all its tabs share the object. */
export class SimBus implements Bus {
  /** May be changed at any time. */
  quality: BusQuality;
  readonly #world: World;
  readonly #rng: SimRng;
  readonly #members: Set<Member> = new Set();

  constructor(world: World, quality: BusQuality = GOOD_BUS) {
    this.#world = world;
    this.#rng = world.rng.fork();
    this.quality = quality;
  }

  join(name: string, receive: (message: Uint8Array<ArrayBuffer>) => void): BusMembership {
    const member: Member = { bus: name, receive };
    this.#members.add(member);
    return {
      post: (message) => {
        if (this.#members.has(member)) this.#post(member, message);
      },
      [Symbol.dispose]: () => void this.#members.delete(member),
    };
  }

  #post(sender: Member, message: Uint8Array): void {
    for (const member of this.#members) {
      if (member === sender || member.bus !== sender.bus) continue;
      const copies = this.#rng.chance(this.quality.duplicateRate) ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) {
        if (!this.#rng.chance(this.quality.lossRate)) this.#deliver(member, message);
      }
    }
  }

  #deliver(member: Member, message: Uint8Array): void {
    const copy = new Uint8Array(message);
    const [least, greatest] = this.quality.delayMs;
    this.#world.schedule(least + this.#rng.float() * (greatest - least), () => {
      if (this.#members.has(member)) member.receive(copy);
    });
  }
}
