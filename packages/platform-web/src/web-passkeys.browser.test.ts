/** Passkeys through Chromium's virtual authenticator, and a keystore that they open beside its passphrase. */
import {
  PASSKEY_RECOVERY_SALT,
  PASSKEY_UNLOCK_SALT,
  utf8,
  type PasskeyOutput,
} from '@atoll/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cdp } from 'vitest/browser';
import { WebKeystore, deleteWebKeystore, passkeysOf } from './web-keystore.ts';
import { webPasskeys } from './web-passkeys.ts';

interface Cdp {
  send(method: string, params?: object): Promise<Record<string, unknown>>;
}

const session = cdp() as unknown as Cdp;
const SALTS = [PASSKEY_UNLOCK_SALT, PASSKEY_RECOVERY_SALT];
let authenticator = '';

/** Plugs in an authenticator of which the user is always sure. */
async function plugIn(traits: object = {}): Promise<void> {
  const made = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      hasPrf: true,
      automaticPresenceSimulation: true,
      ...traits,
    },
  });
  authenticator = String(made['authenticatorId']);
}

beforeEach(async () => {
  await session.send('WebAuthn.enable', { enableUI: false });
});

afterEach(async () => {
  if (authenticator !== '') {
    await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: authenticator });
  }
  authenticator = '';
  await session.send('WebAuthn.disable');
});

async function given(answer: ReturnType<typeof webPasskeys.create>): Promise<PasskeyOutput> {
  const outcome = await answer;
  if (outcome.at !== 'given') throw new RangeError(outcome.at);
  return outcome;
}

describe('a passkey', () => {
  test('gives the same secret whenever it is asked, another for another salt and another passkey', async () => {
    await plugIn();
    expect(await webPasskeys.isSupported()).toBe(true);
    const made = await given(webPasskeys.create({ name: 'Ada', salts: SALTS }));
    expect(made.outputs.map(({ length }) => length)).toEqual([32, 32]);
    expect(made.outputs[0]).not.toEqual(made.outputs[1]);
    const again = await given(webPasskeys.evaluate({ salts: SALTS, among: [made.credential] }));
    expect(again.outputs).toEqual(made.outputs);
    // One that is found without knowing its id, as in a clean browser.
    const found = await given(webPasskeys.evaluate({ salts: [PASSKEY_RECOVERY_SALT] }));
    expect(found.credential).toEqual(made.credential);
    expect(found.outputs).toEqual([made.outputs[1]]);
    const other = await given(webPasskeys.create({ name: 'Jun', salts: SALTS }));
    expect(other.outputs[0]).not.toEqual(made.outputs[0]);
  });

  test('is not made a second time where one is known', async () => {
    await plugIn();
    const { credential } = await given(webPasskeys.create({ name: 'Ada', salts: SALTS }));
    const again = await webPasskeys.create({ name: 'Ada', salts: SALTS, known: [credential] });
    expect(again).toEqual({ at: 'known' });
  });

  test('of an authenticator without the extension gives nothing, and is not left behind', async () => {
    await plugIn({ hasPrf: false });
    expect(await webPasskeys.create({ name: 'Ada', salts: SALTS })).toEqual({ at: 'no-prf' });
    const { credentials } = await session.send('WebAuthn.getCredentials', {
      authenticatorId: authenticator,
    });
    expect(credentials).toEqual([]);
  });

  test('is not given where the user does not show that it is him, and where none fits', async () => {
    await plugIn({ isUserVerified: false });
    expect(await webPasskeys.create({ name: 'Ada', salts: SALTS })).toEqual({ at: 'cancelled' });
    const stranger = { salts: SALTS, among: [new Uint8Array(32).fill(7)] };
    expect(await webPasskeys.evaluate(stranger)).toEqual({ at: 'cancelled' });
  });
});

