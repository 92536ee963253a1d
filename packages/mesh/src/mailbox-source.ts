/** A mailbox as a device asks it for what stands for lost history, and gives it that. What it says is checked. */
import { toHex } from '@atoll/kernel';
import { GIVEN, PREFIX_BYTES, STANDING } from './mailbox-stand.ts';
import type { Session } from './session.ts';
import type { Stand } from './state-messages.ts';
import type { StateAnswer, StateSync } from './state-sync.ts';

/** What a mailbox says of a stand. */
export type StandAnswer =
  /** Its log reaches all of these ends. */
  | { readonly at: 'needless' }
  /** It does not; it has parts whose names begin so, in hex. */
  | { readonly at: 'needed'; readonly has: ReadonlySet<string> }
  | { readonly at: 'stands' }
  /** Parts are missing, or there were some that do not belong to it: all are to be given again. */
  | { readonly at: 'incomplete' }
  /** No answer that is one. */
  | { readonly at: 'gone' };

/** One mailbox of a space. */
export class MailboxSource {
  /** Names its server. */
  readonly peer: string;
  readonly #session: Session;
  readonly #space: string;

  constructor(of: { readonly url: string; readonly session: Session; readonly space: string }) {
    this.peer = of.url;
    this.#session = of.session;
    this.#space = of.space;
  }

  /** Everything was said in both directions, and still it does not have exactly what we have, which it takes. */
  get isStuck(): boolean {
    const sync = this.#session.syncOf(this.#space);
    if (sync === undefined || sync.isAgreed || this.#state === undefined) return false;
    if (this.#session.isTakingOnly(this.#space)) return false;
    const { queuedBytes, state } = sync.sending;
    return state === 'live' && queuedBytes === 0 && sync.progress.state !== 'pulling';
  }

  /** Asks for what somebody has given it under a name of 32 bytes. Never rejects. */
  ask(name: Uint8Array): Promise<StateAnswer> {
    return this.#state?.ask(name) ?? Promise.resolve({ at: 'gone' });
  }

  /** Gives it a part; names are hex of 32 bytes. Never rejects. */
  async give(
    tag: string,
    name: string,
    bytes: Uint8Array,
  ): Promise<'taken' | 'full' | 'refused' | 'gone'> {
    const answer = await this.#state?.say({ say: 'give', tag, name, bytes });
    const code = answer?.at === 'answer' && answer.bytes.length === 1 ? answer.bytes[0] : undefined;
    if (code === GIVEN.taken) return 'taken';
    if (code === GIVEN.full) return 'full';
    return code === GIVEN.refused ? 'refused' : 'gone';
  }

  /** Tells it what to stand on, or asks with no parts whether that is needed. Never rejects. */
  async stand(stand: Stand): Promise<StandAnswer> {
    const answer = await this.#state?.say({ say: 'stand', stand });
    if (answer?.at !== 'answer') return { at: 'gone' };
    const [code] = answer.bytes;
    if (code === STANDING.needless) return { at: 'needless' };
    if (code === STANDING.incomplete) return { at: 'incomplete' };
    if (code === STANDING.stands) {
      this.#session.syncOf(this.#space)?.helloAnew();
      return { at: 'stands' };
    }
    if (code !== STANDING.needed) return { at: 'gone' };
    const has = new Set<string>();
    for (let from = 1; from + PREFIX_BYTES <= answer.bytes.length; from += PREFIX_BYTES) {
      has.add(toHex(answer.bytes.subarray(from, from + PREFIX_BYTES)));
    }
    return { at: 'needed', has };
  }

  get #state(): StateSync | undefined {
    return this.#session.stateOf(this.#space);
  }
}
