/**
 * The stacks of undo of one space among the values of a profile: sealed under a key of the identity and bound
 * to the space, so that what was changed, or is another space's, does not open and is never taken for a step.
 */
import { deriveKey, open, seal, sealingKey, type SealingKey } from '@atoll/crypto';
import {
  concatBytes,
  idBytes,
  utf8,
  type AeadPlatform,
  type Rng,
  type SpaceId,
  type Store,
} from '@atoll/kernel';
import { EchoError } from './echo-error.ts';
import { UNDO_TAILS_MAX, type StoredStacks, type UndoTail } from './undo-log.ts';

const MARK = Uint8Array.of(1);
const STACKS = 'undo-stacks';
const TAIL = 'undo-tail';

type Values = ReadonlyMap<string, Uint8Array | undefined>;

/** What {@link UndoStore} needs. */
export interface UndoStorePorts {
  readonly store: Store;
  readonly rng: Rng;
  readonly space: SpaceId;
  /** 32 bytes that only this identity's devices have. */
  readonly secret: Uint8Array;
  readonly aead?: AeadPlatform | undefined;
}

/** Stored stacks of one space. */
export class UndoStore {
  readonly #ports: UndoStorePorts;
  readonly #key: SealingKey;
  /** Tails that may be in the store. */
  #tails = 0;

  constructor(ports: UndoStorePorts) {
    this.#ports = ports;
    this.#key = sealingKey(deriveKey(ports.secret, 'undo', idBytes(ports.space)));
  }

  /**
   * What was kept, to be opened when somebody asks for it; `undefined` if nothing was. The function throws
   * EchoError `ECHO_UNDO_DAMAGED`, also for what was kept and is not there. @throws StoreError.
   */
  async load(): Promise<(() => StoredStacks) | undefined> {
    const { store } = this.#ports;
    const [sealed, tails, mark] = await Promise.all([
      store.value(this.#name()),
      this.#sealedTails(),
      store.value(this.#markName()),
    ]);
    if (sealed === undefined && tails.length === 0 && mark === undefined) return undefined;
    return () => {
      if (sealed === undefined && mark !== undefined) throw damaged('is not there any more');
      const stacks = sealed && this.#opened(sealed, STACKS);
      return { stacks, tails: tails.map((tail) => this.#opened(tail, TAIL)) };
    };
  }

  /** There are none after a space was closed, so they are asked for one by one. */
  async #sealedTails(): Promise<readonly Uint8Array[]> {
    const tails: Uint8Array[] = [];
    for (let at = 0; at < UNDO_TAILS_MAX; at++) {
      const sealed = await this.#ports.store.value(this.#tailName(at));
      if (sealed === undefined) break;
      tails.push(sealed);
    }
    this.#tails = Math.max(this.#tails, tails.length);
    return tails;
  }

  /** The values that keep the stacks instead of what was kept. */
  stacks(plaintext: Uint8Array): Values {
    const values = new Map<string, Uint8Array | undefined>();
    values.set(this.#name(), this.#sealed(plaintext, STACKS));
    // They are in them.
    for (let at = 0; at < this.#tails; at++) values.set(this.#tailName(at), undefined);
    // A wrong bit in the structure of a store loses one name, and not another that lies elsewhere.
    return values.set(this.#markName(), MARK);
  }

  /** The values that keep what has changed since the stacks were kept, or since the tail before it. */
  tail({ at, bytes }: UndoTail): Values {
    this.#tails = Math.max(this.#tails, at + 1);
    return new Map([[this.#tailName(at), this.#sealed(bytes, TAIL)]]);
  }

  #sealed(plaintext: Uint8Array, what: string): Uint8Array<ArrayBuffer> {
    const { aead, rng } = this.#ports;
    return seal(this.#key, { rng, associated: this.#place(what), plaintext, aead });
  }

  #opened(sealed: Uint8Array, what: string): Uint8Array {
    const { aead } = this.#ports;
    const plaintext = open(this.#key, { associated: this.#place(what), sealed, aead });
    if (plaintext !== undefined) return plaintext;
    throw damaged('is not what was written');
  }

  #tailName(at: number): string {
    return `undo-tail/${this.#ports.space}/${at}`;
  }

  #markName(): string {
    return `has-undo/${this.#ports.space}`;
  }

  #name(): string {
    return `undo/${this.#ports.space}`;
  }

  #place(what: string): Uint8Array {
    return concatBytes(utf8(what), idBytes(this.#ports.space));
  }
}

function damaged(how: string): EchoError {
  return new EchoError('ECHO_UNDO_DAMAGED', `stored undo ${how}`);
}
