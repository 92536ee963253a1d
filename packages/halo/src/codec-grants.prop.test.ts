/** The name that a grant has when it was read is that of what it says. */
import { simSigner, SimRng } from '@atoll/testkit';
import type { CredentialId, IdentityId, SpaceId } from '@atoll/kernel';
import { toHex } from '@atoll/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { credentialIdOf } from './codec-grants.ts';
import { grantAccess } from './issue.ts';
import { decodeStatements, encodeStatements } from './statement-codec.ts';
import type { Grant, GrantSubject } from './statements.ts';
import { plainStatement } from './testing/plain-statement.ts';

const rng = new SimRng(3);
const id = (): string => toHex(rng.bytes(32));
const deviceSigner = simSigner(rng.bytes(32));

const subjects: fc.Arbitrary<GrantSubject> = fc.constantFrom<GrantSubject>(
  { to: 'identity', identity: id() as IdentityId },
  { to: 'anyone' },
  { to: 'group', group: toHex(rng.bytes(16)) as never },
);
const paths = fc.array(
  fc.integer({ min: 0, max: 2 }).map((at) => new Uint8Array(16).fill(at)),
  { maxLength: 8 },
);

const grants = fc
  .record({
    ...{
      subject: subjects,
      path: paths,
      level: fc.constantFrom('read', 'write', 'control', 'own'),
    },
    ...{ through: fc.array(fc.constantFrom(id(), id()), { maxLength: 4 }), until: fc.nat(300) },
    premise: fc.option(fc.record({ subject: subjects, path: paths }), { nil: undefined }),
    ...{ withoutHistory: fc.boolean(), isHandover: fc.boolean() },
    invitation: fc.option(fc.constant(id()), { nil: undefined }),
  })
  .map(({ invitation, level, premise, through, ...rest }) =>
    grantAccess({
      ...{ rng, space: id() as SpaceId, parent: id() as CredentialId, ...rest },
      ...{ level: level as Grant['level'], through: through as CredentialId[] },
      ...{ premise: premise && { ...premise, level: 'read' as const } },
      ...{ issuer: id() as IdentityId, deviceSigner, invitation: invitation as never },
    }),
  );

function readBack(grant: Grant): Grant {
  const [read] = decodeStatements(encodeStatements([grant]));
  if (read?.kind !== 'grant') throw new RangeError('it was a grant');
  return read;
}

test('a grant that was read says what was written, and has its name', async () => {
  await fc.assert(
    fc.asyncProperty(grants, async (making) => {
      const grant = await making;
      const read = readBack(grant);
      expect(plainStatement(read)).toEqual(grant);
      expect(credentialIdOf(read)).toBe(credentialIdOf(grant));
      expect(encodeStatements([read])).toEqual(encodeStatements([grant]));
    }),
    { numRuns: 200 },
  );
});

test('what is changed after it was read has the name of what it says then', async () => {
  await fc.assert(
    fc.asyncProperty(grants, async (making) => {
      const read = readBack(await making);
      const changed: Grant = { ...plainStatement(read), until: read.until + 1 };
      expect(credentialIdOf(changed)).not.toBe(credentialIdOf(read));
      expect(credentialIdOf(changed)).toBe(credentialIdOf(readBack(changed)));
    }),
    { numRuns: 50 },
  );
});

test('what was read stays as it was when its bytes are used for something else', async () => {
  await fc.assert(
    fc.asyncProperty(grants, async (making) => {
      const grant = await making;
      const bytes = encodeStatements([grant]);
      const [read] = decodeStatements(bytes);
      bytes.fill(0xff);
      expect(read?.kind === 'grant' && plainStatement(read)).toEqual(grant);
    }),
    { numRuns: 50 },
  );
});
