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
import type { StoredStacks } from './undo-log.ts';

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
    const [sealed, tail, mark] = await Promise.all([
      store.value(this.#name()),
      store.value(this.#tailName()),
      store.value(this.#markName()),
    ]);
    if (sealed === undefined && tail === undefined && mark === undefined) return undefined;
    return () => {
      if (sealed === undefined && mark !== undefined) throw damaged('is not there any more');
      return { stacks: this.#opened(sealed, STACKS), tail: this.#opened(tail, TAIL) };
    };
  }

  /** The values that keep the stacks instead of what was kept. */
  stacks(plaintext: Uint8Array): Values {
    const values = new Map<string, Uint8Array | undefined>();
    values.set(this.#name(), this.#sealed(plaintext, STACKS));
    // It is in them.
    values.set(this.#tailName(), undefined);
    // A wrong bit in the structure of a store loses one name, and not another that lies elsewhere.
    return values.set(this.#markName(), MARK);
  }

  /** The values that keep what has changed since the stacks were kept, instead of what was kept so. */
  tail(plaintext: Uint8Array): Values {
    return new Map([[this.#tailName(), this.#sealed(plaintext, TAIL)]]);
  }

  #sealed(plaintext: Uint8Array, what: string): Uint8Array<ArrayBuffer> {
    const { aead, rng } = this.#ports;
    return seal(this.#key, { rng, associated: this.#place(what), plaintext, aead });
  }

  #opened(sealed: Uint8Array | undefined, what: string): Uint8Array | undefined {
    if (sealed === undefined) return undefined;
    const { aead } = this.#ports;
    const plaintext = open(this.#key, { associated: this.#place(what), sealed, aead });
    if (plaintext !== undefined) return plaintext;
    throw damaged('is not what was written');
  }

  #tailName(): string {
    return `undo-tail/${this.#ports.space}`;
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
