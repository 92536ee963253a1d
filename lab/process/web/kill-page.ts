/** A page that is made to be killed: writes numbered batches and reports each after its commit. */
import {
  utf8,
  toHex,
  type BlockHash,
  type FeedKey,
  type NewBlock,
  type SpaceId,
} from '@atoll/kernel';
import { WebStore, webRng } from '@atoll/platform-web';

const SPACE = 'cc'.repeat(32) as SpaceId;
const FEED = 'dd'.repeat(32) as FeedKey;
const AT_ONCE = 3;

declare global {
  interface Window {
    /** Tells the test that all blocks below a number are durable. */
    report(next: number): Promise<void>;
    ready: boolean;
  }
}

function numberedBlock(seq: number): NewBlock {
  const bytes = new Uint8Array(50 + ((seq * 7919) % 3000)).map((_, at) => seq + at * 3);
  const hash = toHex(utf8(`block ${String(seq).padStart(26, '0')}`)) as BlockHash;
  return { space: SPACE, feed: FEED, seq, hash, bytes, origin: 'own' };
}

/** Looks at what a killed page has left: number of blocks, and what is wrong with them. */
async function check(): Promise<{ stored: number; faults: string[] }> {
  const store = await WebStore.open('kill', webRng);
  const faults: string[] = [];
  let stored = 0;
  for (;;) {
    const blocks = await store.read(SPACE, stored, 500);
    if (blocks.length === 0) break;
    for (const { position, seq, hash, bytes } of blocks) {
      const wanted = numberedBlock(seq);
      if (position !== stored + 1 || seq !== stored)
        faults.push(`block ${seq} lies at ${position}`);
      if (hash !== wanted.hash || toHex(bytes) !== toHex(wanted.bytes))
        faults.push(`${seq} differs`);
      stored++;
    }
  }
  const next = Number(new TextDecoder().decode(await store.value('next')));
  if (next !== stored) faults.push(`the value says ${next}, the log holds ${stored}`);
  await store[Symbol.asyncDispose]();
  return { stored, faults };
}

/** Writes until the end of the process. */
async function write(): Promise<void> {
  const store = await WebStore.open('kill', webRng);
  let seq = await store.lastPosition(SPACE);
  const turn = async (): Promise<void> => {
    for (;;) {
      const from = seq;
      const to = from + 1 + (from % 9);
      seq = to;
      const blocks = Array.from({ length: to - from }, (_, at) => numberedBlock(from + at));
      await store.commit({ blocks, values: new Map([['next', utf8(`${to}`)]]) });
      await window.report(to);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, turn));
}

Object.assign(window, { check, write, ready: true });
