/**
 * A simulation of an authenticator, for tests of what is built upon passkeys: it computes what a real one computes
 * (CTAP 2.1, `hmac-secret`, as WebAuthn's `prf` asks for it), and has no user. The real thing is tested in a browser.
 */
import { hmac, sha256 } from '@atoll/crypto';
import {
  concatBytes,
  toHex,
  utf8,
  type PasskeyAnswer,
  type PasskeyRefusal,
  type Passkeys,
} from '@atoll/kernel';
import { SimRng } from './sim-rng.ts';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const PREFIX = concatBytes(utf8('WebAuthn PRF'), new Uint8Array(1));

/** Passkeys that are synchronised between all machines that are given this. */
export class SimAuthenticator implements Passkeys {
  /** What the user, or the authenticator, answers instead of giving anything. */
  refuses: PasskeyRefusal | undefined;
  /** Names under which passkeys were made. */
  readonly names: string[] = [];
  readonly #rng: SimRng;
  readonly #secrets = new Map<string, { readonly id: Uint8Array; readonly secret: Uint8Array }>();

  constructor(seed: number) {
    this.#rng = new SimRng(seed);
  }

  async isSupported(): Promise<boolean> {
    return this.refuses !== 'unsupported';
  }

  async create(options: Parameters<Passkeys['create']>[0]): Promise<PasskeyAnswer> {
    if (this.refuses !== undefined) return { at: this.refuses };
    if (options.known?.some((id) => this.#secrets.has(toHex(id))) === true) return { at: 'known' };
    const id = this.#rng.bytes(ID_BYTES);
    this.#secrets.set(toHex(id), { id, secret: this.#rng.bytes(SECRET_BYTES) });
    this.names.push(options.name);
    return this.evaluate({ salts: options.salts, among: [id] });
  }

  async evaluate(options: Parameters<Passkeys['evaluate']>[0]): Promise<PasskeyAnswer> {
    if (this.refuses !== undefined) return { at: this.refuses };
    const wanted = options.among ?? [...this.#secrets.values()].map(({ id }) => id);
    // The one that was made last, as somebody would choose it from a list.
    const chosen = wanted.findLast((id) => this.#secrets.has(toHex(id)));
    const known = chosen && this.#secrets.get(toHex(chosen));
    if (known === undefined) return { at: 'cancelled' };
    const outputs = options.salts.map((salt) =>
      hmac(known.secret, sha256(concatBytes(PREFIX, salt))),
    );
    return { at: 'given', credential: Uint8Array.from(known.id), outputs };
  }
}
