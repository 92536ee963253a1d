/** A database whose blocks go into a list: the objects' own cost, without sealing, signing and storing. */
import { hash } from '@atoll/crypto';
import { Database, type BlockContext } from '@atoll/echo';
import type { IdentityId } from '@atoll/kernel';

/** A block as it would be opened from its seal. */
export interface OpenedBlock {
  readonly context: BlockContext;
  readonly section: Uint8Array;
}

/** One writer, or one reader of another one's blocks. */
export class BenchReplica {
  readonly db: Database;
  readonly blocks: OpenedBlock[] = [];
  readonly #feed: Uint8Array;
  readonly #tasks: (() => void)[] = [];
  #next = 0;

  constructor(name: number) {
    this.#feed = hash('bench-feed', Uint8Array.of(name));
    this.db = new Database({
      // One chain: what came before is in the past.
      causality: { isInPast: (a, b) => a < b },
      scheduler: { soon: (task) => this.#tasks.push(task) },
      sink: {
        open: () => this.#open(),
        seal: (block, section) => this.#seal(block, section),
      },
      tableSeed: 1,
    });
  }

  /** Ends the tick. */
  tick(): void {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) task();
  }

  /** Applies a block of another replica. */
  receive(block: OpenedBlock): void {
    const no = this.#next++;
    this.db.applySection({ ...block.context, no }, block.section, false);
  }

  #open(): BlockContext {
    const seq = this.#next++;
    const number = Uint8Array.of(seq & 255, (seq >> 8) & 255, (seq >> 16) & 255);
    return {
      no: seq,
      branch: 0,
      feed: this.#feed,
      seq,
      lamport: seq + 1,
      nonce: hash('bench-nonce', number).subarray(0, 16),
      timeMs: seq,
      author: 'bench' as IdentityId,
    };
  }

  #seal(context: BlockContext, section: Uint8Array): Uint8Array {
    const name = hash('bench-block', section.subarray(0, 64), context.nonce);
    this.blocks.push({ context: { ...context, hash: name }, section });
    return name;
  }
}
