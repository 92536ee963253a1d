/** Making what is said about devices. Callers present it in every space, together with the log that it follows. */
import { idFromBytes, type DeviceKey, type Signer } from '@atoll/kernel';
import { lastEntry, logStatements, type IdentityLog } from './identity.ts';
import { identityEntryOf, identityIdOf } from './statement-ids.ts';
import { signBody } from './statement-signing.ts';
import type {
  DeviceCountersignature,
  DeviceFate,
  DeviceRevocation,
  DeviceSuspension,
  RecoveryChange,
} from './statements-devices.ts';
import type { Bytes, IdentityEntry } from './statements.ts';

/** What all of it begins with. */
interface Said {
  readonly log: IdentityLog;
  /** Unix time in milliseconds, for people to see. */
  readonly atMs: number;
}

/** One device stops another one of its identity. */
export async function suspendDevice(
  input: Said & { readonly device: DeviceKey; readonly deviceSigner: Signer },
): Promise<DeviceSuspension> {
  const { device, deviceSigner } = input;
  const by = idFromBytes('device', deviceSigner.publicKey);
  const body = { kind: 'device-suspension', ...entryOf(input), device, by } as const;
  return { ...body, signature: await signBody(deviceSigner, body) };
}

/** The words decide about a device: after everything that they have said of it before. */
export async function decideDevice(
  input: Said & {
    readonly device: DeviceKey;
    readonly fate: DeviceFate;
    readonly recoverySigner: Signer;
  },
): Promise<DeviceRevocation> {
  const { device, fate, log, recoverySigner } = input;
  const before = (log.said ?? []).map((one) =>
    one.kind === 'device-revocation' && one.device === device ? one.counter : 0,
  );
  const body = {
    kind: 'device-revocation',
    ...entryOf(input),
    device,
    fate,
    counter: Math.max(0, ...before) + 1,
    recoveryKey: recoverySigner.publicKey.slice(),
  } as const;
  return { ...body, signature: await signBody(recoverySigner, body) };
}

/** A second device agrees with an admission. */
export async function agreeWithDevice(
  input: Said & { readonly entry: IdentityEntry; readonly deviceSigner: Signer },
): Promise<DeviceCountersignature> {
  const { deviceSigner, entry } = input;
  const by = idFromBytes('device', deviceSigner.publicKey);
  const body = { kind: 'device-countersignature', ...entryOf(input), entry, by } as const;
  return { ...body, signature: await signBody(deviceSigner, body) };
}

/** Other words. What the old ones have signed so far is named, and nothing else of theirs counts any more. */
export async function changeRecovery(
  input: Said & {
    readonly oldSigner: Signer;
    readonly deviceSigner: Signer;
    readonly newSigner: Signer;
    /** X25519 key of the new words. */
    readonly agreementKey: Bytes;
  },
): Promise<RecoveryChange> {
  const { agreementKey, deviceSigner, log, newSigner, oldSigner } = input;
  const oldKey = oldSigner.publicKey.slice();
  const body = {
    kind: 'recovery-change',
    ...entryOf(input),
    oldKey,
    device: idFromBytes('device', deviceSigner.publicKey),
    signingKey: newSigner.publicKey.slice(),
    agreementKey,
    spoken: spokenBy(log, oldKey),
  } as const;
  const [oldSignature, deviceSignature, newSignature] = await Promise.all([
    signBody(oldSigner, body),
    signBody(deviceSigner, body),
    signBody(newSigner, body),
  ]);
  return { ...body, oldSignature, deviceSignature, newSignature };
}

/** Entries that these words have signed, ascending. */
function spokenBy(log: IdentityLog, key: Uint8Array): readonly IdentityEntry[] {
  const name = key.join();
  const entries = logStatements(log).flatMap((statement): IdentityEntry[] => {
    switch (statement.kind) {
      case 'device-admission':
        return statement.admittedBy.join() === name ? [identityEntryOf(statement)] : [];
      case 'device-revocation':
        return statement.recoveryKey.join() === name ? [identityEntryOf(statement)] : [];
      default:
        return [];
    }
  });
  return [...new Set(entries)].sort();
}

function entryOf({ atMs, log }: Said): {
  readonly identity: DeviceSuspension['identity'];
  readonly previous: IdentityEntry;
  readonly atMs: number;
} {
  return { identity: identityIdOf(log.genesis), previous: lastEntry(log), atMs };
}
