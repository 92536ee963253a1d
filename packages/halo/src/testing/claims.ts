/** What people of tests say about each other; equal bytes at every call. */
import { SimRng, simEd25519, simSigner } from '@atoll/testkit';
import type { Ed25519Platform } from '@atoll/kernel';
import { makeAttestation, type Attestation, type AttestationInput } from '../claims/attestation.ts';
import { credentialSeed, pairwiseSeed } from '../claims/claim-keys.ts';
import { makePresentation, type Presentation } from '../claims/presentation.ts';
import type { Bytes } from '../statements.ts';
import { person, type Person } from './people.ts';

/** When everything here is said: the first of May 2026, eight o'clock. */
export const SAID_MS = 1_777_622_400_000;
/** Where people sign in. */
export const SERVICE = 'https://library.example';
/** What the service asks. */
export const SERVICE_NONCE: Bytes = new Uint8Array(32).fill(0x5e);

export const platform: Ed25519Platform = simEd25519;

/** Says something: by Ada about Mira, unless told otherwise. */
export async function said(
  change: Partial<AttestationInput> & { readonly by?: Person; readonly about?: Person } = {},
): Promise<Attestation> {
  const { about, by, ...rest } = change;
  const issuer = by ?? (await person('Ada'));
  const subject = about ?? (await person('Mira'));
  return makeAttestation({
    rng: new SimRng(41),
    log: issuer.log,
    deviceSigner: issuer.deviceSigner,
    credentialSigner: simSigner(credentialSeed(issuer.haloSecret)),
    subject: subject.identity,
    schema: 'org.example.Membership',
    fields: { club: 'Rowing club', since: 2019, board: true },
    issuedMs: SAID_MS,
    ...rest,
  });
}

/** Signs in: Mira, under a name for the service alone, unless told otherwise. */
export async function presented(
  how: {
    readonly as?: 'identity';
    readonly attestations?: readonly Attestation[];
    readonly issuedMs?: number;
    readonly lastsMs?: number;
  } = {},
): Promise<Presentation> {
  const mira = await person('Mira');
  const pairwise = simSigner(pairwiseSeed(mira.haloSecret, SERVICE));
  const { deviceSigner, identity, log } = mira;
  const { as, attestations = [], issuedMs = SAID_MS, lastsMs = 60_000 } = how;
  const device = log.genesis.device;
  return makePresentation(as === 'identity' ? deviceSigner : pairwise, {
    audience: SERVICE,
    nonce: SERVICE_NONCE,
    issuedMs,
    expiresMs: issuedMs + lastsMs,
    channel: undefined,
    subject:
      as === 'identity'
        ? { as, identity, device, log }
        : { as: 'pairwise', key: pairwise.publicKey.slice() },
    attestations,
  });
}
