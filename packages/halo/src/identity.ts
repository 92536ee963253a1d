/** The log of an identity, and admitting devices to it. Pure of storage: callers keep what is returned. */
import { idFromBytes, toHex, type DeviceKey, type Signer } from '@atoll/kernel';
import { identityEntryOf, identityIdOf } from './statement-ids.ts';
import { signBody } from './statement-signing.ts';
import { isDeviceStatement } from './device-codec.ts';
import type { DeviceStatement } from './statements-devices.ts';
import type {
  Bytes,
  DeviceAdmission,
  IdentityEntry,
  IdentityGenesis,
  Statement,
} from './statements.ts';

/** Genesis and admissions of one identity, each after the entry it follows. */
export interface IdentityLog {
  readonly genesis: IdentityGenesis;
  readonly admissions: readonly DeviceAdmission[];
  /** What devices and words have said about devices. */
  readonly said?: readonly DeviceStatement[];
}

/** A device as others see it: its signing key and the X25519 key of its sessions. */
export interface DevicePublic {
  readonly device: DeviceKey;
  readonly agreementKey: Bytes;
}

/** What an admitting device decides; the new device must sign the same. */
export type AdmissionBody = Omit<DeviceAdmission, 'admittingSignature' | 'deviceSignature'>;

/** Content of an admission after the last entry of `log`, not signed yet. */
export function admissionBody(
  log: IdentityLog,
  newDevice: DevicePublic & { readonly isPasskey?: true },
  admittingKey: Bytes,
): AdmissionBody {
  return {
    kind: 'device-admission',
    identity: identityIdOf(log.genesis),
    previous: lastEntry(log),
    device: newDevice.device,
    deviceAgreementKey: newDevice.agreementKey,
    admittedBy: admittingKey,
    ...(newDevice.isPasskey === true ? { isPasskey: true } : {}),
  };
}

/** One side's signature of an admission: the admitting device's or the new device's. */
export function signAdmission(signer: Signer, body: AdmissionBody): Promise<Bytes> {
  return signBody(signer, body);
}

/** Admits a device where both signers are at hand. */
export async function admitDevice(input: {
  readonly log: IdentityLog;
  readonly admitting: Signer;
  readonly newSigner: Signer;
  readonly newAgreementKey: Bytes;
  /** Only a passkey has it. */
  readonly isPasskey?: true;
}): Promise<DeviceAdmission> {
  const { log, admitting, isPasskey, newSigner, newAgreementKey } = input;
  const device = idFromBytes('device', newSigner.publicKey);
  const publicKey = admitting.publicKey;
  const body = admissionBody(
    log,
    { device, agreementKey: newAgreementKey, ...(isPasskey === true ? { isPasskey } : {}) },
    publicKey,
  );
  const [admittingSignature, deviceSignature] = await Promise.all([
    signBody(admitting, body),
    signBody(newSigner, body),
  ]);
  return { ...body, admittingSignature, deviceSignature };
}

/** An entry of an identity's log. */
export type LogStatement = IdentityGenesis | DeviceAdmission | DeviceStatement;

/** True for an entry of an identity's log. */
export function isLogStatement(statement: Statement): statement is LogStatement {
  const { kind } = statement;
  return kind === 'identity-genesis' || kind === 'device-admission' || isDeviceStatement(statement);
}

/** Entries of a log by their names, with the number of entries before each. */
export function logEntries(
  log: IdentityLog,
): ReadonlyMap<IdentityEntry, { readonly depth: number; readonly statement: LogStatement }> {
  const entries = new Map<IdentityEntry, { depth: number; statement: LogStatement }>();
  for (const statement of logStatements(log)) {
    const before =
      statement.kind === 'identity-genesis' ? -1 : (entries.get(statement.previous)?.depth ?? 0);
    entries.set(identityEntryOf(statement), { depth: before + 1, statement });
  }
  return entries;
}

/** The entry that a further one follows: the deepest, of equal ones the greatest name. */
export function lastEntry(log: IdentityLog): IdentityEntry {
  let last = identityEntryOf(log.genesis);
  let deepest = 0;
  for (const [entry, { depth }] of logEntries(log)) {
    if (depth < deepest || (depth === deepest && entry < last)) continue;
    last = entry;
    deepest = depth;
  }
  return last;
}

/**
 * Statements of a log in an order in which each follows what it builds on: the entry before it, the admissions of
 * those who sign it, and the change that has made the words valid with which it is signed.
 */
export function logStatements(log: IdentityLog): readonly LogStatement[] {
  const { admissions, genesis, said = [] } = log;
  if (said.length === 0) return [genesis, ...admissions];
  const ordered: LogStatement[] = [genesis];
  const known = new Set<IdentityEntry>([identityEntryOf(genesis)]);
  const signers = new Set<string>([genesis.device, toHex(genesis.recoverySigningKey)]);
  let waiting: (DeviceAdmission | DeviceStatement)[] = [...admissions, ...said];
  while (waiting.length > 0) {
    const placed = waiting.filter(({ previous }) => known.has(previous));
    const signed = placed.filter((statement) => signers.has(signerOf(statement)));
    const ready = signed.length > 0 ? signed : placed;
    const admitted = ready.filter(({ kind }) => kind === 'device-admission');
    const next = admitted.length > 0 ? admitted : ready;
    // What follows nothing is shown all the same: whoever reads it leaves it out.
    if (next.length === 0) return [...ordered, ...waiting];
    waiting = waiting.filter((statement) => !next.includes(statement));
    ordered.push(...next);
    for (const statement of next) {
      known.add(identityEntryOf(statement));
      if (statement.kind === 'device-admission') signers.add(statement.device);
      if (statement.kind === 'recovery-change') signers.add(toHex(statement.signingKey));
    }
  }
  return ordered;
}

/** Key of the device or of the words that must be known for a statement to be heard. */
function signerOf(statement: DeviceAdmission | DeviceStatement): string {
  switch (statement.kind) {
    case 'device-admission':
      return toHex(statement.admittedBy);
    case 'device-revocation':
      return toHex(statement.recoveryKey);
    case 'recovery-change':
      return toHex(statement.oldKey);
    default:
      return statement.by;
  }
}

/** Adds entries to a log; those that it has stay as they are. */
export function withEntries(log: IdentityLog, more: readonly LogStatement[]): IdentityLog {
  const known = new Set(logStatements(log).map((statement) => identityEntryOf(statement)));
  const admissions = [...log.admissions];
  const said = [...(log.said ?? [])];
  for (const statement of more) {
    const entry = identityEntryOf(statement);
    if (statement.kind === 'identity-genesis' || known.has(entry)) continue;
    known.add(entry);
    if (statement.kind === 'device-admission') admissions.push(statement);
    else said.push(statement);
  }
  return { genesis: log.genesis, admissions, said };
}
