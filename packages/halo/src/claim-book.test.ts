/** What a space remembers of attestations: only what their issuers and publishers have said themselves. */
import { idFromBytes } from '@atoll/kernel';
import { expect, test } from 'vitest';
import { revokeAttestation } from './claims/attestation-revocation.ts';
import { attestationId, type AttestationId } from './claims/attestation.ts';
import type { PublicationId } from './claims/publication.ts';
import { signBody } from './statement-signing.ts';
import { said } from './testing/claims.ts';
import { person } from './testing/people.ts';
import { foundTown, letIn } from './testing/town.ts';

const publication = '7a'.repeat(32) as PublicationId;

test('a revocation counts, whoever presents it, where the issuer is known', async () => {
  const town = await foundTown();
  const { dag, space } = town;
  const mira = await letIn(town, await person('Mira'), 'write');
  const [ada, kai] = [await person('Ada'), await person('Kai')];
  const byAda = await said();
  const byKai = await said({ by: kai });
  const revocations = await Promise.all([
    revokeAttestation({ attestation: byAda, deviceSigner: ada.deviceSigner }),
    revokeAttestation({ attestation: byKai, deviceSigner: kai.deviceSigner }),
  ]);
  await dag.append(space, mira.feed, { credential: mira.credential, statements: revocations });
  const { claims } = dag.fold(space).authority;
  expect(claims.revocationOf(ada.identity, attestationId(byAda.body))).toEqual(revocations[0]);
  // Nobody has said in this space whose devices are Kai's.
  expect(claims.revocationOf(kai.identity, attestationId(byKai.body))).toBeUndefined();
  const [, foreign] = revocations;
  await dag.append(space, mira.feed, {
    credential: mira.credential,
    statements: [kai.log.genesis, ...(foreign === undefined ? [] : [foreign])],
  });
  const { claims: now } = dag.fold(space).authority;
  expect(now.revocationOf(kai.identity, attestationId(byKai.body))).toEqual(foreign);
});

test('a revocation by the one whom it is about, or of another name, says nothing', async () => {
  const town = await foundTown();
  const { dag, space } = town;
  const mira = await letIn(town, await person('Mira'), 'write');
  const ada = await person('Ada');
  const attestation = await said();
  const { deviceSigner, identity } = await person('Mira');
  const real = await revokeAttestation({ attestation, deviceSigner: ada.deviceSigner });
  const own = await revokeAttestation({ attestation, deviceSigner });
  const statements = [
    own,
    { ...own, issuer: identity },
    { ...real, attestation: '00'.repeat(32) as AttestationId },
  ];
  await dag.append(space, mira.feed, { credential: mira.credential, statements });
  const { authority } = dag.fold(space);
  const id = attestationId(attestation.body);
  expect(authority.claims.revocationOf(ada.identity, id)).toBeUndefined();
  expect(authority.claims.revocationOf(identity, id)).toBeUndefined();
  const about = authority.decisions().filter(({ kind }) => kind === 'attestation-revocation');
  expect(about.map(({ verdict }) => (verdict.counts ? '' : verdict.why)).sort()).toEqual([
    'device-not-in-past',
    'signature-wrong',
    'signature-wrong',
  ]);
});

test('what one takes back of his own is no word of the issuer’s, whatever it names', async () => {
  const town = await foundTown();
  const { dag, space } = town;
  const mira = await letIn(town, await person('Mira'), 'write');
  const [ada, { deviceSigner, identity }] = [await person('Ada'), await person('Mira')];
  const id = attestationId((await said()).body);
  const body = {
    kind: 'attestation-revocation',
    issuer: identity,
    device: idFromBytes('device', deviceSigner.publicKey),
    attestation: id,
  } as const;
  const own = { ...body, signature: await signBody(deviceSigner, body) };
  await dag.append(space, mira.feed, { credential: mira.credential, statements: [own] });
  const { claims } = dag.fold(space).authority;
  expect(claims.revocationOf(identity, id)).toEqual(own);
  expect(claims.revocationOf(ada.identity, id)).toBeUndefined();
});

test('a withdrawal is its author’s alone, and of its space', async () => {
  const town = await foundTown();
  const { dag, founder, space } = town;
  const mira = await letIn(town, await person('Mira'), 'read');
  const { identity } = await person('Mira');
  const other = (await foundTown(2)).space;
  const statement = { kind: 'attestation-withdrawal', space, publication } as const;
  await dag.append(space, mira.feed, {
    credential: mira.credential,
    statements: [{ ...statement, space: other, publication: 'bb'.repeat(32) as PublicationId }],
  });
  await dag.append(space, mira.feed, { credential: mira.credential, statements: [statement] });
  const { claims } = dag.fold(space).authority;
  expect(claims.isWithdrawn(identity, publication)).toBe(true);
  expect(claims.isWithdrawn(founder.identity, publication)).toBe(false);
  expect(claims.isWithdrawn(identity, 'bb'.repeat(32) as PublicationId)).toBe(false);
});
