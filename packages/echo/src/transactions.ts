/**
 * When ops become a block: the first change opens a transaction, the end of the tick or of an explicit
 * call seals it. Ops are applied to memory at once.
 */
import type { BlockContext, Scheduler, TransactionSink } from './block-context.ts';
import { EchoError } from './echo-error.ts';
import type { Value } from '@atoll/codec';
import type { ZoneId } from '@atoll/kernel';
import type { Leaf } from '@atoll/schema';
import type { Fold } from './fold.ts';
import { OpenTransaction } from './open-transaction.ts';
import { SECTION_BYTES_MAX, SECTION_OPS_MAX, type Op } from './ops.ts';
import type { OpTarget } from './rights/op-target.ts';
import { parentOf } from './rights/place-log.ts';
import { creationOf } from './rights/targets-of.ts';
import type { KnownType } from './type-registry.ts';

/** What fits beside the ops: dictionaries that one more op may add to. */
const RESERVE_BYTES = 4096;
/** Ops of one transaction; the rest of a section is kept for taking them back when it fails. */
const WRITTEN_BYTES_MAX: number = SECTION_BYTES_MAX - 192 * 1024;

/** What an op is written to, and as what. */
export interface WrittenTo {
  /** Bytes that the op may need. */
  readonly bytes: number;
  readonly row: number;
  /** Absent for what concerns the object as a whole. */
  readonly ref?: { readonly type: KnownType; readonly leaf: Leaf };
  readonly key?: string | undefined;
  /** What is set; of interest for places in trees. */
  readonly value?: Value | undefined;
}

/** An object that is to be made. */
export interface Made {
  readonly type: KnownType;
  readonly payload: Uint8Array;
  /** The closed zone that it is to be in. */
  readonly zone?: ZoneId | undefined;
}

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

  /**
   * The same for what is to be changed, in a section that exercises a right to it. @throws SpaceError
   * `SPACE_NO_RIGHT` before anything is written.
   */
  roomFor(to: WrittenTo): OpenTransaction {
    const choice = this.#sink.rights?.();
    if (choice === undefined) return this.withRoom(to.bytes);
    return this.#chosen(to.bytes, targetOf(to));
  }

  /** The same for an object that is to be made. */
  roomToCreate(bytes: number, made: Made): OpenTransaction {
    const { payload, type, zone } = made;
    const choice = this.#sink.rights?.();
    if (choice === undefined && zone === undefined) return this.withRoom(bytes);
    return this.#chosen(bytes, creationOf(type, payload, zone));
  }

  /** The same for a type that is published once more. */
  roomToPublish(bytes: number, type: KnownType, zone?: ZoneId): OpenTransaction {
    const choice = this.#sink.rights?.();
    if (choice === undefined) return this.withRoom(bytes);
    return this.#chosen(bytes, { creation: { type, parents: [] }, zone });
  }

  /** Puts what was merged into a section that exercises a right to it. */
  enter(open: OpenTransaction, to: WrittenTo): void {
    const choice = this.#sink.rights?.();
    if (choice !== undefined) open.enter(choice, targetOf(to));
  }

  /** @throws SpaceError `SPACE_NO_RIGHT` for what must not be changed. */
  check(to: OpTarget): void {
    this.#sink.rights?.()?.check(to);
  }

  #chosen(bytes: number, target: OpTarget): OpenTransaction {
    if (target.zone !== undefined && this.#sink.rights?.() === undefined) {
      throw new EchoError('ECHO_ZONE', 'there is no such private zone here');
    }
    this.check(target);
    let open = this.withRoom(bytes);
    if (this.#sink.rights?.()?.isFull === true && !this.#explicit) {
      this.commit();
      open = this.withRoom(bytes);
    }
    const choice = this.#sink.rights?.();
    if (choice !== undefined) open.enter(choice, target);
    return open;
  }

  /** Writes an op on an object and applies it. `make` gets the transaction for its numbers. */
  write(
    to: WrittenTo,
    make: (open: OpenTransaction) => ObjectOp,
  ): { open: OpenTransaction; at: number } {
    const open = this.roomFor(to);
    const op = make(open);
    const at = open.add(op);
    this.#fold.apply(op, open.scope, at);
    return { open, at };
  }

  /** Seals the open transaction. */
  commit(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#beforeSeal(open);
    this.#open = undefined;
    const { before, section } = open.finish();
    const hash = this.#sink.seal(open.block, section, before);
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

function targetOf({ key, ref, row, value }: WrittenTo): OpTarget {
  if (ref === undefined) return { row };
  const field = { ...ref, key };
  if (ref.leaf.data.kind !== 'tree') return { row, field };
  return { row, field, to: value === undefined ? undefined : parentOf(value) };
}

function tooLarge(): EchoError {
  return new EchoError(
    'ECHO_TRANSACTION_TOO_LARGE',
    `one transaction has more than ${WRITTEN_BYTES_MAX} bytes`,
  );
}
