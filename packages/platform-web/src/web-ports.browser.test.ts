/** The small ports of a browser, its keystore, its locks and the platform as a whole. */
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
import { webKeys } from './web-keys.ts';
import { WebKeystore, deleteWebKeystore } from './web-keystore.ts';
import { deleteWebProfile, openWebBase } from './web-platform.ts';
import { WebLocks, webClock, webEd25519, webRng } from './web-ports.ts';

const nothing = async (): Promise<void> => {};
let made = 0;

clockContract('browser clock', async () => ({ clock: webClock, [Symbol.asyncDispose]: nothing }));
rngContract('browser randomness', () => webRng);
ed25519Contract('browser Ed25519', webEd25519);
keysContract('browser keys', webKeys);

locksContract('Web Locks', async () => {
  const profile = `locks ${made++}`;
  const [one, two] = [new WebLocks(profile), new WebLocks(profile)];
  return { one, two, [Symbol.asyncDispose]: nothing };
});

keystoreContract('browser keystore', async () => {
  const name = `keys ${made++}`;
  await deleteWebKeystore(name);
  return {
    open: () => WebKeystore.open(name),
    ed25519: webEd25519,
    [Symbol.asyncDispose]: () => deleteWebKeystore(name),
  };
});

/** Everything in a database, as an attacker with the files would see it. */
async function dump(name: string): Promise<unknown[]> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const stores = [...database.objectStoreNames];
  const transaction = database.transaction(stores);
  const read = (store: string): Promise<unknown[]> =>
    new Promise((resolve, reject) => {
      const request = transaction.objectStore(store).getAll();
      request.onsuccess = () => resolve(request.result as unknown[]);
      request.onerror = () => reject(request.error);
    });
  const all = await Promise.all(stores.map(read));
  database.close();
  return all.flat();
}

test('private keys and the sealing key cannot be exported, and secrets lie sealed', async () => {
  const keystore = await WebKeystore.open('dumped');
  await keystore.signer('device');
  await keystore.agreer('device');
  await keystore.putSecret('words', utf8('abandon ability able'));
  await keystore[Symbol.asyncDispose]();
  const records = await dump('atoll-keys/dumped');
  const keys = records.flatMap((record) => {
    if (record instanceof CryptoKey) return [record];
    const pair = record as Partial<CryptoKeyPair>;
    return pair.privateKey instanceof CryptoKey ? [pair.privateKey] : [];
  });
  expect(keys.length).toBe(3);
  for (const key of keys) {
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey('jwk', key)).rejects.toThrow();
  }
  const sealed = records.find((record) => typeof record === 'object' && 'sealed' in (record ?? {}));
  const bytes = new Uint8Array((sealed as { sealed: ArrayBuffer }).sealed);
  expect(new TextDecoder('latin1').decode(bytes)).not.toContain('ability');
  await deleteWebKeystore('dumped');
});

test('a platform opens as a whole, closes, and opens again as the same profile', async () => {
  const first = await openWebBase({ name: 'whole' });
  const { publicKey } = await first.keystore.signer('device');
  const { incarnation } = first.store;
  await first[Symbol.asyncDispose]();
  const second = await openWebBase({ name: 'whole' });
  expect(second.store.incarnation).toBe(incarnation);
  expect(second.fingerprint).toBe(first.fingerprint);
  expect(second.fingerprint).toMatch(/^[0-9a-f]{32}$/);
  expect((await second.keystore.signer('device')).publicKey).toEqual(publicKey);
  await second[Symbol.asyncDispose]();
  await deleteWebProfile('whole');
  const third = await openWebBase({ name: 'whole' });
  expect(third.store.incarnation).not.toBe(incarnation);
  await third[Symbol.asyncDispose]();
  await deleteWebProfile('whole');
});

test('a passphrase is set, changed and removed, and only the last one opens the same secrets', async () => {
  const name = 'under-a-passphrase';
  await deleteWebKeystore(name);
  const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });
  const keystore = await WebKeystore.open(name);
  const { publicKey } = await keystore.signer('device');
  await keystore.putSecret('identity', utf8('ada'));
  expect(keystore.isProtected).toBe(false);
  await keystore.protect('first one');
  expect(keystore.isProtected).toBe(true);
  await keystore.putSecret('later', utf8('more'));
  await expect(WebKeystore.open(name)).rejects.toEqual(code('STORE_LOCKED'));
  await expect(WebKeystore.open(name, { passphrase: 'other' })).rejects.toEqual(
    code('STORE_PASSPHRASE'),
  );
  const again = await WebKeystore.open(name, { passphrase: 'first one' });
  expect((await again.signer('device')).publicKey).toEqual(publicKey);
  expect(await again.getSecret('identity')).toEqual(utf8('ada'));
  expect(await again.getSecret('later')).toEqual(utf8('more'));
  await again.protect('second one');
  await expect(WebKeystore.open(name, { passphrase: 'first one' })).rejects.toEqual(
    code('STORE_PASSPHRASE'),
  );
  // A window that still has the key of before seals nothing under it: it is locked.
  await expect(keystore.putSecret('identity', utf8('lost'))).rejects.toEqual(code('STORE_LOCKED'));
  await expect(keystore.getSecret('identity')).rejects.toEqual(code('STORE_LOCKED'));
  await again.protect(undefined);
  const open = await WebKeystore.open(name);
  expect(await open.getSecret('identity')).toEqual(utf8('ada'));
  for (const each of [keystore, again, open]) await each[Symbol.asyncDispose]();
  await deleteWebKeystore(name);
});

test('what is erased is gone in every window, and the same passphrase opens what is kept from then on', async () => {
  const name = 'erased';
  await deleteWebKeystore(name);
  const keystore = await WebKeystore.open(name);
  const { publicKey } = await keystore.signer('device');
  await keystore.putSecret('identity', utf8('ada'));
  await keystore.protect('open sesame');
  const beside = await WebKeystore.open(name, { passphrase: 'open sesame' });
  await keystore.erase();
  for (const window of [keystore, beside]) {
    expect(await window.getSecret('identity')).toBeUndefined();
    await window[Symbol.asyncDispose]();
  }
  const left = await dump(`atoll-keys/${name}`);
  const isSecret = (record: unknown): boolean =>
    record instanceof CryptoKey ||
    (typeof record === 'object' &&
      record !== null &&
      ('privateKey' in record || 'nonce' in record));
  expect(left.filter((record) => isSecret(record))).toEqual([]);
  await expect(WebKeystore.open(name)).rejects.toMatchObject({ code: 'STORE_LOCKED' });
  const again = await WebKeystore.open(name, { passphrase: 'open sesame' });
  expect((await again.signer('device')).publicKey).not.toEqual(publicKey);
  await again.putSecret('identity', utf8('eve'));
  expect(await again.getSecret('identity')).toEqual(utf8('eve'));
  await again[Symbol.asyncDispose]();
  await deleteWebKeystore(name);
});
