/**
 * When ops become a block: the first change opens a transaction, the end of the tick or of an explicit
 * call seals it. Ops are applied to memory at once.
 */
import type { BlockContext, Scheduler, TransactionSink } from './block-context.ts';
import { EchoError } from './echo-error.ts';
import type { Fold } from './fold.ts';
import { OpenTransaction } from './open-transaction.ts';
import { SECTION_BYTES_MAX, SECTION_OPS_MAX, type Op } from './ops.ts';

/** What fits beside the ops: dictionaries that one more op may add to. */
const RESERVE_BYTES = 4096;
/** Ops of one transaction; the rest of a section is kept for taking them back when it fails. */
const WRITTEN_BYTES_MAX: number = SECTION_BYTES_MAX - 192 * 1024;

/** The transactions of one database, one at a time. */
export class Transactions {
  readonly #fold: Fold;
  readonly #sink: TransactionSink;
  readonly #scheduler: Scheduler;
  readonly #beforeSeal: (open: OpenTransaction) => void;
  readonly #afterSeal: (block: BlockContext) => void;
  #open: OpenTransaction | undefined;
  #explicit = false;
  #scheduled = false;
  #bytesMax: number = WRITTEN_BYTES_MAX;

  constructor(input: {
    readonly fold: Fold;
    readonly sink: TransactionSink;
    readonly scheduler: Scheduler;
    /** Adds ops that are merged until the end. */
    readonly beforeSeal: (open: OpenTransaction) => void;
    readonly afterSeal: (block: BlockContext) => void;
  }) {
    this.#fold = input.fold;
    this.#sink = input.sink;
    this.#scheduler = input.scheduler;
    this.#beforeSeal = input.beforeSeal;
    this.#afterSeal = input.afterSeal;
  }

  /** The open transaction, if any. */
  get current(): OpenTransaction | undefined {
    return this.#open;
  }

  /**
   * The open transaction with room for so many bytes; opened, or sealed and opened anew, as needed.
   * @throws EchoError `ECHO_TRANSACTION_TOO_LARGE`, `ECHO_READ_ONLY`.
   */
  withRoom(bytes: number): OpenTransaction {
    const needed = bytes + RESERVE_BYTES;
    if (needed > this.#bytesMax) throw tooLarge();
    const open = this.#open;
    if (open !== undefined) {
      const fits =
        open.sizeBytes + needed <= this.#bytesMax && open.builder.ops < SECTION_OPS_MAX - 64;
      if (fits) return open;
      if (this.#explicit) throw tooLarge();
      this.commit();
    }
    const next = new OpenTransaction(this.#fold, this.#sink.open());
    this.#open = next;
    if (!this.#explicit) this.#schedule();
    return next;
  }

  /** Writes an op on an object and applies it. `make` gets the transaction for its numbers. */
  write(
    bytes: number,
    make: (open: OpenTransaction) => ObjectOp,
  ): { open: OpenTransaction; at: number } {
    const open = this.withRoom(bytes);
    const op = make(open);
    const at = open.builder.add(op);
    this.#fold.apply(op, open.scope, at);
    return { open, at };
  }

  /** Seals the open transaction. */
  commit(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#beforeSeal(open);
    this.#open = undefined;
    const hash = this.#sink.seal(open.block, open.builder.finish());
    this.#fold.blocks.seal(open.block.no, hash);
    this.#afterSeal(this.#fold.blocks.get(open.block.no));
  }

  /**
   * Runs `change` as one block of its own. When it throws, `takeBack` writes the inverse of what it has
   * done into the same block. Nested calls join the outer one.
   */
  run<T>(change: () => T, takeBack: () => void): T {
    if (this.#explicit) return change();
    this.commit();
    this.#explicit = true;
    try {
      return change();
    } catch (failure) {
      this.#bytesMax = SECTION_BYTES_MAX;
      takeBack();
      throw failure;
    } finally {
      this.#bytesMax = WRITTEN_BYTES_MAX;
      this.#explicit = false;
      this.commit();
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#scheduler.soon(() => {
      this.#scheduled = false;
      if (!this.#explicit) this.commit();
    });
  }
}

/** An op on an object that exists. */
export type ObjectOp = Exclude<Op, { readonly kind: 'create' | 'type' }>;

function tooLarge(): EchoError {
  return new EchoError(
    'ECHO_TRANSACTION_TOO_LARGE',
    `one transaction has more than ${WRITTEN_BYTES_MAX} bytes`,
  );
}
