/** The small ports of a Node process, its keystore, its locks and the platform as a whole. */
import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { utf8 } from '@atoll/kernel';
import {
  clockContract,
  ed25519Contract,
  keysContract,
  keystoreContract,
  locksContract,
  rngContract,
} from '@atoll/testkit/contracts';
import { profileFingerprint } from './fingerprint.ts';
import { nodeKeys } from './node-keys.ts';
import { NodeKeystore, protectionOf } from './node-keystore.ts';
import { NodeLocks } from './node-locks.ts';
import { openNodeBase } from './node-platform.ts';
import { nodeClock, nodeEd25519, nodeRng } from './node-ports.ts';

async function scratch(): Promise<{ dir: string } & AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), 'atoll-ports-'));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

clockContract('Node clock', async () => ({
  clock: nodeClock,
  [Symbol.asyncDispose]: async () => {},
}));
rngContract('Node randomness', () => nodeRng);
ed25519Contract('Node Ed25519', nodeEd25519);
keysContract('Node keys', nodeKeys);

test('signatures that come at once are judged like those that come alone', async () => {
  await using bed = await scratch();
  const keystore = await NodeKeystore.open({ dir: bed.dir });
  const { publicKey, sign } = await keystore.signer('device');
  const message = new Uint8Array(40);
  const good = await sign(message);
  const bad = good.with(0, ((good[0] as number) + 1) % 256);
  const verdicts = Array.from({ length: 40 }, (_, at) =>
    nodeEd25519.verify(publicKey, message, at % 2 === 0 ? good : bad),
  );
  expect(await Promise.all(verdicts)).toEqual(verdicts.map((_, at) => at % 2 === 0));
  await keystore[Symbol.asyncDispose]();
});

keystoreContract('keystore with a key file', async () => {
  const bed = await scratch();
  return {
    open: () => NodeKeystore.open({ dir: bed.dir }),
    ed25519: nodeEd25519,
    [Symbol.asyncDispose]: () => bed[Symbol.asyncDispose](),
  };
});

locksContract('Node locks', async () => {
  const { dir, ...bed } = await scratch();
  return { ...bed, one: new NodeLocks(dir), two: new NodeLocks(dir) };
});

test('a keystore under a passphrase opens with it, in either Unicode form, and with no other', async () => {
  await using bed = await scratch();
  const { dir } = bed;
  const first = await NodeKeystore.open({ dir, passphrase: 'café' });
  const { publicKey } = await first.signer('device');
  const again = await NodeKeystore.open({ dir, passphrase: 'cafe\u0301' });
  expect((await again.signer('device')).publicKey).toEqual(publicKey);
  const wrong = { code: 'STORE_PASSPHRASE' };
  await expect(NodeKeystore.open({ dir, passphrase: 'cafe' })).rejects.toMatchObject(wrong);
  await expect(NodeKeystore.open({ dir })).rejects.toMatchObject({ code: 'STORE_LOCKED' });
});

test('what a crash has left of an earlier keystore goes with what is erased', async () => {
  await using bed = await scratch();
  const { dir } = bed;
  await using keystore = await NodeKeystore.open({ dir });
  await keystore.putSecret('identity', utf8('ada'));
  await copyFile(join(dir, 'keys.sealed'), join(dir, 'keys.sealed.0123456789ab.new'));
  await keystore.erase();
  expect(await readdir(dir)).not.toContain('keys.sealed.0123456789ab.new');
  expect(await keystore.getSecret('identity')).toBeUndefined();
});

