/**
 * Reads a Yjs update (version 1 of its format) without Yjs, and says what it makes and needs. Some updates
 * of a few bytes make Yjs allocate, loop or throw half-way; what is not plainly sound is refused here, as a
 * function of the bytes alone. The format: https://github.com/yjs/yjs, `src/utils/encoding.js`.
 */

/** Clocks stay below this: Yjs computes with them as with small integers. */
const CLOCK_MAX: number = 2 ** 31;
/** Levels of lists and records inside a value. */
const DEPTH_MAX = 32;

/** A stretch of clocks of one Yjs client. */
export interface UpdateSpan {
  readonly writer: number;
  readonly from: number;
  readonly count: number;
}

/** What an update makes and needs. */
export interface UpdateLinks {
  readonly makes: readonly UpdateSpan[];
  /** The greatest clock that is needed of each client. */
  readonly needs: readonly { readonly writer: number; readonly at: number }[];
  /** Items that must hold a type: parents that are named by id. */
  readonly parents: readonly { readonly writer: number; readonly at: number }[];
  /** Items of this update that hold a type, as `client clock`. */
  readonly types: ReadonlySet<string>;
}

/** Thrown inside, and caught here: the update is not sound. */
class Refused extends RangeError {}

/** What an update makes and needs; `undefined` for one that Yjs must not see. `step` counts the work. */
export function scanUpdate(
  bytes: Uint8Array,
  step: (count: number) => void,
): UpdateLinks | undefined {
  step(bytes.length);
  try {
    return new Scanner(bytes).update();
  } catch (failure) {
    if (failure instanceof Refused) return undefined;
    throw failure;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class Scanner {
  readonly #bytes: Uint8Array;
  #at = 0;
  readonly #makes: UpdateSpan[] = [];
  readonly #needs = new Map<number, number>();
  readonly #parents: { readonly writer: number; readonly at: number }[] = [];
  readonly #types = new Set<string>();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  update(): UpdateLinks {
    const clients = this.#count();
    for (let client = 0; client < clients; client++) this.#client();
    this.#deletions();
    if (this.#at !== this.#bytes.length) throw new Refused();
    const own = new Map(this.#makes.map((span) => [span.writer, span]));
    const needs = [...this.#needs]
      .map(([writer, at]) => {
        const made = own.get(writer);
        // Of its own client an update needs what is before it; what is inside it has.
        const isInside = made !== undefined && at >= made.from && at < made.from + made.count;
        return { writer, at: isInside ? made.from - 1 : at };
      })
      .filter(({ at }) => at >= 0);
    return { makes: this.#makes, needs, parents: this.#parents, types: this.#types };
  }

  /** The structs of one client. */
  #client(): void {
    const structs = this.#count();
    const writer = this.#number();
    const from = this.#clock();
    if (structs === 0 || this.#makes.some((span) => span.writer === writer)) throw new Refused();
    let clock = from;
    for (let struct = 0; struct < structs; struct++) {
      const length = this.#struct(writer, clock);
      clock += length;
      if (length === 0 || clock > CLOCK_MAX) throw new Refused();
    }
    this.#makes.push({ writer, from, count: clock - from });
    if (from > 0) this.#need(writer, from - 1);
  }

  /** One struct; returns its length. */
  #struct(writer: number, clock: number): number {
    const info = this.#byte();
    const content = info & 0x1f;
    if (content === 0) return this.#clock();
    if ((info & 0x80) !== 0) this.#id();
    if ((info & 0x40) !== 0) this.#id();
    if ((info & 0xc0) === 0) {
      const isRoot = this.#number();
      if (isRoot > 1) throw new Refused();
      if (isRoot === 1) this.#text();
      else this.#parents.push(this.#id());
      if ((info & 0x20) !== 0) this.#text();
    }
    if (content === 7) this.#types.add(`${writer} ${clock}`);
    return this.#content(content);
  }

  #content(kind: number): number {
    switch (kind) {
      case 1:
        return this.#clock();
      case 2:
        return this.#each(() => this.#json(true));
      case 3:
        this.#skip(this.#count());
        return 1;
      case 4:
        return this.#text().length;
      case 5:
        this.#json(false);
        return 1;
      case 6:
        this.#text();
        this.#json(false);
        return 1;
      case 7:
        this.#type();
        return 1;
      case 8:
        return this.#each(() => this.#any(0));
      default:
        // Gaps (10) are for stores of updates, documents in documents (9) have no home here.
        throw new Refused();
    }
  }

  #type(): void {
    const type = this.#number();
    if (type > 6) throw new Refused();
    // Elements and hooks have names.
    if (type === 3 || type === 5) this.#text();
  }

  #each(read: () => void): number {
    const count = this.#count();
    for (let item = 0; item < count; item++) read();
    return count;
  }

  #json(mayBeNothing: boolean): void {
    const text = this.#text();
    if (mayBeNothing && text === 'undefined') return;
    let depth = 0;
    for (const unit of text) {
      if (unit === '[' || unit === '{') depth++;
      else if (unit === ']' || unit === '}') depth--;
      if (depth > DEPTH_MAX) throw new Refused();
    }
    try {
      JSON.parse(text);
    } catch {
      throw new Refused();
    }
  }

  #any(depth: number): void {
    if (depth > DEPTH_MAX) throw new Refused();
    const tag = this.#byte();
    switch (tag) {
      case 120:
      case 121:
      case 126:
      case 127:
        return;
      case 125:
        this.#signed();
        return;
      case 124:
        this.#skip(4);
        return;
      case 122:
      case 123:
        this.#skip(8);
        return;
      case 119:
        this.#text();
        return;
      case 118:
        this.#each(() => {
          this.#text();
          this.#any(depth + 1);
        });
        return;
      case 117:
        this.#each(() => this.#any(depth + 1));
        return;
      case 116:
        this.#skip(this.#count());
        return;
      default:
        throw new Refused();
    }
  }

  #deletions(): void {
    const clients = this.#count();
    let before = Number.POSITIVE_INFINITY;
    for (let client = 0; client < clients; client++) {
      const writer = this.#number();
      if (writer === before) throw new Refused();
      before = writer;
      const count = this.#count();
      for (let range = 0; range < count; range++) {
        const end = this.#clock() + this.#clock();
        if (end > CLOCK_MAX) throw new Refused();
        if (end > 0) this.#need(writer, end - 1);
      }
    }
  }

  #id(): { readonly writer: number; readonly at: number } {
    const id = { writer: this.#number(), at: this.#clock() };
    this.#need(id.writer, id.at);
    return id;
  }

  #need(writer: number, at: number): void {
    if (at > (this.#needs.get(writer) ?? -1)) this.#needs.set(writer, at);
  }

  /** A number of things that take a byte each at least. */
  #count(): number {
    const count = this.#number();
    if (count > this.#bytes.length - this.#at) throw new Refused();
    return count;
  }

  #clock(): number {
    const clock = this.#number();
    if (clock > CLOCK_MAX) throw new Refused();
    return clock;
  }

  #text(): string {
    const length = this.#count();
    const start = this.#at;
    this.#skip(length);
    try {
      return utf8.decode(this.#bytes.subarray(start, this.#at));
    } catch {
      throw new Refused();
    }
  }

  #number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new Refused();
      if (byte < 0x80) return value;
      if (scale > 2 ** 49) throw new Refused();
    }
  }

  /** Sign and six bits, then seven each. */
  #signed(): void {
    let byte = this.#byte();
    let value = byte & 0x3f;
    for (let scale = 0x40; (byte & 0x80) !== 0; scale *= 0x80) {
      if (scale > 2 ** 48) throw new Refused();
      byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new Refused();
    }
  }

  #skip(count: number): void {
    if (count > this.#bytes.length - this.#at) throw new Refused();
    this.#at += count;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new Refused();
    return byte;
  }
}
