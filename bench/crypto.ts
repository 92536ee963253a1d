/**
 * What our framing, sealing and filtering cost beside the bare libraries, in CPU microseconds a call
 * and as ratios of one run. Run with `node bench/crypto.ts`.
 */
import { createPrivateKey, randomFillSync, sign, type KeyObject } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { createBLAKE3 } from 'hash-wasm';
import {
  NoiseHandshake,
  freshAgreer,
  hash,
  isCanonicalKey,
  keyedHash,
  open,
  ready,
  seal,
  sealingKey,
  signStatement,
  softwareAgreer,
  softwareKeys,
  softwareSigner,
  verifyStatement,
  type Statement,
} from '@atoll/crypto';
import { concatBytes, fromHex, type KeyPlatform, type Rng, type Signer } from '@atoll/kernel';
import { nodeKeys, nodeRng } from '@atoll/platform-node';
import { simEd25519 } from '@atoll/testkit';
import { warmAead } from './ciphers/warm-aead.ts';

const ROUNDS = 5;
const MICROSECONDS_A_ROUND = 40_000;

/** Random bytes of this bench. */
function random(count: number): Uint8Array<ArrayBuffer> {
  return randomFillSync(new Uint8Array(count));
}

/** CPU microseconds a call, the best of five rounds. */
async function cost(work: () => unknown): Promise<number> {
  let calls = 1;
  for (;;) {
    const spent = await round(work, calls);
    if (spent > MICROSECONDS_A_ROUND / 4) break;
    calls *= 2;
  }
  let best = Number.POSITIVE_INFINITY;
  for (let at = 0; at < ROUNDS; at++) best = Math.min(best, (await round(work, calls)) / calls);
  return best;
}

async function round(work: () => unknown, calls: number): Promise<number> {
  const before = process.cpuUsage();
  for (let at = 0; at < calls; at++) {
    const result = work();
    if (result instanceof Promise) await result;
  }
  const spent = process.cpuUsage(before);
  return spent.user + spent.system;
}

function row(name: string, ours: number, theirs?: number): void {
  const reference = theirs === undefined ? '' : `  reference ${theirs.toFixed(2).padStart(9)} µs`;
  const ratio = theirs === undefined ? '' : `  ratio ${(ours / theirs).toFixed(2)}`;
  console.log(`${name.padEnd(40)} ${ours.toFixed(2).padStart(9)} µs${reference}${ratio}`);
}

async function hashing(): Promise<void> {
  const raw = await createBLAKE3();
  const key = random(32);
  for (const size of [50, 64, 200, 600, 5000]) {
    const data = random(size);
    const bare = await cost(() => raw.init().update(data).digest('binary'));
    row(`hash, ${size} B (raw BLAKE3 wasm)`, await cost(() => hash('block', data)), bare);
    row(`keyed hash, ${size} B`, await cost(() => keyedHash(key, 'block', data)), bare);
  }
}

async function sealing(): Promise<void> {
  const aead = await warmAead();
  const secret = random(32);
  const key = sealingKey(secret);
  const nonce = random(24);
  const associated = random(100);
  const rng = nodeRng;
  for (const size of [64, 200, 300, 600, 4096, 16_384]) {
    const plaintext = random(size);
    const theirs = xchacha20poly1305(secret, nonce, associated).encrypt(plaintext);
    const sealed = seal(key, { rng, associated, plaintext });
    row(
      `seal, ${size} B (library's AEAD alone)`,
      await cost(() => seal(key, { rng, associated, plaintext })),
      await cost(() => xchacha20poly1305(secret, nonce, associated).encrypt(plaintext)),
    );
    row(
      `open, ${size} B`,
      await cost(() => open(key, { associated, sealed })),
      await cost(() => xchacha20poly1305(secret, nonce, associated).decrypt(theirs)),
    );
    row(
      `seal, ${size} B, with Node's ciphers (without)`,
      await cost(() => seal(key, { rng, associated, plaintext, aead })),
      await cost(() => seal(key, { rng, associated, plaintext })),
    );
    row(
      `open, ${size} B, with Node's ciphers (without)`,
      await cost(() => open(key, { associated, sealed, aead })),
      await cost(() => open(key, { associated, sealed })),
    );
  }
}

/** node:crypto's signer, as a measure for the one in JavaScript. */
function platformSigner(seed: Uint8Array): { signer: Signer; key: KeyObject } {
  const prefix = fromHex('302e020100300506032b657004220420') ?? new Uint8Array(0);
  const der = Buffer.from(concatBytes(prefix, seed));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { publicKey } = softwareSigner(seed);
  return {
    key,
    signer: { publicKey, sign: async (data) => Uint8Array.from(sign(null, data, key)) },
  };
}

async function signing(): Promise<void> {
  const seed = random(32);
  const inMemory = softwareSigner(seed);
  const platform = platformSigner(seed);
  const statement: Statement = { purpose: 'feed-tip', audience: random(32), body: random(40) };
  row(
    'sign in JavaScript (node:crypto)',
    await cost(() => signStatement(inMemory, statement)),
    await cost(() => signStatement(platform.signer, statement)),
  );
  const signature = await signStatement(inMemory, statement);
  const { publicKey } = inMemory;
  row(
    'verify with filter (node:crypto alone)',
    await cost(() => verifyStatement(simEd25519, statement, { publicKey, signature })),
    await cost(() => simEd25519.verify(publicKey, statement.body, signature)),
  );
  const fresh = Array.from({ length: 200 }, () => softwareSigner(random(32)).publicKey);
  const start = process.cpuUsage();
  for (const key of fresh) await isCanonicalKey(key);
  row('first look at a key (torsion check)', process.cpuUsage(start).user / fresh.length);
  const agreer = softwareAgreer(seed);
  row('X25519 in JavaScript', await cost(() => agreer.agree(agreer.publicKey)));
}

/** A device connects to a server: fresh keys of the device, a handshake, and the mailbox's access signed. */
async function connect(keys: KeyPlatform, seed: Uint8Array): Promise<void> {
  const rng: Rng = { bytes: random };
  const shared = { psk: seed, prologue: seed };
  const [device, server, first, second] = [
    await freshAgreer(rng, keys),
    await keys.agreer(seed),
    await freshAgreer(rng, keys),
    await freshAgreer(rng, keys),
  ];
  const a = new NoiseHandshake({ ...shared, role: 'initiator', agreer: device, ephemeral: first });
  const b = new NoiseHandshake({ ...shared, role: 'responder', agreer: server, ephemeral: second });
  await b.readMessage(await a.writeMessage(new Uint8Array(0)));
  await a.readMessage(await b.writeMessage(new Uint8Array(0)));
  await b.readMessage(await a.writeMessage(new Uint8Array(0)));
  const { handshakeHash: audience } = a.split();
  const access = await keys.signer(seed);
  await signStatement(access, { purpose: 'mailbox-open', audience, body: access.publicKey });
}

async function connecting(): Promise<void> {
  const seed = random(32);
  row(
    "connect, both ends, platform's keys (JavaScript)",
    await cost(() => connect(nodeKeys, seed)),
    await cost(() => connect(softwareKeys, seed)),
  );
}

await ready();
await hashing();
await sealing();
await signing();
await connecting();
