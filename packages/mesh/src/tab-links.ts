/**
 * Links between the tabs or processes of one profile, over a bus on which everybody hears everything.
 * Each message names its sender and receiver; the session above seals it.
 */
import { Reader, Writer, CodecError } from '@atoll/codec';
import { toHex, fromHex, type Bus, type BusMembership, type Link, type Rng } from '@atoll/kernel';
import { BaseLink } from './base-link.ts';

const ID_BYTES = 8;
/** Tabs of one profile that are talked to; a browser with more has other troubles. */
const TABS_MAX = 16;
/** Messages that wait for one before them; more mean that it was lost. */
const AHEAD_MAX = 64;
const KIND = { here: 1, data: 2, bye: 3 } as const;
const EVERYBODY: string = '00'.repeat(ID_BYTES);

/** A link over a bus that may reorder and repeat: messages carry numbers. A loss ends it. */
class TabLink extends BaseLink {
  readonly path: Link['path'] = 'tabs';
  /** A bus takes everything at once. */
  readonly bufferedBytes = 0;
  readonly #post: (kind: number, bytes: Uint8Array) => void;
  readonly #ahead = new Map<number, Uint8Array>();
  #sent = 0;
  #received = 0;

  constructor(post: (kind: number, bytes: Uint8Array) => void) {
    super();
    this.#post = post;
  }

  send(message: Uint8Array): void {
    if (this.isEnded) return;
    const writer = new Writer(message.length + 8).varint(this.#sent++).raw(message);
    this.#post(KIND.data, writer.finish());
  }

  /** @throws CodecError when the message has no number. */
  arrive(numbered: Uint8Array): void {
    const reader = new Reader(numbered);
    const number = reader.varint();
    if (number < this.#received || this.#ahead.has(number)) return;
    this.#ahead.set(number, reader.raw(reader.left).slice());
    if (this.#ahead.size > AHEAD_MAX) this.close();
    for (;;) {
      const next = this.#ahead.get(this.#received);
      if (next === undefined) return;
      this.#ahead.delete(this.#received++);
      this.deliver(next as Uint8Array<ArrayBuffer>);
    }
  }

  lose(): void {
    this.finish('lost');
  }

  protected shut(): void {
    this.#post(KIND.bye, new Uint8Array(0));
  }
}

/** Everybody on one bus. */
export class TabLinks implements Disposable {
  readonly #self: string;
  readonly #membership: BusMembership;
  readonly #onLink: (link: Link, initiates: boolean) => void;
  readonly #links = new Map<string, TabLink>();

  /** Joins the bus and meets whoever is there; the smaller name initiates. */
  constructor(options: {
    readonly bus: Bus;
    readonly name: string;
    readonly rng: Rng;
    readonly onLink: (link: Link, initiates: boolean) => void;
  }) {
    this.#self = toHex(options.rng.bytes(ID_BYTES));
    this.#onLink = options.onLink;
    this.#membership = options.bus.join(options.name, (message) => this.#hear(message));
    this.announce();
  }

  /** Says that we are here; whoever has no link with us begins one. */
  announce(): void {
    this.#post(KIND.here, EVERYBODY, new Uint8Array(0));
  }

  [Symbol.dispose](): void {
    for (const link of this.#links.values()) link.close();
    this.#membership[Symbol.dispose]();
  }

  #hear(message: Uint8Array): void {
    try {
      const reader = new Reader(message);
      const kind = reader.u8();
      const from = toHex(reader.raw(ID_BYTES));
      const to = toHex(reader.raw(ID_BYTES));
      if (from === this.#self || (to !== this.#self && to !== EVERYBODY)) return;
      this.#take(kind, { from, isForAll: to === EVERYBODY }, reader.raw(reader.left));
    } catch (failure) {
      // Another program of the same origin may use the bus for something else.
      if (!(failure instanceof CodecError)) throw failure;
    }
  }

  #take(
    kind: number,
    route: { readonly from: string; readonly isForAll: boolean },
    bytes: Uint8Array,
  ): void {
    const { from, isForAll } = route;
    if (kind === KIND.here) {
      // Answered before the link begins, so that the other side has one when our first message comes.
      if (isForAll) this.#post(KIND.here, from, new Uint8Array(0));
      this.#meet(from);
    } else if (kind === KIND.data) this.#links.get(from)?.arrive(bytes);
    else if (kind === KIND.bye) this.#links.get(from)?.lose();
  }

  #meet(from: string): void {
    if (this.#links.has(from) || this.#links.size >= TABS_MAX) return;
    const link = new TabLink((kind, bytes) => this.#post(kind, from, bytes));
    this.#links.set(from, link);
    void link.ended.then(() => this.#links.delete(from));
    this.#onLink(link, this.#self < from);
  }

  #post(kind: number, to: string, bytes: Uint8Array): void {
    const writer = new Writer(bytes.length + 2 * ID_BYTES + 1).u8(kind);
    for (const id of [this.#self, to]) writer.raw(fromHex(id) ?? new Uint8Array(ID_BYTES));
    this.#membership.post(writer.raw(bytes).finish());
  }
}
