/** Key pairs through WebCrypto, off the page's thread where the browser does so. */
import { assert, type Agreer, type KeyPlatform, type Signer } from '@atoll/kernel';

const KEY_BYTES = 32;
// What precedes 32 raw key bytes in PKCS #8, RFC 8410: the last byte but four names the curve.
const PKCS8 = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20] as const;
const CURVE_AT = 11;
const CURVES = { Ed25519: 0x70, X25519: 0x6e } as const;

/** The signer of a private key. */
export function signerOf(privateKey: CryptoKey, publicKey: Uint8Array<ArrayBuffer>): Signer {
  return {
    publicKey,
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, new Uint8Array(message))),
  };
}

/** The agreer of a private key. */
export function agreerOf(privateKey: CryptoKey, publicKey: Uint8Array<ArrayBuffer>): Agreer {
  return { publicKey, agree: (theirs) => agree(privateKey, theirs) };
}

/** The browser's keys. */
export const webKeys: KeyPlatform = {
  signer: async (seed) => signerOf(...(await imported('Ed25519', seed, 'sign'))),
  agreer: async (secret) => agreerOf(...(await imported('X25519', secret, 'deriveBits'))),
};

/** The private key, and the public one that belongs to it. */
async function imported(
  curve: 'Ed25519' | 'X25519',
  secret: Uint8Array,
  usage: KeyUsage,
): Promise<[CryptoKey, Uint8Array<ArrayBuffer>]> {
  const pkcs8 = new Uint8Array(PKCS8.length + KEY_BYTES);
  pkcs8.set(PKCS8);
  pkcs8[CURVE_AT] = CURVES[curve];
  pkcs8.set(secret, PKCS8.length);
  // Extractable, since its public key comes out with it; the program had the secret anyway.
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, curve, true, [usage]);
  pkcs8.fill(0);
  const { x } = await crypto.subtle.exportKey('jwk', key);
  assert(x !== undefined, 'a private key comes with its public key');
  const text = atob(x.replaceAll('-', '+').replaceAll('_', '/'));
  return [key, Uint8Array.from(text, (character) => character.charCodeAt(0))];
}

async function agree(privateKey: CryptoKey, theirs: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const raw = new Uint8Array(theirs);
  const publicKey = await crypto.subtle.importKey('raw', raw, 'X25519', false, []);
  try {
    const algorithm = { name: 'X25519', public: publicKey };
    return new Uint8Array(await crypto.subtle.deriveBits(algorithm, privateKey, 256));
  } catch {
    // WebCrypto refuses all-zero results (small order); the port leaves that refusal to the caller.
    return new Uint8Array(KEY_BYTES);
  }
}