describe('an authenticator that answers only when it is asked again', () => {
  /** Takes the results away from what making a passkey gives, as older keys and browsers do. */
  async function withoutResultsAtFirst<T>(
    run: () => Promise<T>,
  ): Promise<{ asked: number; of: T }> {
    const { prototype } = PublicKeyCredential;
    const results = prototype.getClientExtensionResults;
    let asked = 0;
    prototype.getClientExtensionResults = function (): AuthenticationExtensionsClientOutputs {
      const all = results.call(this);
      asked += 1;
      return asked === 1 ? { ...all, prf: { enabled: true } } : all;
    };
    try {
      return { of: await run(), asked };
    } finally {
      prototype.getClientExtensionResults = results;
    }
  }

  test('is asked again', async () => {
    await plugIn();
    const { asked, of } = await withoutResultsAtFirst(() =>
      given(webPasskeys.create({ name: 'Ada', salts: SALTS })),
    );
    expect(asked).toBe(2);
    const again = await given(webPasskeys.evaluate({ salts: SALTS }));
    expect(of.outputs).toEqual(again.outputs);
  });
});

describe('a keystore', () => {
  const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });
  const passkey = (fill: number): PasskeyOutput => ({
    credential: new Uint8Array(20).fill(fill),
    outputs: [new Uint8Array(32).fill(fill)],
  });
  const first = (of: PasskeyOutput): Uint8Array => of.outputs[0] ?? new Uint8Array(0);

  test('opens by passphrase and by each of its passkeys, whatever becomes of the others', async () => {
    const name = 'under-passkeys';
    await deleteWebKeystore(name);
    const keystore = await WebKeystore.open(name);
    await keystore.putSecret('identity', utf8('ada'));
    const [one, two] = [passkey(1), passkey(2)];
    await expect(keystore.passkeys.add(one.credential, first(one))).rejects.toEqual(
      code('STORE_UNPROTECTED'),
    );
    await keystore.protect('first one');
    await keystore.passkeys.add(one.credential, first(one));
    await keystore.passkeys.add(two.credential, first(two));
    expect(await passkeysOf(name)).toEqual([one.credential, two.credential]);

    await expect(WebKeystore.open(name)).rejects.toEqual(code('STORE_LOCKED'));
    await using byPasskey = await WebKeystore.open(name, { passkey: one });
    expect(await byPasskey.getSecret('identity')).toEqual(utf8('ada'));
    // Another passphrase: the passkeys stay, although nobody was asked for them.
    await byPasskey.protect('second one');
    await using byOther = await WebKeystore.open(name, { passkey: two });
    expect(await byOther.getSecret('identity')).toEqual(utf8('ada'));
    await byOther.passkeys.remove(one.credential);
    await expect(WebKeystore.open(name, { passkey: one })).rejects.toEqual(code('STORE_PASSKEY'));
    await using byPhrase = await WebKeystore.open(name, { passphrase: 'second one' });
    expect(await byPhrase.getSecret('identity')).toEqual(utf8('ada'));
    // A window that still has the key of before is locked.
    await expect(byPasskey.getSecret('identity')).rejects.toEqual(code('STORE_LOCKED'));
    await byPhrase.protect(undefined);
    expect(await passkeysOf(name)).toEqual([]);
    await using open = await WebKeystore.open(name);
    expect(await open.getSecret('identity')).toEqual(utf8('ada'));
    await keystore[Symbol.asyncDispose]();
    await deleteWebKeystore(name);
  });

  test('does not open by a right id with a wrong secret, nor by another id with the right one', async () => {
    const name = 'wrong-passkeys';
    await deleteWebKeystore(name);
    await using keystore = await WebKeystore.open(name);
    await keystore.protect('first one');
    const one = passkey(1);
    await keystore.passkeys.add(one.credential, first(one));
    for (const wrong of [
      { ...one, outputs: passkey(2).outputs },
      { ...one, credential: passkey(2).credential },
      { ...one, outputs: [] },
    ]) {
      await expect(WebKeystore.open(name, { passkey: wrong })).rejects.toEqual(
        code('STORE_PASSKEY'),
      );
    }
  });
});