test('a passphrase is set, changed and removed, and only the last one opens the same keys', async () => {
  await using bed = await scratch();
  const { dir } = bed;
  const keystore = await NodeKeystore.open({ dir });
  const { publicKey } = await keystore.signer('device');
  await keystore.putSecret('identity', utf8('ada'));
  expect(await protectionOf(dir)).toBe('key-file');
  expect(keystore.unlockKey).toBeUndefined();
  await keystore.protect('first one');
  expect(await protectionOf(dir)).toBe('passphrase');
  expect(await readdir(dir)).not.toContain('keys.key');
  await expect(NodeKeystore.open({ dir })).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  await keystore.protect('second one');
  const wrong = { code: 'STORE_PASSPHRASE' };
  await expect(NodeKeystore.open({ dir, passphrase: 'first one' })).rejects.toMatchObject(wrong);
  const again = await NodeKeystore.open({ dir, passphrase: 'second one' });
  expect((await again.signer('device')).publicKey).toEqual(publicKey);
  expect(await again.getSecret('identity')).toEqual(utf8('ada'));
  const unlockKey = Uint8Array.from(again.unlockKey ?? []);
  const byKey = await NodeKeystore.open({ dir, unlockKey });
  expect(await byKey.getSecret('identity')).toEqual(utf8('ada'));
  await again.protect(undefined);
  await expect(byKey.getSecret('identity')).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  await using open = await NodeKeystore.open({ dir });
  expect(await open.getSecret('identity')).toEqual(utf8('ada'));
});

test('keystore files are readable by their owner alone, show no secret, and leave nothing beside', async () => {
  await using bed = await scratch();
  await using keystore = await NodeKeystore.open({ dir: bed.dir });
  await keystore.putSecret('words', utf8('abandon ability able'));
  const files = (await readdir(bed.dir)).filter((name) => name !== 'locks').sort();
  expect(files).toEqual(['keys.key', 'keys.sealed']);
  for (const name of files) {
    expect((await stat(join(bed.dir, name))).mode & 0o777).toBe(0o600);
    const text = (await readFile(join(bed.dir, name))).toString('latin1');
    expect(text).not.toContain('ability');
    expect(text).not.toContain('words');
    expect(text).not.toContain(Buffer.from('ability').toString('hex'));
  }
});

test('a keystore with a flipped bit, cut short or without its key file is refused', async () => {
  await using bed = await scratch();
  const { dir } = bed;
  await (await NodeKeystore.open({ dir }))[Symbol.asyncDispose]();
  const path = join(dir, 'keys.sealed');
  const whole = await readFile(path);
  const corrupt = { code: 'STORE_CORRUPT' };
  for (let at = 0; at < whole.length; at += 5) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 4;
    await writeFile(path, changed);
    await expect(NodeKeystore.open({ dir })).rejects.toMatchObject(corrupt);
    await writeFile(path, whole.subarray(0, at));
    await expect(NodeKeystore.open({ dir })).rejects.toMatchObject(corrupt);
  }
  await writeFile(path, whole);
  await rm(join(dir, 'keys.key'));
  await expect(NodeKeystore.open({ dir })).rejects.toMatchObject(corrupt);
});

test('the lock of a killed process is free again', async () => {
  await using bed = await scratch();
  const locks = new URL('node-locks.ts', import.meta.url).href;
  const script = `
    const { NodeLocks } = await import(${JSON.stringify(locks)});
    globalThis.held = await new NodeLocks(${JSON.stringify(bed.dir)}).tryAcquire('slot');
    console.log('held');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const mine = new NodeLocks(bed.dir);
  expect(await mine.tryAcquire('slot')).toBeUndefined();
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  await using lock = await mine.tryAcquire('slot');
  expect(lock).toBeDefined();
});

test('a profile has one fingerprint, and a copy of it another', async () => {
  await using bed = await scratch();
  await using copy = await scratch();
  const first = await profileFingerprint(bed.dir);
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(await profileFingerprint(bed.dir)).toBe(first);
  expect(await profileFingerprint(copy.dir)).not.toBe(first);
});

test('a platform opens as a whole, closes, and opens again as the same profile', async () => {
  await using bed = await scratch();
  const dir = join(bed.dir, 'deep', 'profile');
  const first = await openNodeBase({ dir });
  const { publicKey } = await first.keystore.signer('device');
  const { incarnation } = first.store;
  await first[Symbol.asyncDispose]();
  await using second = await openNodeBase({ dir });
  expect(second.store.incarnation).toBe(incarnation);
  expect(second.fingerprint).toBe(first.fingerprint);
  expect((await second.keystore.signer('device')).publicKey).toEqual(publicKey);
});
