/**
 * Which words of an identity count: those of its genesis, then those that each change names. What older words have
 * signed counts only as far as the change that ended them names it, so that words that have leaked are worth nothing.
 */
import { toHex, type DeviceKey } from '@atoll/kernel';
import type { LogStatement } from '../identity.ts';
import type { RecoveryChange } from '../statements-devices.ts';
import type { Bytes, IdentityEntry } from '../statements.ts';

/** A change as the log has it. */
export interface KnownChange {
  readonly entry: IdentityEntry;
  readonly depth: number;
  readonly statement: RecoveryChange;
}

/** The words of an identity by their public halves. */
export interface RecoveryKeys {
  /** Ed25519 and X25519 key of the words of now. */
  readonly signingKey: Bytes;
  readonly agreementKey: Bytes;
  /** Two changes of the same words contradict each other: which words are the owner's is to be asked in person. */
  readonly isContested: boolean;
  /** Changes that led to the words of now, the first one first. */
  readonly changes: readonly KnownChange[];
  /** True if what these words have signed counts. */
  counts(key: Uint8Array, entry: IdentityEntry): boolean;
}

/** Changes of words after which an end is put to following them: somebody goes in circles. */
const CHANGES_MAX = 1024;

/** Follows the changes from the genesis on. `mayChange` says of a device whether it may agree with a change. */
export function recoveryKeys(
  first: { readonly signingKey: Bytes; readonly agreementKey: Bytes },
  changes: readonly KnownChange[],
  mayChange: (device: DeviceKey, change: KnownChange) => boolean,
): RecoveryKeys {
  const ended = new Map<string, ReadonlySet<IdentityEntry>>();
  let { agreementKey, signingKey } = first;
  let isContested = false;
  const followed: KnownChange[] = [];
  for (let rest = CHANGES_MAX; rest > 0; rest--) {
    const key = toHex(signingKey);
    const next = changes
      .filter(({ statement }) => toHex(statement.oldKey) === key)
      .filter((change) => mayChange(change.statement.device, change))
      .filter(({ statement }) => !ended.has(toHex(statement.signingKey)))
      .sort((a, b) => a.depth - b.depth || (a.entry < b.entry ? -1 : 1));
    const [one, ...others] = next;
    if (one === undefined) break;
    const names = toHex(one.statement.signingKey);
    if (others.some(({ statement }) => toHex(statement.signingKey) !== names)) isContested = true;
    followed.push(one);
    ended.set(key, new Set([...one.statement.spoken, one.entry]));
    ({ agreementKey, signingKey } = one.statement);
  }
  const current = toHex(signingKey);
  const counts = (key: Uint8Array, entry: IdentityEntry): boolean => {
    const name = toHex(key);
    return name === current || ended.get(name)?.has(entry) === true;
  };
  return { signingKey, agreementKey, isContested, changes: followed, counts };
}

/**
 * True for a device that was let in and not accused in the log before a change, or that the words let stay: as the log
 * stood, for a device that is lost years later has not changed the words in vain.
 */
export function mayChangeWords(
  device: DeviceKey,
  { statement }: KnownChange,
  statementOf: (entry: IdentityEntry) => LogStatement | undefined,
): boolean {
  let at = statementOf(statement.previous);
  let [isKnown, isAccused] = [false, false];
  while (at !== undefined) {
    const isOfIt = 'device' in at && at.device === device;
    // What the words have said is final: nobody accuses whom they let stay.
    if (isOfIt && at.kind === 'device-revocation') return at.fate === 'stays';
    if (isOfIt && at.kind === 'device-suspension') isAccused = true;
    if (isOfIt && at.kind !== 'recovery-change') isKnown = true;
    at = at.kind === 'identity-genesis' ? undefined : statementOf(at.previous);
  }
  return isKnown && !isAccused;
}
