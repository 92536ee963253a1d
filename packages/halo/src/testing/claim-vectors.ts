/** Golden bytes of attestations, presentations and credentials. `spec/vectors/claims.json` holds what they must be. */
import { didKeyOf } from '@atoll/crypto';
import { simSigner } from '@atoll/testkit';
import { parseId, toHex } from '@atoll/kernel';
import { attestationId, encodeAttestation, withFields } from '../claims/attestation.ts';
import { credentialSeed, pairwiseSeed } from '../claims/claim-keys.ts';
import { formatPresentation } from '../claims/presentation.ts';
import { encodePublication, makePublication, publicationId } from '../claims/publication.ts';
import { formatSafetyScan, safetyNumber } from '../claims/safety-number.ts';
import { credentialOf } from '../claims/verifiable-credential.ts';
import { SAID_MS, SERVICE, presented, said } from './claims.ts';
import { person } from './people.ts';
import { plain } from './vectors.ts';

/** Content of `spec/vectors/claims.json`. */
export async function claimVectors(): Promise<unknown> {
  const [ada, mira] = [await person('Ada'), await person('Mira')];
  const attestation = await said({ expiresMs: SAID_MS + 86_400_000 });
  const part = withFields(attestation, ['club']);
  const space = parseId('space', '5a'.repeat(32));
  const publication = await makePublication({
    space,
    publisher: mira.identity,
    deviceSigner: mira.deviceSigner,
    publishedMs: SAID_MS,
    attestation: part,
  });
  const number = safetyNumber(ada.log, mira.log);
  const haloSecret = new Uint8Array(32).fill(0x22);
  return {
    about: 'Attestations and what is made of them; see spec/claims.md. Bytes are hex.',
    attestation: {
      bytes: toHex(encodeAttestation(attestation)),
      id: attestationId(attestation.body),
      fields: plain(attestation.body),
      shown: attestation.shown,
      oneField: toHex(encodeAttestation(part)),
    },
    publication: {
      bytes: toHex(encodePublication(publication)),
      id: publicationId(publication.body),
    },
    presentations: {
      pairwise: formatPresentation(await presented()),
      identity: formatPresentation(await presented({ as: 'identity', attestations: [part] })),
    },
    credentials: {
      'vc+jwt': credentialOf(attestation, 'vc+jwt'),
      'vc+sd-jwt': credentialOf(part, 'vc+sd-jwt'),
    },
    safetyNumber: {
      identities: number.halves.map(({ identity }) => identity),
      fingerprints: number.halves.map(({ fingerprint }) => toHex(fingerprint)),
      groups: number.groups,
      scan: formatSafetyScan(number),
    },
    derived: {
      haloSecret: toHex(haloSecret),
      credentialSeed: toHex(credentialSeed(haloSecret)),
      credentialDid: didKeyOf(simSigner(credentialSeed(haloSecret)).publicKey),
      origin: SERVICE,
      pairwiseSeed: toHex(pairwiseSeed(haloSecret, SERVICE)),
      pairwiseDid: didKeyOf(simSigner(pairwiseSeed(haloSecret, SERVICE)).publicKey),
    },
  };
}
