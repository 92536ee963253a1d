/** What every {@link Keystore}, {@link Locks}, {@link Clock}, {@link Rng} and verifier must do. */
import { expect, test } from 'vitest';
import { sealTo, sealToBy, softwareAgreer } from '@atoll/crypto';
import {
  fromHex,
  toHex,
  utf8,
  type Clock,
  type Ed25519Platform,
  type KeyPlatform,
  type Keystore,
  type Locks,
  type Rng,
} from '@atoll/kernel';
import { SimRng } from '../sim-rng.ts';

const YEAR_2020_MS = 1_577_836_800_000;
const YEAR_2100_MS = 4_102_444_800_000;

/** A profile whose keystore can be opened several times, at once and one after another. */
export interface KeystoreBed extends AsyncDisposable {
  open(): Promise<Keystore>;
  readonly ed25519: Ed25519Platform;
}

/** Registers the suite; `make` gives an empty profile. */
export function keystoreContract(name: string, make: () => Promise<KeystoreBed>): void {
  test(`${name}: a signer's signatures verify under its public key and under no other`, async () => {
    await using bed = await make();
    await using keystore = await bed.open();
    const signer = await keystore.signer('device');
    const other = await keystore.signer('other');
    const message = utf8('to be signed');
    const signature = await signer.sign(message);
    expect(signer.publicKey.length).toBe(32);
    expect(signature.length).toBe(64);
    expect(await bed.ed25519.verify(signer.publicKey, message, signature)).toBe(true);
    expect(await bed.ed25519.verify(other.publicKey, message, signature)).toBe(false);
    expect(await bed.ed25519.verify(signer.publicKey, utf8('else'), signature)).toBe(false);
  });

  test(`${name}: two agreers reach the same secret, and a third another`, async () => {
    await using bed = await make();
    await using keystore = await bed.open();
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((each) => keystore.agreer(each)));
    const ab = await a?.agree(b?.publicKey ?? utf8(''));
    expect(ab?.length).toBe(32);
    expect(await b?.agree(a?.publicKey ?? utf8(''))).toEqual(ab);
    expect(await c?.agree(a?.publicKey ?? utf8(''))).not.toEqual(ab);
  });

  test(`${name}: a point of small order gives a rejection or zeros, never a secret`, async () => {
    await using bed = await make();
    await using keystore = await bed.open();
    const agreer = await keystore.agreer('a');
    const zeros = toHex(new Uint8Array(32));
    const outcome = await agreer.agree(new Uint8Array(32)).then(toHex, () => zeros);
    expect(outcome).toBe(zeros);
  });

  test(`${name}: keys and secrets are the same after reopening`, async () => {
    await using bed = await make();
    const first = await bed.open();
    const signer = toHex((await first.signer('device')).publicKey);
    const agreer = toHex((await first.agreer('device')).publicKey);
    await first.putSecret('seed', utf8('secret'));
    await first.putSecret('gone', utf8('x'));
    await first.putSecret('gone', undefined);
    await first[Symbol.asyncDispose]();
    await using again = await bed.open();
    expect(toHex((await again.signer('device')).publicKey)).toBe(signer);
    expect(toHex((await again.agreer('device')).publicKey)).toBe(agreer);
    expect(await again.getSecret('seed')).toEqual(utf8('secret'));
    expect(await again.getSecret('gone')).toBeUndefined();
    expect(await again.getSecret('constructor')).toBeUndefined();
  });

  test(`${name}: what is erased is gone for good, and other keys come in its place`, async () => {
    await using bed = await make();
    const first = await bed.open();
    const before = toHex((await first.signer('device')).publicKey);
    await first.agreer('device');
    await first.putSecret('seed', utf8('secret'));
    const beside = await bed.open();
    await first.erase();
    // Whatever either had begun, nothing of it comes back.
    for (const opener of [first, beside]) {
      await expect(opener.putSecret('seed', utf8('secret'))).rejects.toMatchObject({
        code: 'STORE_ERASED',
      });
      await opener.putSecret('gone', undefined);
      await opener[Symbol.asyncDispose]();
    }
    await using again = await bed.open();
    expect(await again.getSecret('seed')).toBeUndefined();
    expect(toHex((await again.signer('device')).publicKey)).not.toBe(before);
    await again.putSecret('seed', utf8('another'));
    expect(await again.getSecret('seed')).toEqual(utf8('another'));
  });

  test(`${name}: two openers that ask for one name at once get one key`, async () => {
    await using bed = await make();
    await using one = await bed.open();
    await using two = await bed.open();
    const signers = await Promise.all([one.signer('k'), two.signer('k'), one.signer('k')]);
    const keys = new Set(signers.map(({ publicKey }) => toHex(publicKey)));
    expect(keys.size).toBe(1);
    await Promise.all([one.putSecret('a', utf8('1')), two.putSecret('b', utf8('2'))]);
    expect(await two.getSecret('a')).toEqual(utf8('1'));
    expect(await one.getSecret('b')).toEqual(utf8('2'));
  });
}

