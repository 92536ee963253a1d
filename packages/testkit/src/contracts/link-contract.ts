/** What every {@link Link} and every {@link Bus} must do. */
import { expect, test } from 'vitest';
import { LINK_MESSAGE_BYTES_MAX, toHex, type Bus, type Link } from '@atoll/kernel';

/** Two ends of one connection. */
export interface LinkPair extends AsyncDisposable {
  readonly a: Link;
  readonly b: Link;
}

/** Above this the sender of the back-pressure test has filled any reasonable buffer. */
const FLOOD_MESSAGES = 200;

function numbered(number: number, length = 8): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(length);
  new DataView(message.buffer).setUint32(0, number);
  return message;
}

function numberOf(message: Uint8Array): number {
  return new DataView(message.buffer, message.byteOffset).getUint32(0);
}

/** Collects messages; `count(n)` resolves when n have come. */
function collect(link: Link): {
  readonly messages: Uint8Array<ArrayBuffer>[];
  count(wanted: number): Promise<void>;
} {
  const messages: Uint8Array<ArrayBuffer>[] = [];
  const waiting: { wanted: number; resolve: () => void }[] = [];
  link.onMessage((message) => {
    messages.push(message);
    for (const { wanted, resolve } of waiting) if (messages.length >= wanted) resolve();
  });
  return {
    messages,
    count: (wanted) =>
      new Promise((resolve) => {
        if (messages.length >= wanted) resolve();
        else waiting.push({ wanted, resolve });
      }),
  };
}

/** Registers the suite; `make` gives two connected ends, and the time that they need passes by itself. */
export function linkContract(name: string, make: () => Promise<LinkPair>): void {
  messageContract(name, make);
  endContract(name, make);
}

function messageContract(name: string, make: () => Promise<LinkPair>): void {
  test(`${name}: messages arrive once, in order, whole, in both directions`, async () => {
    await using pair = await make();
    const atB = collect(pair.b);
    const atA = collect(pair.a);
    for (let number = 0; number < 100; number++) {
      pair.a.send(numbered(number, 4 + number));
      pair.b.send(numbered(1000 + number));
    }
    await Promise.all([atB.count(100), atA.count(100)]);
    expect(atB.messages.map(numberOf)).toEqual(Array.from({ length: 100 }, (_, at) => at));
    expect(atB.messages.map(({ length }) => length)).toEqual(
      Array.from({ length: 100 }, (_, at) => at + 4),
    );
    expect(atA.messages.map(numberOf)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1000));
  });

  test(`${name}: the largest message goes through, and the sender may reuse its buffer`, async () => {
    await using pair = await make();
    const atB = collect(pair.b);
    const message = new Uint8Array(LINK_MESSAGE_BYTES_MAX).map((_, at) => at * 31);
    const sent = toHex(message);
    pair.a.send(message);
    message.fill(0);
    await atB.count(1);
    expect(atB.messages.map(toHex)).toEqual([sent]);
    expect(atB.messages[0]?.constructor).toBe(Uint8Array);
  });

  test(`${name}: what arrives before a receiver is set waits for it`, async () => {
    await using pair = await make();
    const atA = collect(pair.a);
    pair.a.send(numbered(1));
    pair.a.send(numbered(2));
    // Once b's answer is here, a's messages have had time to arrive at b, where nobody listens yet.
    pair.b.send(numbered(0));
    await atA.count(1);
    const atB = collect(pair.b);
    await atB.count(2);
    expect(atB.messages.map(numberOf)).toEqual([1, 2]);
  });
}

function endContract(name: string, make: () => Promise<LinkPair>): void {
  test(`${name}: closing delivers what was sent before, then ends both sides as closed`, async () => {
    await using pair = await make();
    const atB = collect(pair.b);
    for (let number = 0; number < 20; number++) pair.a.send(numbered(number));
    await pair.a.drained(0);
    pair.a.close();
    expect(await pair.a.ended).toBe('closed');
    expect(await pair.b.ended).toBe('closed');
    expect(atB.messages.length).toBe(20);
    pair.a.close();
    pair.a.send(numbered(99));
    pair.b.send(numbered(99));
    expect(pair.a.bufferedBytes).toBe(0);
  });

  test(`${name}: after its own close a side hears nothing more`, async () => {
    await using pair = await make();
    const atB = collect(pair.b);
    pair.a.send(numbered(1));
    await atB.count(1);
    pair.b.close();
    pair.a.send(numbered(2));
    await pair.a.ended;
    expect(atB.messages.map(numberOf)).toEqual([1]);
  });

  test(`${name}: a flood is buffered, counted, and drains`, async () => {
    await using pair = await make();
    const atB = collect(pair.b);
    for (let number = 0; number < FLOOD_MESSAGES; number++) {
      pair.a.send(numbered(number, LINK_MESSAGE_BYTES_MAX));
    }
    expect(pair.a.bufferedBytes).toBeGreaterThan(0);
    await pair.a.drained(LINK_MESSAGE_BYTES_MAX);
    expect(pair.a.bufferedBytes).toBeLessThanOrEqual(LINK_MESSAGE_BYTES_MAX);
    await atB.count(FLOOD_MESSAGES);
    expect(atB.messages.length).toBe(FLOOD_MESSAGES);
  });

  test(`${name}: whoever waits for draining is released by the end`, async () => {
    await using pair = await make();
    for (let number = 0; number < FLOOD_MESSAGES; number++) {
      pair.a.send(numbered(number, LINK_MESSAGE_BYTES_MAX));
    }
    const drained = pair.a.drained(0);
    pair.a.close();
    await drained;
    await pair.a.drained(0);
  });
}

/** Registers the suite; `make` gives the buses of two tabs or processes. */
export function busContract(
  name: string,
  make: () => Promise<{ readonly one: Bus; readonly two: Bus } & AsyncDisposable>,
): void {
  test(`${name}: a message reaches everybody on its bus but its sender`, async () => {
    await using bed = await make();
    const heard: string[] = [];
    const all = new Promise<void>((resolve) => {
      const hear = (who: string) => (message: Uint8Array) => {
        heard.push(`${who}${toHex(message)}`);
        if (heard.length === 4) resolve();
      };
      const first = bed.one.join('space', hear('first'));
      const second = bed.two.join('space', hear('second'));
      bed.two.join('space', hear('third'));
      bed.two.join('other', hear('stranger'));
      first.post(Uint8Array.of(1));
      second.post(Uint8Array.of(2));
    });
    await all;
    expect(heard.sort()).toEqual(['first02', 'second01', 'third01', 'third02']);
  });

  test(`${name}: who has left hears nothing`, async () => {
    await using bed = await make();
    const heard: number[] = [];
    const gone = bed.two.join('space', (message) => heard.push(message.length));
    gone[Symbol.dispose]();
    const sender = bed.one.join('space', () => {});
    await new Promise<void>((resolve) => {
      bed.two.join('space', () => resolve());
      sender.post(new Uint8Array(5));
    });
    expect(heard).toEqual([]);
    gone.post(new Uint8Array(1));
    gone[Symbol.dispose]();
  });
}
