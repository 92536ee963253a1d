/**
 * What no block of one object can do without, with the functions that the client uses and nothing around them:
 * two seals, the hashes that the format asks for, a 64th of a signature, and its bytes in a durable row. No
 * objects, no order, no index, no undo.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { hash, keyedHash, ready, seal, sealingKey } from '@atoll/crypto';
import { nodeRng } from '@atoll/platform-node';
import { warmAead } from './ciphers/warm-aead.ts';
import { rowAt } from './objects/rows.ts';

/** As the client does it: a signature for 64 blocks, a commit for eight signatures. */
const SIGNED_TOGETHER = 64;
const COMMITTED_TOGETHER = 512;
/** A header that names one section. */
const HEADER_BYTES = 192;
/** A signature for each takes 50 µs and more: fewer say as much. */
const SIGNED_EACH = 5_000;

/** CPU of all threads. */
export interface Floor {
  /** Milliseconds of all blocks, one step after the other for each, as a client would do it at best. */
  readonly allMs: number;
  /** The same loop in microseconds a block. */
  readonly all: number;
  // Each part in a loop of its own, microseconds a block.
  readonly seals: number;
  readonly hashes: number;
  readonly signature: number;
  readonly row: number;
  /** A signature for each block, which ours do not have. */
  readonly signatureEach: number;
}

interface Steps {
  readonly seals: () => readonly [Uint8Array, Uint8Array];
  readonly hashes: (head: Uint8Array, sealed: Uint8Array) => Uint8Array;
  readonly sign: (name: Uint8Array) => void;
  readonly row: (at: number, name: Uint8Array, bytes: Uint8Array) => void;
}

function cpuMs(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { system, user } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

async function makeSteps(db: DatabaseSync): Promise<Steps> {
  await ready();
  const insert = db.prepare('INSERT INTO blocks VALUES (?, ?, ?)');
  const { privateKey } = generateKeyPairSync('ed25519');
  const aead = await warmAead();
  const key = sealingKey(randomBytes(32));
  const tagKey = randomBytes(32);
  const section = new TextEncoder().encode(JSON.stringify(rowAt(0)));
  const header = new Uint8Array(HEADER_BYTES);
  const associated = section.subarray(0, 32);
  const nonce = randomBytes(16);
  const sealOf = (plaintext: Uint8Array): Uint8Array =>
    seal(key, { rng: nodeRng, associated, plaintext, aead });
  return {
    seals: () => [sealOf(header), sealOf(section)],
    // Beside the two that are the nonces of the seals: the object's id, the tag, and five of content and frame.
    hashes: (head, sealed) => {
      hash('object', associated, nonce);
      keyedHash(tagKey, 'membership-tag', associated);
      hash('section', sealed);
      const content = hash('content', hash('inner', head), hash('rest', sealed));
      return hash('block', content, associated);
    },
    sign: (name) => sign(null, name, privateKey),
    row: (at, name, bytes) => {
      insert.run(at, name, bytes);
      if (at % COMMITTED_TOGETHER === 0) db.exec('COMMIT; BEGIN');
    },
  };
}

/** Measures in this process, warm or cold as it is. */
export async function floorOf(path: string, count: number): Promise<Floor> {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE blocks (at INTEGER PRIMARY KEY, hash BLOB, bytes BLOB)');
  const { hashes, row, seals, sign: signed } = await makeSteps(db);
  const each = (step: (at: number) => void, times = count): number => {
    const took = cpuMs(() => {
      for (let at = 0; at < times; at++) step(at);
    });
    return (took * 1_000) / times;
  };
  db.exec('BEGIN');
  const all = each((at) => {
    const [head, sealed] = seals();
    const name = hashes(head, sealed);
    if (at % SIGNED_TOGETHER === 0) signed(name);
    row(at, name, Buffer.concat([head, sealed]));
  });
  db.exec('COMMIT');
  const [head, sealed] = seals();
  const name = hashes(head, sealed);
  const bytes = Buffer.concat([head, sealed]);
  const parts = {
    seals: each(() => seals()),
    hashes: each(() => hashes(head, sealed)),
    signatureEach: each(() => signed(name), Math.min(count, SIGNED_EACH)),
  };
  db.exec('BEGIN');
  const rows = each((at) => row(count + at, name, bytes));
  db.exec('COMMIT');
  db.close();
  const signature = parts.signatureEach / SIGNED_TOGETHER;
  return { ...parts, all, allMs: (all * count) / 1_000, signature, row: rows };
}