/** Registers the suite; `make` gives the locks of two processes or tabs of one profile. */
export function locksContract(
  name: string,
  make: () => Promise<{ readonly one: Locks; readonly two: Locks } & AsyncDisposable>,
): void {
  test(`${name}: a held lock is refused to everybody, the holder included, until it is released`, async () => {
    await using bed = await make();
    const held = await bed.one.tryAcquire('slot/0');
    expect(held).toBeDefined();
    expect(await bed.two.tryAcquire('slot/0')).toBeUndefined();
    expect(await bed.one.tryAcquire('slot/0')).toBeUndefined();
    await held?.[Symbol.asyncDispose]();
    const next = await bed.two.tryAcquire('slot/0');
    expect(next).toBeDefined();
    await held?.[Symbol.asyncDispose]();
    expect(await bed.one.tryAcquire('slot/0')).toBeUndefined();
    await next?.[Symbol.asyncDispose]();
  });

  test(`${name}: locks of different names do not touch each other`, async () => {
    await using bed = await make();
    await using a = await bed.one.tryAcquire('slot/0');
    await using b = await bed.two.tryAcquire('slot/1');
    await using c = await bed.one.tryAcquire('Slot/1');
    expect([a, b, c].every((lock) => lock !== undefined)).toBe(true);
  });

  test(`${name}: of many that ask at once exactly one gets the lock`, async () => {
    await using bed = await make();
    const asked = Array.from({ length: 10 }, (_, at) =>
      (at % 2 === 0 ? bed.one : bed.two).tryAcquire('race'),
    );
    const got = (await Promise.all(asked)).filter((lock) => lock !== undefined);
    expect(got.length).toBe(1);
    await got[0]?.[Symbol.asyncDispose]();
  });
}

