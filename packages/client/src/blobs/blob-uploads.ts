/**
 * Files that were put here and that a server does not have yet: given to the mailboxes whenever one is
 * there, the oldest first, and marked durably until one has taken all of it.
 */
import { errorCode, type Log } from '@atoll/kernel';
import type { SpaceChunks } from '@atoll/mesh';
import type { BlobState } from './api.ts';
import type { BlobIndex } from './blob-index.ts';

/** Gives blobs of one space to its mailboxes. */
export class BlobUploads {
  readonly #chunks: SpaceChunks;
  readonly #index: BlobIndex;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  readonly #onState: (root: string, upload: BlobState['upload']) => void;
  readonly #onSent: (root: string, part: number) => void;
  readonly #waiting = new Set<string>();
  #running: Promise<void> | undefined;
  #again = false;

  constructor(options: {
    readonly chunks: SpaceChunks;
    readonly index: BlobIndex;
    readonly log: Log;
    readonly signal: AbortSignal;
    readonly onState: (root: string, upload: BlobState['upload']) => void;
    /** How much of it a mailbox has, between 0 and 1. */
    readonly onSent: (root: string, part: number) => void;
  }) {
    this.#chunks = options.chunks;
    this.#index = options.index;
    this.#log = options.log;
    this.#signal = options.signal;
    this.#onState = options.onState;
    this.#onSent = options.onSent;
    this.#chunks.onSources(() => this.#run());
  }

  /** Blobs that no mailbox is known to have. */
  get waiting(): ReadonlySet<string> {
    return this.#waiting;
  }

  /** Something is being given to a server now. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Goes on with what was marked before. @throws StoreError. */
  async resume(): Promise<void> {
    for (const root of await this.#index.marked('upload')) this.add(root);
  }

  /** A blob whose mark is durable. */
  add(root: string): void {
    this.#waiting.add(root);
    this.#onState(root, 'waiting');
    this.#run();
  }

  /** Resolves when nothing more can be given now. */
  async settled(): Promise<void> {
    await this.#running;
  }

  #run(): void {
    this.#again = true;
    this.#running ??= this.#uploadAll().finally(() => {
      this.#running = undefined;
      if (this.#again && !this.#signal.aborted) this.#run();
    });
  }

  async #uploadAll(): Promise<void> {
    while (this.#again && !this.#signal.aborted) {
      this.#again = false;
      for (const mailbox of this.#chunks.mailboxes) {
        for (const root of [...this.#waiting]) {
          if (this.#signal.aborted || mailbox.isStopped) break;
          await this.#upload(mailbox, root);
        }
      }
    }
  }

  async #upload(mailbox: SpaceChunks['mailboxes'][number], root: string): Promise<void> {
    try {
      const ids = (await this.#index.chunksOf(root)) ?? [root];
      const end = await this.#chunks.upload(mailbox, ids, {
        signal: this.#signal,
        onStored: (chunks) => this.#onSent(root, chunks / ids.length),
      });
      if (end === 'full') this.#onState(root, 'full');
      if (end !== 'stored') {
        this.#log.event('info', 'client.blob.not-uploaded', { end });
        return;
      }
      await this.#index.mark(root, 'upload', false);
      this.#waiting.delete(root);
      this.#onState(root, 'stored');
    } catch (failure) {
      this.#log.event('warn', 'client.blob.not-uploaded', { end: errorCode(failure) });
    }
  }
}
