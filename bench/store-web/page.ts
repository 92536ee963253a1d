/** The part of the web store bench that runs in the page: ours, and an OPFS log to compare with. */
import { toHex, type BlockHash, type FeedKey, type NewBlock, type SpaceId } from '@atoll/kernel';
import { WebStore, deleteWebStore, webRng } from '@atoll/platform-web';

const SPACE = 'ab'.repeat(32) as SpaceId;
const FEED = 'cd'.repeat(32) as FeedKey;
const BLOCK_BYTES = 500;

/** One measured line: what, operations a second. */
export type Line = readonly [string, number];

function makeBlocks(count: number, from = 0): NewBlock[] {
  return Array.from({ length: count }, (_, at) => ({
    space: SPACE,
    feed: FEED,
    seq: from + at,
    hash: toHex(crypto.getRandomValues(new Uint8Array(32))) as BlockHash,
    bytes: crypto.getRandomValues(new Uint8Array(BLOCK_BYTES)),
    origin: 'own' as const,
  }));
}

async function rate(count: number, work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return (count / (performance.now() - startMs)) * 1000;
}

/** Our store: batches of three sizes, then reading in order, by hash, and opening with an index. */
async function benchOurs(): Promise<Line[]> {
  await deleteWebStore('bench');
  const lines: Line[] = [];
  const store = await WebStore.open('bench', webRng);
  let seq = 0;
  const hashes: BlockHash[] = [];
  const readTo = async (end: number): Promise<void> => {
    for (let after = 0; after < end;) after += (await store.read(SPACE, after, 1000)).length;
  };
  for (const [size, batches] of [
    [1, 3000],
    [100, 100],
    [1000, 50],
  ] as const) {
    const made = Array.from({ length: batches }, () => {
      const blocks = makeBlocks(size, seq);
      seq += size;
      for (const { hash } of blocks) hashes.push(hash);
      return blocks;
    });
    const perSecond = await rate(batches, async () => {
      for (const blocks of made) await store.commit({ blocks });
    });
    lines.push([`ours: commits of ${size} blocks`, perSecond]);
    lines.push([`ours: blocks in commits of ${size}`, perSecond * size]);
    if (size > 1) continue;
    lines.push(['ours: such blocks read in order', await rate(batches, () => readTo(batches))]);
  }
  const singles = makeBlocks(2000, seq);
  seq += singles.length;
  const joined = await rate(singles.length, async () => {
    for (let at = 0; at < singles.length; at += 100) {
      const group = singles.slice(at, at + 100);
      await Promise.all(group.map((block) => store.commit({ blocks: [block] })));
    }
  });
  lines.push(['ours: blocks, 100 commits of 1 at once', joined]);
  lines.push(['ours: blocks read in order', await rate(seq, () => readTo(seq))]);
  await store[Symbol.asyncDispose]();
  const again = await WebStore.open('bench', webRng);
  lines.push([
    `ours: first get after opening, with an index of ${seq}`,
    await rate(1, () => again.get(SPACE, hashes[0] as BlockHash)),
  ]);
  const gets = await rate(500, async () => {
    for (let at = 0; at < 500; at++) {
      await again.get(SPACE, hashes[(at * 7919) % hashes.length] as BlockHash);
    }
  });
  lines.push(['ours: gets by hash', gets]);
  await again[Symbol.asyncDispose]();
  await deleteWebStore('bench');
  return lines;
}

const OPFS_WORKER = `
  onmessage = async ({ data: { sizes } }) => {
    const root = await navigator.storage.getDirectory();
    const file = await root.getFileHandle('bench.log', { create: true });
    const handle = await file.createSyncAccessHandle();
    handle.truncate(0);
    const lines = [];
    let at = 0;
    for (const [size, batches] of sizes) {
      const bytes = crypto.getRandomValues(new Uint8Array(Math.min(size * 600, 65536)));
      const batch = new Uint8Array(size * 600).map((_, i) => bytes[i % bytes.length]);
      const start = performance.now();
      for (let n = 0; n < batches; n++) {
        at += handle.write(batch, { at });
        handle.flush();
      }
      const perSecond = (batches / (performance.now() - start)) * 1000;
      lines.push(['OPFS log: flushed appends of ' + size + ' blocks', perSecond]);
      lines.push(['OPFS log: blocks in appends of ' + size, perSecond * size]);
    }
    const block = new Uint8Array(600);
    const start = performance.now();
    for (let n = 0; n < 20000; n++) handle.read(block, { at: ((n * 7919) % (at / 600 | 0)) * 600 });
    lines.push(['OPFS log: blocks read at random', (20000 / (performance.now() - start)) * 1000]);
    handle.close();
    await root.removeEntry('bench.log');
    postMessage(lines);
  };
`;

/** The least that an OPFS append log does: write, flush, read; without index, message or sharing. */
function benchOpfs(): Promise<Line[]> {
  const url = URL.createObjectURL(new Blob([OPFS_WORKER], { type: 'text/javascript' }));
  const worker = new Worker(url);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data as Line[]);
    };
    worker.onerror = (event) => reject(new Error(event.message));
    const sizes = [
      [1, 200],
      [100, 100],
      [1000, 50],
    ];
    worker.postMessage({ sizes });
  });
}

Object.assign(window, { benchOurs, benchOpfs, ready: true });