/** Registers the suite; `make` gives a clock whose time passes by itself. */
export function clockContract(
  name: string,
  make: () => Promise<{ readonly clock: Clock } & AsyncDisposable>,
): void {
  const never = (): AbortSignal => new AbortController().signal;

  test(`${name}: a sleep lasts at least as long as asked`, async () => {
    await using bed = await make();
    const startMs = bed.clock.monotonicMs();
    await bed.clock.sleep(20, never());
    expect(bed.clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(20);
    await bed.clock.sleep(0, never());
    await bed.clock.sleep(-5, never());
  });

  test(`${name}: shorter sleeps end first`, async () => {
    await using bed = await make();
    const ended: number[] = [];
    const sleep = (delayMs: number): Promise<unknown> =>
      bed.clock.sleep(delayMs, never()).then(() => ended.push(delayMs));
    await Promise.all([sleep(60), sleep(0), sleep(25)]);
    expect(ended).toEqual([0, 25, 60]);
  });

  test(`${name}: an aborted sleep rejects with the signal's reason, before or during it`, async () => {
    await using bed = await make();
    const reason = { why: 'enough' };
    const controller = new AbortController();
    const sleeping = bed.clock.sleep(60_000, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    await expect(bed.clock.sleep(1, controller.signal)).rejects.toBe(reason);
  });

  test(`${name}: wall time is in milliseconds of this century, monotonic time never goes back`, async () => {
    await using bed = await make();
    expect(bed.clock.nowMs()).toBeGreaterThan(YEAR_2020_MS);
    expect(bed.clock.nowMs()).toBeLessThan(YEAR_2100_MS);
    let last = bed.clock.monotonicMs();
    for (let round = 0; round < 100; round++) {
      const now = bed.clock.monotonicMs();
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });
}

/** Registers the suite for a source of randomness. */
export function rngContract(name: string, make: () => Rng): void {
  test(`${name}: gives as many bytes as asked, and never the same twice`, () => {
    const rng = make();
    for (const count of [0, 1, 3, 16, 100_000]) expect(rng.bytes(count).length).toBe(count);
    const drawn = new Set(Array.from({ length: 100 }, () => toHex(rng.bytes(16))));
    expect(drawn.size).toBe(100);
  });

  test(`${name}: every byte value comes up`, () => {
    expect(new Set(make().bytes(20_000)).size).toBe(256);
  });
}

/** Registers the suite for a platform's verifier. */
export function ed25519Contract(name: string, platform: Ed25519Platform): void {
  // RFC 8032, section 7.1, test 2.
  const key = fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
  const message = fromHex('72');
  const signature = fromHex(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  );

  test(`${name}: accepts the signature of RFC 8032, test 2, and no changed bit of it`, async () => {
    if (key === undefined || message === undefined || signature === undefined) return;
    expect(await platform.verify(key, message, signature)).toBe(true);
    for (const at of [0, 31, 32, 63]) {
      const changed = signature.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await platform.verify(key, message, changed)).toBe(false);
    }
    expect(await platform.verify(key, utf8('s'), signature)).toBe(false);
  });

  test(`${name}: keys and signatures of a wrong length are false, not an error`, async () => {
    const short = new Uint8Array(3);
    expect(await platform.verify(short, short, new Uint8Array(64))).toBe(false);
    expect(await platform.verify(new Uint8Array(32), short, short)).toBe(false);
    expect(await platform.verify(new Uint8Array(33), short, new Uint8Array(64))).toBe(false);
  });
}

/** Registers the suite: keys that were brought along give what the standards say, byte for byte. */
export function keysContract(name: string, keys: KeyPlatform): void {
  const bytes = (hex: string): Uint8Array<ArrayBuffer> => fromHex(hex) ?? new Uint8Array(0);

  test(`${name}: a signer is the one of RFC 8032, 7.1, test 2`, async () => {
    const seed = bytes('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
    const signer = await keys.signer(seed);
    seed.fill(0); // Not kept.
    expect(toHex(signer.publicKey)).toBe(
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    );
    expect(toHex(await signer.sign(Uint8Array.of(0x72)))).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  test(`${name}: an agreer is the one of RFC 7748, 6.1`, async () => {
    const secret = bytes('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
    const bob = bytes('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
    const alice = await keys.agreer(secret);
    secret.fill(0);
    expect(toHex(alice.publicKey)).toBe(
      '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
    );
    expect(toHex(await alice.agree(bob))).toBe(
      '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
    );
    expect(toHex(await alice.agree(new Uint8Array(32)))).toBe('00'.repeat(32));
  });

  test(`${name}: what is sealed to many by it is what we would have sealed, byte for byte`, async () => {
    const rng = new SimRng(53);
    for (let at = 0; at < 20; at++) {
      const to = { recipient: softwareAgreer(rng.bytes(32)).publicKey, info: rng.bytes(at) };
      const input = { ...to, plaintext: rng.bytes(10 * at) };
      const seed = rng.bytes(4)[0] ?? 0;
      const ours = sealTo({ ...input, rng: new SimRng(seed) });
      expect(toHex(await sealToBy(keys, { ...input, rng: new SimRng(seed) }))).toBe(toHex(ours));
    }
  });

  test(`${name}: nothing is sealed to a key of small order, or of a wrong length`, async () => {
    const rng = new SimRng(54);
    const to = { info: rng.bytes(4), plaintext: rng.bytes(4), rng };
    // A point of order eight, also with the bit that is not looked at.
    const small = bytes('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800');
    const masked = small.map((byte, at) => (at === 31 ? byte | 0x80 : byte));
    for (const recipient of [new Uint8Array(32), small, masked]) {
      const sealing = sealToBy(keys, { ...to, recipient });
      await expect(sealing).rejects.toMatchObject({ code: 'CRYPTO_WEAK_KEY' });
    }
    const short = sealToBy(keys, { ...to, recipient: new Uint8Array(31) });
    await expect(short).rejects.toMatchObject({ code: 'CRYPTO_SIZE' });
  });
}
