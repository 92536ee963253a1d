/** Nonces that a service has given out: each is good once, and for a few minutes. */
import { machineMs, newNonce } from './node-world.ts';

/** How challenges are kept. */
export interface ChallengeOptions {
  /** How long a visitor may take, milliseconds; five minutes where it is left out. */
  readonly lifetimeMs?: number;
  /** Open challenges at once: above it the oldest are forgotten. 10,000 where it is left out. */
  readonly openMax?: number;
  /** Milliseconds since 1970; the machine's clock where it is left out. */
  readonly nowMs?: () => number;
}

const LIFETIME_MS = 5 * 60 * 1000;
/** 44 bytes a nonce: whoever asks for more cannot fill the memory, only push others out. */
const OPEN_MAX = 10_000;

/** Challenges of one process. A service of several processes keeps them where all of them look. */
export class Challenges {
  readonly #lifetimeMs: number;
  readonly #openMax: number;
  readonly #nowMs: () => number;
  /** End of each open challenge, oldest first. */
  readonly #endByNonce = new Map<string, number>();

  constructor(options: ChallengeOptions = {}) {
    this.#lifetimeMs = options.lifetimeMs ?? LIFETIME_MS;
    this.#openMax = options.openMax ?? OPEN_MAX;
    this.#nowMs = options.nowMs ?? machineMs;
  }

  /** A new nonce, 64 hex digits. Bind it to the visitor's session (a cookie), so that nobody else can use it. */
  issue(): string {
    const nonce = newNonce();
    this.#forget();
    this.#endByNonce.set(nonce, this.#nowMs() + this.#lifetimeMs);
    return nonce;
  }

  /** Whether a nonce is open; it is not any more afterwards. */
  take(nonce: string): boolean {
    const endMs = this.#endByNonce.get(nonce);
    this.#endByNonce.delete(nonce);
    return endMs !== undefined && endMs > this.#nowMs();
  }

  /** Challenges that are open now. */
  get openCount(): number {
    this.#forget();
    return this.#endByNonce.size;
  }

  #forget(): void {
    const nowMs = this.#nowMs();
    for (const [nonce, endMs] of this.#endByNonce) {
      if (endMs > nowMs && this.#endByNonce.size < this.#openMax) return;
      this.#endByNonce.delete(nonce);
    }
  }
}
