/**
 * Passkeys of a browser: discoverable credentials with the extension `prf` (WebAuthn Level 3, section 10.1.4). They
 * belong to the domain of the page: another address of the same application has others. No server takes part, so
 * challenge and signature say nothing to anybody; the secret is what counts.
 */
import {
  PASSKEY_OUTPUT_BYTES,
  equalBytes,
  type PasskeyAnswer,
  type PasskeyRefusal,
  type Passkeys,
} from '@atoll/kernel';

/** People look for their phone or key; after that the browser gives up. */
const TIMEOUT_MS = 120_000;
const CHALLENGE_BYTES = 32;
/** Names the entry in the user's list and nothing else: random, so that it tells nothing. */
const HANDLE_BYTES = 16;
/** Ed25519, P-256, RSA: whatever an authenticator has, for its signature is not used. */
const ALGORITHMS = [-8, -7, -257] as const;
const APPLICATION = 'Atoll';

/** {@link Passkeys} over `navigator.credentials`. */
export const webPasskeys: Passkeys = {
  async isSupported() {
    if (!hasPasskeys()) return false;
    try {
      const { ['extension:prf']: prf } = await PublicKeyCredential.getClientCapabilities();
      return prf !== false;
    } catch {
      // Browsers that cannot be asked are found out by asking for a passkey.
      return true;
    }
  },

  async create({ known = [], name, salts }) {
    if (!hasPasskeys()) return { at: 'unsupported' };
    const made = await attempt(() =>
      navigator.credentials.create({
        publicKey: {
          rp: { id: location.hostname, name: APPLICATION },
          user: { id: randomBytes(HANDLE_BYTES), name, displayName: name },
          challenge: randomBytes(CHALLENGE_BYTES),
          pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
          authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
          attestation: 'none',
          timeout: TIMEOUT_MS,
          excludeCredentials: known.map(named),
          extensions: { prf: evaluating(salts) },
        },
      }),
    );
    if ('at' in made) return made;
    const { prf } = made.getClientExtensionResults();
    const id = new Uint8Array(made.rawId);
    const outputs = outputsOf(prf?.results, salts.length);
    if (outputs !== undefined) return { at: 'given', credential: id, outputs };
    // Many authenticators answer only when they are asked again.
    const answer: PasskeyAnswer =
      prf?.enabled === true ? await webPasskeys.evaluate({ salts, among: [id] }) : { at: 'no-prf' };
    if (answer.at !== 'given') await forget(id);
    return answer;
  },

  async evaluate({ among = [], salts }) {
    if (!hasPasskeys()) return { at: 'unsupported' };
    const got = await attempt(() =>
      navigator.credentials.get({
        publicKey: {
          rpId: location.hostname,
          challenge: randomBytes(CHALLENGE_BYTES),
          userVerification: 'required',
          timeout: TIMEOUT_MS,
          allowCredentials: among.map(named),
          extensions: { prf: evaluating(salts) },
        },
      }),
    );
    if ('at' in got) return got;
    const credential = new Uint8Array(got.rawId);
    const isOne = among.some((id) => equalBytes(id, credential));
    if (among.length > 0 && !isOne) return { at: 'wrong-credential' };
    const { prf } = got.getClientExtensionResults();
    const outputs = outputsOf(prf?.results, salts.length);
    return outputs === undefined ? { at: 'no-prf' } : { at: 'given', credential, outputs };
  },
};

function hasPasskeys(): boolean {
  // A passkey belongs to a domain, and a number is none.
  if (/^[\d.]+$|^\[/u.test(location.hostname)) return false;
  return isSecureContext && 'PublicKeyCredential' in globalThis && 'credentials' in navigator;
}

/** The credential, or why there is none. */
async function attempt(
  ask: () => Promise<Credential | null>,
): Promise<PublicKeyCredential | { readonly at: PasskeyRefusal }> {
  try {
    const credential = await ask();
    return credential instanceof PublicKeyCredential ? credential : { at: 'cancelled' };
  } catch (failure) {
    return { at: refusalOf(failure) };
  }
}

/** By the names of WebAuthn Level 3, sections 5.1.3 and 5.1.4. */
function refusalOf(failure: unknown): PasskeyRefusal {
  switch (failure instanceof DOMException ? failure.name : '') {
    case 'InvalidStateError':
      return 'known';
    case 'NotAllowedError':
    case 'AbortError':
      return 'cancelled';
    default:
      // An address that is no domain, an authenticator without any of the algorithms, a page that may not ask.
      return 'unsupported';
  }
}

function evaluating(salts: readonly Uint8Array[]): AuthenticationExtensionsPRFInputs {
  const [first = new Uint8Array(0), second] = salts.map((salt) => new Uint8Array(salt));
  return { eval: second === undefined ? { first } : { first, second } };
}

function outputsOf(
  results: AuthenticationExtensionsPRFValues | undefined,
  count: number,
): readonly Uint8Array<ArrayBuffer>[] | undefined {
  const outputs = [results?.first, results?.second].flatMap((one) =>
    one === undefined ? [] : [bytesOf(one)],
  );
  const isWhole = outputs.every(({ length }) => length === PASSKEY_OUTPUT_BYTES);
  return outputs.length === count && isWhole ? outputs : undefined;
}

function bytesOf(source: BufferSource): Uint8Array<ArrayBuffer> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const { buffer, byteLength, byteOffset } = source as ArrayBufferView;
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}

/** Tells the list of the user's passkeys that this one is of no use, where a list can be told. */
async function forget(id: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    const base64 = btoa(String.fromCodePoint(...id));
    const credentialId = base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    await PublicKeyCredential.signalUnknownCredential({ rpId: location.hostname, credentialId });
  } catch {
    // It stays in the list, and opens nothing.
  }
}

function named(id: Uint8Array): PublicKeyCredentialDescriptor {
  return { type: 'public-key', id: new Uint8Array(id) };
}

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}
