/** The epoch with which an archive begins, as it comes out of the file: parts in the order in which they are asked. */
import type { EpochExchange, EpochOffer } from '@atoll/echo';
import { equalBytes, errorCode } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { ArchivedAnswer } from './archive-codec.ts';

/** A question that waits for its answer. */
interface Asked {
  readonly question: Uint8Array;
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (failure: unknown) => void;
}

/** One epoch of an archive. */
export class ArchivedEpoch {
  readonly #exchange: EpochExchange;
  readonly #offer: EpochOffer;
  #asked: Asked | undefined;
  #isDone = false;
  #wake: () => void = () => undefined;
  readonly #fetched: Promise<unknown>;

  private constructor(exchange: EpochExchange, offer: EpochOffer) {
    this.#exchange = exchange;
    this.#offer = offer;
    const ask = (question: Uint8Array): Promise<Uint8Array> => this.#ask(question);
    this.#fetched = exchange.fetch(offer, ask, { atOnce: 1, asksFinely: false }).finally(() => {
      this.#isDone = true;
      this.#wake();
    });
    // Told when everything has been read.
    this.#fetched.catch(() => undefined);
  }

  /** Begins to read one; `undefined` if it says nothing that is not here. @throws ClientError. */
  static of(exchange: EpochExchange, answer: Uint8Array): ArchivedEpoch | undefined {
    const offer = read(exchange, answer);
    if (offer === undefined) {
      throw new ClientError('CLIENT_ARCHIVE_LOCKED', 'the key of the archive’s epoch is not here');
    }
    return exchange.isNews(offer.terms) ? new ArchivedEpoch(exchange, offer) : undefined;
  }

  /** Takes the next part. What is the same here already is not asked for, and passed over. */
  async take({ answer, question }: ArchivedAnswer): Promise<void> {
    while (this.#asked === undefined && !this.#isDone) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const asked = this.#asked;
    if (asked === undefined || !equalBytes(asked.question, question)) return;
    this.#asked = undefined;
    asked.resolve(answer);
  }

  /** All parts were given: what lets the closed space begin with the epoch. @throws ClientError; StoreError. */
  async finish(): Promise<() => Promise<void>> {
    const damaged = new ClientError('CLIENT_ARCHIVE_DAMAGED', 'a part of its epoch is missing');
    while (!this.#isDone) {
      this.#asked?.reject(damaged);
      this.#asked = undefined;
      if (!this.#isDone) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    try {
      await this.#fetched;
    } catch (failure) {
      if (errorCode(failure) !== 'SNAPSHOT_REFUSED') throw failure;
      throw new ClientError('CLIENT_ARCHIVE_DAMAGED', 'a part of its epoch is false', {
        cause: failure,
      });
    }
    return () => this.#exchange.adopt(this.#offer);
  }

  #ask(question: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#asked = { question, resolve, reject };
      this.#wake();
    });
  }
}

function read(exchange: EpochExchange, answer: Uint8Array): EpochOffer | undefined {
  try {
    return exchange.readOffer(answer);
  } catch (failure) {
    if (errorCode(failure) !== 'SNAPSHOT_REFUSED') throw failure;
    throw new ClientError('CLIENT_ARCHIVE_DAMAGED', 'its epoch is none of this space', {
      cause: failure,
    });
  }
}
