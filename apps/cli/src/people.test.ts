import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.fixture.ts';

const { dir, run } = commandLine();

test(
  'what one says is shown, exported, looked at, taken back and forgotten',
  { timeout: 60_000 },
  async () => {
    await run('init', '--name', 'Ann');
    await run('space', 'create', 'Garden');
    const made = await run('attest', 'make', 'me', 'org.example.Note', 'of=basil', 'plot=7');
    expect(made.last).toMatchObject({
      state: 'holds',
      fields: { of: 'basil', plot: 7 },
      hidden: 0,
    });
    const id = String(made.last['attestation']);
    const short = id.slice(0, 8);
    await run('attest', 'publish', short, 'Garden', '--fields', 'of');
    expect((await run('attest', 'list', 'Garden')).last).toMatchObject({
      attestation: id,
      fields: { of: 'basil' },
      hidden: 1,
    });
    await run('attest', 'withdraw', short, 'Garden');
    expect((await run('attest', 'list', 'Garden')).last).toEqual({});
    for (const form of ['atoll', 'vc+jwt', 'vc+sd-jwt']) {
      const file = join(dir, `${form}.txt`);
      expect((await run('attest', 'export', short, file, '--form', form)).code).toBe(0);
      expect((await run('attest', 'verify', file)).last).toMatchObject({ state: 'holds' });
    }
    const revoked = await run('attest', 'revoke', short);
    expect((await run('attest', 'list')).last).toMatchObject({ state: 'revoked' });
    const gone = await run('attest', 'verify', join(dir, 'atoll.txt'));
    expect(gone.last['error']).toMatchObject({ code: 'CLI_DOES_NOT_HOLD' });
    writeFileSync(join(dir, 'revocation.txt'), String(revoked.last['revocation']));
    expect((await run('attest', 'verify', join(dir, 'revocation.txt'))).last).toMatchObject({
      attestation: id,
      revoked: true,
    });
    await run('attest', 'remove', short);
    expect((await run('attest', 'list')).last).toEqual({});
  },
);

test('wrong input is refused with a code', { timeout: 60_000 }, async () => {
  writeFileSync(join(dir, 'junk.txt'), 'junk');
  const refusals: readonly (readonly [string, readonly string[]])[] = [
    ['CLI_MEMBER_UNKNOWN', ['contact', 'verify', 'Nobody']],
    ['CLI_MEMBER_UNKNOWN', ['contact', 'add', 'Garden', 'Nobody']],
    ['CLI_ATTESTATION_UNKNOWN', ['attest', 'revoke', 'abcd']],
    ['CLI_USAGE', ['attest', 'make', 'me', 'org.example.Note', 'basil']],
    ['CLI_USAGE', ['present', '--audience', 'https://x.example']],
    ['HALO_ORIGIN', ['present', '--audience', 'x', '--nonce', '5e'.repeat(16)]],
    ['HALO_CLAIM_LIMIT', ['present', '--audience', 'https://x.example', '--nonce', '5e']],
    ['CLIENT_ATTESTATION_VOID', ['attest', 'import', join(dir, 'junk.txt')]],
    ['CLI_FILE', ['attest', 'import', join(dir, 'none.txt')]],
  ];
  for (const [code, args] of refusals) {
    expect((await run(...args)).last['error'], args.join(' ')).toMatchObject({ code });
  }
});
