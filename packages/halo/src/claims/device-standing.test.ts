// Who speaks for an identity by its log alone: a lost device, a thief that lets others in, words that change.
import { recoverySecrets, softwareSigner, wordsToSeed } from '@atoll/crypto';
import { simAgreer, simSigner } from '@atoll/testkit';
import { idFromBytes, type Signer } from '@atoll/kernel';
import { expect, test } from 'vitest';
import {
  agreeWithDevice,
  changeRecovery,
  decideDevice,
  suspendDevice,
} from '../device-statements.ts';
import { admitDevice, withEntries, type IdentityLog, type LogStatement } from '../identity.ts';
import { identityEntryOf } from '../statement-ids.ts';
import { platform, presented, said, SAID_MS, SERVICE, SERVICE_NONCE } from '../testing/claims.ts';
import { person } from '../testing/people.ts';
import { attestationFault } from './attestation-check.ts';
import { changesSince, mergedLog, standingOf } from './device-standing.ts';
import { checkPresentation } from './presentation-check.ts';

const phone = simSigner(new Uint8Array(32).fill(31));
const tablet = simSigner(new Uint8Array(32).fill(33));
const thiefs = simSigner(new Uint8Array(32).fill(35));
const key = (signer: Signer): ReturnType<typeof device> => device(signer);

function device(signer: Signer): Parameters<typeof standingOf>[2] {
  return idFromBytes('device', signer.publicKey);
}

async function admit(log: IdentityLog, by: Signer, who: Signer): Promise<IdentityLog> {
  const admission = await admitDevice({
    log,
    admitting: by,
    newSigner: who,
    newAgreementKey: simAgreer(who.publicKey.slice()).publicKey,
  });
  return withEntries(log, [admission]);
}

const add = (log: IdentityLog, ...more: readonly LogStatement[]): IdentityLog =>
  withEntries(log, more);

test('a suspended device speaks for nobody, and the others do', async () => {
  const { deviceSigner, log } = await person('Mira');
  const two = await admit(log, deviceSigner, phone);
  const stop = { atMs: 1, device: key(phone), deviceSigner };
  const stopped = add(two, await suspendDevice({ log: two, ...stop }));
  expect(await standingOf(platform, two, key(phone))).toBeUndefined();
  expect(await standingOf(platform, stopped, key(phone))).toBe('device-suspended');
  expect(await standingOf(platform, stopped, key(deviceSigner))).toBeUndefined();
  expect(await standingOf(platform, stopped, key(tablet))).toBe('device-unknown');
});

test('whom a stopped device lets in by an older log is nobody, and whom it had let in before stays', async () => {
  const { deviceSigner, log } = await person('Mira');
  const two = await admit(log, deviceSigner, phone);
  const three = await admit(two, phone, tablet);
  const stop = await suspendDevice({ log: three, atMs: 1, device: key(phone), deviceSigner });
  const backdated = await admit(two, phone, thiefs);
  const all = mergedLog(add(three, stop), backdated);
  expect(all).toBeDefined();
  if (all === undefined) return;
  expect(await standingOf(platform, all, key(thiefs))).toBe('device-suspended');
  expect(await standingOf(platform, all, key(tablet))).toBeUndefined();
  // Also over a second one that it lets in.
  const further = await admit(all, thiefs, simSigner(new Uint8Array(32).fill(37)));
  const last = simSigner(new Uint8Array(32).fill(37));
  expect(await standingOf(platform, further, key(last))).toBe('device-suspended');
});

test('what a service knows of a suspension holds, whatever log is presented', async () => {
  const mira = await person('Mira');
  const two = await admit(mira.log, mira.deviceSigner, phone);
  const stop = await suspendDevice({
    log: two,
    atMs: 1,
    device: mira.log.genesis.device,
    deviceSigner: phone,
  });
  const known = add(two, stop);
  const context = { audience: SERVICE, nonce: SERVICE_NONCE, nowMs: SAID_MS + 1 };
  const old = await presented({ as: 'identity' });
  expect(await checkPresentation(platform, old, context)).toMatchObject({ ok: true });
  expect(await checkPresentation(platform, old, { ...context, knownLog: () => known })).toEqual({
    ok: false,
    why: 'device-suspended',
  });
  const attestation = await said({ by: mira, about: await person('Ada') });
  const now = { nowMs: SAID_MS + 1 };
  expect(await attestationFault(platform, attestation, now)).toBeUndefined();
  expect(await attestationFault(platform, attestation, { ...now, known })).toBe('device-suspended');
});

test('the words decide finally', async () => {
  const { deviceSigner, log, words } = await person('Mira');
  const recoverySigner = softwareSigner(recoverySecrets(await wordsToSeed(words)).signingSeed);
  const two = await admit(log, deviceSigner, phone);
  const stop = await suspendDevice({ log: two, atMs: 1, device: key(phone), deviceSigner });
  const stopped = add(two, stop);
  const decide = { log: stopped, atMs: 2, device: key(phone), recoverySigner } as const;
  const stays = add(stopped, await decideDevice({ ...decide, fate: 'stays' }));
  expect(await standingOf(platform, stays, key(phone))).toBeUndefined();
  const goes = add(stays, await decideDevice({ ...decide, log: stays, fate: 'goes' }));
  expect(await standingOf(platform, goes, key(phone))).toBe('device-suspended');
});

test('what a verified person changes is seen, but for devices that two of theirs, or the words, vouch for', async () => {
  const { deviceSigner, log, words } = await person('Mira');
  const oldSigner = softwareSigner(recoverySecrets(await wordsToSeed(words)).signingSeed);
  const none = { devices: 0, words: false, isContested: false };
  expect(changesSince(log, log)).toEqual(none);
  const two = await admit(log, deviceSigner, phone);
  expect(changesSince(log, two)).toEqual({ ...none, devices: 1 });
  const three = await admit(two, phone, tablet);
  expect(changesSince(two, three)).toEqual({ ...none, devices: 1 });
  const entry = identityEntryOf(three.admissions[1] ?? three.genesis);
  const agreed = await agreeWithDevice({ log: three, atMs: 1, entry, deviceSigner });
  expect(changesSince(two, add(three, agreed))).toEqual(none);
  const byWords = await admit(two, oldSigner, tablet);
  expect(changesSince(two, byWords)).toEqual(none);
  const stop = await suspendDevice({ log: three, atMs: 1, device: key(tablet), deviceSigner });
  expect(changesSince(two, add(three, stop))).toEqual(none);
  const change = {
    log: two,
    atMs: 1,
    oldSigner,
    agreementKey: simAgreer(new Uint8Array(32).fill(51)).publicKey,
  };
  const fresh = (fill: number): Signer => simSigner(new Uint8Array(32).fill(fill));
  const first = await changeRecovery({ ...change, deviceSigner, newSigner: fresh(41) });
  expect(changesSince(two, add(two, first))).toEqual({ ...none, words: true });
  const other = await changeRecovery({ ...change, deviceSigner: phone, newSigner: fresh(42) });
  expect(changesSince(two, add(two, first, other))).toMatchObject({ isContested: true });
});
