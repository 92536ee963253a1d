/** One blind mailbox: a replica without keys, and what it may hold. */
import {
  runBytes,
  type LogReplica,
  type Received,
  type Replica,
  type Run,
  type Tip,
} from '@atoll/feed';
import type { StateHolder } from '@atoll/mesh';

/** Sealed bytes of all mailboxes: those that are durable, and those of runs that are being looked at. */
export interface StoredBytes {
  durable: number;
  held: number;
  readonly totalMax: number;
  readonly mailboxMax: number;
}

/** Makes durable how large a mailbox is; `undefined`: that it is not known. @throws StoreError. */
export type SaveSize = (sizeBytes: number | undefined) => Promise<void>;

/** What a mailbox answers when it holds as much as it may. */
export const MAILBOX_FULL = 'KUBE_MAILBOX_FULL';

/** A replica that refuses what is above its quota and lets everything else through. */
export class Mailbox implements Replica {
  readonly id: string;
  readonly incarnation: string;
  /** Sessions that have it open. */
  users = 0;
  /** What answers for history that it has lost, and keeps records. */
  holder: StateHolder | undefined;
  readonly #replica: LogReplica;
  readonly #stored: StoredBytes;
  readonly #onReceived: (received: Received) => void;
  readonly #saveSize: SaveSize;
  #sizeBytes: number;
  #heldBytes = 0;
  /** The store says how large the mailbox is; `undefined` while it does not. */
  #isSizeSaved: boolean;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly replica: LogReplica;
    readonly sizeBytes: number;
    readonly isSizeSaved: boolean;
    readonly saveSize: SaveSize;
    readonly stored: StoredBytes;
    readonly onReceived: (received: Received) => void;
  }) {
    this.#replica = options.replica;
    this.id = options.replica.id;
    this.incarnation = options.replica.incarnation;
    this.#sizeBytes = options.sizeBytes;
    this.#isSizeSaved = options.isSizeSaved;
    this.#saveSize = options.saveSize;
    this.#stored = options.stored;
    this.#onReceived = options.onReceived;
    // What has become durable, by whatever way, is what counts.
    this.#replica.onAdvance((runs) => {
      for (const run of runs) {
        this.#sizeBytes += runBytes(run);
        this.#stored.durable += runBytes(run);
      }
    });
  }

  /** Sealed bytes in it. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  tips(): readonly Tip[] {
    return this.#replica.tips();
  }

  headsRoot(): Uint8Array {
    return this.#replica.headsRoot();
  }

  position(): Promise<number> {
    return this.#replica.position();
  }

  tailAfter(position: number): AsyncIterable<Run> {
    return this.#replica.tailAfter(position);
  }

  missingFor(theirs: readonly Tip[]): AsyncIterable<Run> {
    return this.#replica.missingFor(theirs);
  }

  onAdvance(listener: (runs: readonly Run[]) => void): () => void {
    return this.#replica.onAdvance(listener);
  }

  async receive(run: Run, from: string): Promise<Received> {
    const received = await this.#receiveWithin(run, from);
    this.#onReceived(received);
    return received;
  }

  /**
   * Counts bytes of what stands for lost history; false if there is no room, and then nothing is counted.
   * @throws StoreError.
   */
  async count(bytes: number): Promise<boolean> {
    if (bytes > 0 && !this.#hasRoom(bytes)) return false;
    this.#sizeBytes += bytes;
    this.#stored.durable += bytes;
    await this.#forgetSize();
    return true;
  }

  /** Drops what a sender that has gone left waiting. */
  forget(from: string): void {
    this.#replica.forget(from);
  }

  /** Writes down how large the mailbox is, unless something is being stored in it. @throws StoreError. */
  async saveSize(): Promise<void> {
    if (this.#isSizeSaved || this.#heldBytes > 0) return;
    this.#isSizeSaved = true;
    await this.#save(() => this.#sizeBytes);
  }

  /** Ends the replica; its bytes stay in the store. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#replica[Symbol.asyncDispose]();
    await this.saveSize();
  }

  /** Room is held while a run is looked at, so that many at once cannot exceed the quota together. */
  async #receiveWithin(run: Run, from: string): Promise<Received> {
    const bytes = runBytes(run);
    if (!this.#hasRoom(bytes)) return { at: 'refused', code: MAILBOX_FULL };
    this.#hold(bytes);
    try {
      await this.#forgetSize();
      return await this.#replica.receive(run, from);
    } finally {
      this.#hold(-bytes);
    }
  }

  #hasRoom(bytes: number): boolean {
    const { durable, held, totalMax, mailboxMax } = this.#stored;
    const mine = this.#sizeBytes + this.#heldBytes + bytes;
    return mine <= mailboxMax && durable + held + bytes <= totalMax;
  }

  /** Before the log grows, the store must not claim to know its length: the process may end at any moment. */
  #forgetSize(): Promise<void> {
    if (!this.#isSizeSaved) return this.#saving;
    this.#isSizeSaved = false;
    return this.#save(() => undefined);
  }

  /** One after the other, in the order in which they were decided. */
  #save(size: () => number | undefined): Promise<void> {
    const saving = this.#saving.catch(() => undefined).then(() => this.#saveSize(size()));
    this.#saving = saving;
    return saving;
  }

  #hold(bytes: number): void {
    this.#heldBytes += bytes;
    this.#stored.held += bytes;
  }
}
