/** New keys of a space, sealed to ten, a hundred and a thousand devices, beside the primitives alone. */
import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
} from 'node:crypto';
import { ROOT_ZONE, idFromBytes, toHex, type IdentityId } from '@atoll/kernel';
import { SimRng, simAgreer } from '@atoll/testkit';
import {
  beginGeneration,
  copyKeysBy,
  createGeneration,
} from '../../packages/halo/src/generation.ts';
import { nodeKeys } from '../../packages/platform-node/src/node-keys.ts';
import { row, say, table, taken } from './report.ts';

const ROUNDS = 3;
const X25519_PUBLIC = Buffer.from('302a300506032b656e032100', 'hex');

/** The same by the platform: an ephemeral key, X25519, HKDF and ChaCha20-Poly1305 for each. */
function plain(readers: readonly Uint8Array[], secret: Uint8Array): void {
  for (const reader of readers) {
    const der = Buffer.concat([X25519_PUBLIC, reader]);
    const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const { privateKey } = generateKeyPairSync('x25519');
    const shared = diffieHellman({ privateKey, publicKey });
    const key = Buffer.from(hkdfSync('sha256', shared, '', 'bench', 32));
    const options = { authTagLength: 16 } as const;
    const cipher = createCipheriv('chacha20-poly1305', key, Buffer.alloc(12), options);
    cipher.update(secret);
    cipher.final();
    cipher.getAuthTag();
  }
}

/** See above. */
export async function sealing(counts: readonly number[] = [10, 100, 1_000]): Promise<void> {
  const rng = new SimRng(21);
  const space = idFromBytes('space', rng.bytes(32));
  table('Sealing a rotation');
  for (const count of counts) {
    const readers = Array.from({ length: count }, () => {
      const identity = toHex(rng.bytes(32)) as IdentityId;
      return { identity, key: simAgreer(rng.bytes(32)).publicKey };
    });
    const keys = readers.map(({ key }) => key);
    const secret = rng.bytes(64);
    const raw = await taken(ROUNDS, () => {
      plain(keys, secret);
    });
    const by = await taken(ROUNDS, async () => {
      const { rotation, secret } = beginGeneration({ rng, space, of: ROOT_ZONE, readers });
      for (const reader of rotation.readers)
        await copyKeysBy(nodeKeys, { rng, space, secret, reader });
    });
    row(`to ${String(count)} readers`, by.least, 'X25519, HKDF, AEAD in OpenSSL', raw.least);
    const ours = await taken(ROUNDS, () =>
      createGeneration({ rng, space, of: ROOT_ZONE, readers }),
    );
    row('with X25519 in JavaScript', ours.least);
  }
  say();
  say(
    'An identity has one reading key for all its devices, so that a thousand readers are a thousand people.',
  );
}
