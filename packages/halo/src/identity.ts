/** The log of an identity, and admitting devices to it. Pure of storage: callers keep what is returned. */
import { idFromBytes, type DeviceKey, type Signer } from '@atoll/kernel';
import { identityEntryOf, identityIdOf } from './statement-ids.ts';
import { signBody } from './statement-signing.ts';
import { isDeviceStatement } from './device-codec.ts';
import type { DeviceRevocation, DeviceStatement } from './statements-devices.ts';
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
  newDevice: DevicePublic,
  admittingKey: Bytes,
): AdmissionBody {
  return {
    kind: 'device-admission',
    identity: identityIdOf(log.genesis),
    previous: lastEntry(log),
    device: newDevice.device,
    deviceAgreementKey: newDevice.agreementKey,
    admittedBy: admittingKey,
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
}): Promise<DeviceAdmission> {
  const { log, admitting, newSigner, newAgreementKey } = input;
  const device = idFromBytes('device', newSigner.publicKey);
  const publicKey = admitting.publicKey;
  const body = admissionBody(log, { device, agreementKey: newAgreementKey }, publicKey);
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

/** The entry that a further one follows: the deepest, of equal ones the greatest name. */
export function lastEntry(log: IdentityLog): IdentityEntry {
  const depths = new Map<IdentityEntry, number>();
  let last = identityEntryOf(log.genesis);
  for (const statement of logStatements(log)) {
    const entry = identityEntryOf(statement);
    const depth =
      statement.kind === 'identity-genesis' ? 0 : (depths.get(statement.previous) ?? 0) + 1;
    depths.set(entry, depth);
    const deepest = depths.get(last) ?? 0;
    if (depth > deepest || (depth === deepest && entry > last)) last = entry;
  }
  return last;
}

/**
 * Statements of a log in an order in which each follows what it builds on: the entry before it, and the admissions
 * of those who sign it.
 */
export function logStatements(log: IdentityLog): readonly LogStatement[] {
  const { admissions, genesis, said = [] } = log;
  if (said.length === 0) return [genesis, ...admissions];
  const ordered: LogStatement[] = [genesis];
  const known = new Set<IdentityEntry>([identityEntryOf(genesis)]);
  let waiting: (DeviceAdmission | DeviceStatement)[] = [...admissions, ...said];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ previous }) => known.has(previous));
    const admitted = ready.filter(({ kind }) => kind === 'device-admission');
    const next = admitted.length > 0 ? admitted : ready;
    // What follows nothing is shown all the same: whoever reads it leaves it out.
    if (next.length === 0) return [...ordered, ...waiting];
    waiting = waiting.filter((statement) => !next.includes(statement));
    ordered.push(...next);
    for (const statement of next) known.add(identityEntryOf(statement));
  }
  return ordered;
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

/** What the words last said of a device, as far as a log says; of equal counters, that it goes. */
export function lastFate(log: IdentityLog, device: DeviceKey): DeviceRevocation | undefined {
  let last: DeviceRevocation | undefined;
  for (const one of log.said ?? []) {
    if (one.kind !== 'device-revocation' || one.device !== device) continue;
    const isLater = last === undefined || one.counter > last.counter;
    if (isLater || (one.counter === last?.counter && one.fate !== 'stays')) last = one;
  }
  return last;
}
