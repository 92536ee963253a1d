/** From a passkey to the identity: its records at the servers, the device that they wrap, and the capsules from there. */
import { loadRecovering, type PasskeyDevice, type RecoveredIdentity } from '@atoll/halo';
import { PASSKEY_RECOVERY_SALT, toHex, type Passkeys } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { Engine } from '../engine.ts';
import { givenBy } from '../passkeys/answers.ts';
import { askForRecords, findIdentity, notFound, type FoundIdentity } from './find-identity.ts';

/** What a passkey leads to. Dispose of it as soon as it is not needed. */
export interface FoundByPasskey extends FoundIdentity, Disposable {
  readonly device: PasskeyDevice;
  readonly locatorSecret: Uint8Array<ArrayBuffer>;
}

/** A way that a record shows. */
interface Way {
  readonly device: PasskeyDevice;
  readonly locatorSecret: Uint8Array<ArrayBuffer>;
}

/**
 * Asks the authenticator, and then the servers.
 * @throws ClientError as `Recovery.recoverByPasskey`.
 */
export async function findByPasskey(
  engine: Engine,
  passkeys: Passkeys,
  kubes: readonly string[],
): Promise<FoundByPasskey> {
  if (!engine.online.get()) {
    throw new ClientError('CLIENT_UNREACHABLE', 'this profile works offline; go online first');
  }
  const given = givenBy(await passkeys.evaluate({ salts: [PASSKEY_RECOVERY_SALT] }));
  const [output] = given.outputs;
  if (output === undefined) return givenBy({ at: 'no-prf' }) as never;
  const by = { output, credential: given.credential };
  const { asked, ways } = await waysOf(engine, by, kubes);
  output.fill(0);
  let best: FoundByPasskey | undefined;
  let failure: unknown;
  // After the words were changed, a device that was away may still show where the capsules were before.
  for (const { device, locatorSecret } of ways) {
    const { agreer, device: key, identity } = device;
    const target = { by: 'device', identity, device: key } as const;
    try {
      const found = await findIdentity(engine, { locatorSecret, agreer, target }, kubes);
      if (best !== undefined && best.found.asOfMs >= found.found.asOfMs) continue;
      best = { ...found, device, locatorSecret, [Symbol.dispose]: () => disposeAll(ways) };
    } catch (caught) {
      if (!(caught instanceof ClientError)) throw caught;
      failure = caught;
    }
  }
  if (best !== undefined && !isStopped(best.found, best.device)) return best;
  disposeAll(ways);
  if (best !== undefined) {
    throw new ClientError('CLIENT_PASSKEY_REMOVED', 'this passkey was removed from the identity');
  }
  throw failure ?? notFound(asked, 'this passkey');
}

/** Where records of a passkey lead: each way once. */
async function waysOf(
  engine: Engine,
  by: { readonly output: Uint8Array; readonly credential: Uint8Array },
  kubes: readonly string[],
): Promise<{ readonly ways: readonly Way[]; readonly asked: FoundIdentity['asked'] }> {
  const { openPasskeyRecord, passkeyKeys, unwrapPasskeyDevice } = await loadRecovering();
  using keys = passkeyKeys(by.output, by.credential);
  const given = await Promise.all(
    kubes.map(async (kube) => ({
      kube,
      ...(await askForRecords(engine, keys.mailboxSeed, kube)),
    })),
  );
  const ways = new Map<string, Way>();
  for (const record of given.flatMap(({ records }) => records)) {
    const content = await openPasskeyRecord(record, keys.agreer);
    if (content === undefined) continue;
    const name = toHex(content.wrapped) + toHex(content.locatorSecret);
    const device = ways.has(name) ? undefined : unwrapPasskeyDevice(content.wrapped, by);
    if (device === undefined) continue;
    ways.set(name, { device, locatorSecret: Uint8Array.from(content.locatorSecret) });
  }
  return {
    ways: [...ways.values()],
    asked: given.map(({ answer, kube }) => ({ kube, answer })),
  };
}

/** True if something in the log stops the device: what it would admit, nobody would take. */
function isStopped({ log }: RecoveredIdentity, { device }: PasskeyDevice): boolean {
  const about = (log.said ?? []).filter((one) => 'device' in one && one.device === device);
  const words = about
    .filter((one) => one.kind === 'device-revocation')
    .sort((a, b) => b.counter - a.counter);
  if (words[0] !== undefined) return words[0].fate !== 'stays';
  return about.some(({ kind }) => kind === 'device-suspension');
}

function disposeAll(ways: readonly Way[]): void {
  for (const { device } of ways) {
    device.signer[Symbol.dispose]();
    device.agreer[Symbol.dispose]();
  }
}
