/** The ciphers that a client in Node seals with once it has sealed much: with libsodium's loaded. */
import { randomBytes } from 'node:crypto';
import { seal, sealingKey } from '@atoll/crypto';
import type { AeadPlatform } from '@atoll/kernel';
import { nodeAead, nodeRng } from '@atoll/platform-node';

/** As many as it takes until they are loaded. */
const TEXTS = 2_000;

/** Waits until they are there. */
export async function warmAead(): Promise<AeadPlatform> {
  const key = sealingKey(randomBytes(32));
  const text = new Uint8Array(64);
  while (nodeAead.short === undefined) {
    for (let at = 0; at < TEXTS; at++) {
      seal(key, { rng: nodeRng, associated: text, plaintext: text, aead: nodeAead });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return nodeAead;
}
