// Signing in at a real web service on this machine, with what the command line answers to its challenge.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { admitDevice, suspendDevice, withEntries } from '@atoll/halo';
import { softwareAgreer, softwareSigner } from '@atoll/crypto';
import { afterAll, expect, test } from 'vitest';
import { runCli } from '../../apps/cli/src/run-cli.ts';
import { startService, type Account } from '../../examples/sign-in-service.ts';

const dir = mkdtempSync(join(tmpdir(), 'atoll-sign-in-'));
const service = await startService();
afterAll(() => {
  service.server.close();
  rmSync(dir, { recursive: true, force: true });
});

async function atoll(...args: string[]): Promise<Record<string, unknown>> {
  let stdout = '';
  await runCli({
    args: [...args, '--json'],
    env: { ATOLL_HOME: join(dir, 'home') },
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: () => undefined },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>;
}

async function challenge(): Promise<string> {
  const answer = await fetch(`${service.origin}/challenge`);
  return ((await answer.json()) as { nonce: string }).nonce;
}

async function signIn(nonce: string, presentation: unknown): Promise<Record<string, unknown>> {
  const body = JSON.stringify({ nonce, presentation });
  const answer = await fetch(`${service.origin}/sign-in`, { method: 'POST', body });
  return (await answer.json()) as Record<string, unknown>;
}

/** Answers a challenge on the command line. */
async function answered(nonce: string, ...more: string[]): Promise<unknown> {
  const audience = more.includes('--audience') ? [] : ['--audience', service.origin];
  return (await atoll('present', '--nonce', nonce, ...audience, ...more))['presentation'];
}

test('somebody signs in twice and is the same, and nobody signs in with what was used, or made elsewhere', async () => {
  await atoll('init', '--name', 'Ann');
  const first = await challenge();
  const presentation = await answered(first);
  const came = await signIn(first, presentation);
  expect(came).toMatchObject({ ok: true, visits: 1 });
  expect(String(came['subject'])).toMatch(/^did:key:z6Mk/u);
  expect(await signIn(first, presentation)).toEqual({ ok: false, why: 'nonce-unknown' });
  const second = await challenge();
  expect(await signIn(second, presentation)).toEqual({ ok: false, why: 'wrong-nonce' });
  const third = await challenge();
  expect(await signIn(third, await answered(third))).toMatchObject({
    subject: came['subject'],
    visits: 2,
  });
  const fourth = await challenge();
  const elsewhere = await answered(fourth, '--audience', 'https://evil.example');
  expect(await signIn(fourth, elsewhere)).toEqual({ ok: false, why: 'wrong-audience' });
  const fifth = await challenge();
  expect(await signIn(fifth, 'nonsense')).toEqual({ ok: false, why: 'malformed' });
});

test('who agrees to be known is, and a suspension that a stranger has made up is no log of theirs', async () => {
  const { identity } = await atoll('whoami');
  const first = await challenge();
  expect(await signIn(first, await answered(first, '--identity'))).toMatchObject({
    ok: true,
    subject: identity,
  });
  const account = service.accounts.get(String(identity)) as Account;
  const { log } = account;
  expect(log).toBeDefined();
  if (log === undefined) return;
  const phone = softwareSigner(new Uint8Array(32).fill(9));
  const admission = await admitDevice({
    log,
    admitting: phone,
    newSigner: phone,
    newAgreementKey: softwareAgreer(new Uint8Array(32).fill(8)).publicKey,
  });
  const forged = withEntries(log, [admission]);
  const { device } = log.genesis;
  const stop = await suspendDevice({ log: forged, atMs: 0, device, deviceSigner: phone });
  // Refused rather than believed: the identity has never let that device in.
  account.log = withEntries(forged, [stop]);
  const second = await challenge();
  expect(await signIn(second, await answered(second, '--identity'))).toEqual({
    ok: false,
    why: 'log-wrong',
  });
  account.log = log;
  const third = await challenge();
  expect(await signIn(third, await answered(third, '--identity'))).toMatchObject({ ok: true });
});
