/**
 * Why a device is refused: the newest entries of its identity's log, from whoever knows them. Nothing of it is believed
 * but what follows on the log that is here and is signed by somebody who is in it.
 */
import { CodecError } from '@atoll/codec';
import {
  checkIdentityLog,
  decodeStatements,
  encodeStatements,
  identityEntryOf,
  isLogStatement,
  logStatements,
  withEntries,
  type IdentityLog,
  type LogStatement,
} from '@atoll/halo';
import { equalBytes, type Ed25519Platform } from '@atoll/kernel';

/** A message of a session has room for so many. */
const BYTES_MAX = 4096;
/** Entries that one refusal may bring; each costs the check of its signatures. */
const ENTRIES_MAX = 32;

/** The newest entries of a log, as many as fit, in its order. */
export function encodeRefusal(log: IdentityLog): Uint8Array {
  const entries = logStatements(log).filter((one) => one.kind !== 'identity-genesis');
  for (let from = Math.max(0, entries.length - ENTRIES_MAX); from < entries.length; from++) {
    const bytes = encodeStatements(entries.slice(from));
    if (bytes.length <= BYTES_MAX) return bytes;
  }
  return new Uint8Array(0);
}

/** The entries that are new and true; none where anything of it is not. */
export async function newsOfRefusal(
  ed25519: Ed25519Platform,
  own: IdentityLog,
  why: Uint8Array,
): Promise<readonly LogStatement[]> {
  const known = new Set<string>(logStatements(own).map((one) => identityEntryOf(one)));
  const news = entriesIn(why).filter((entry) => !known.has(identityEntryOf(entry)));
  if (news.length === 0 || news.length > ENTRIES_MAX) return [];
  const log = withEntries(own, news);
  const devices = await checkIdentityLog(ed25519, log);
  if (devices === undefined) return [];
  const isDevice = (key: string): boolean => devices.some(({ device }) => device === key);
  return news.every((entry) => isSaidByOwn(entry, log, isDevice)) ? news : [];
}

/** Signed, as is known before, and not by anybody: by a device, or words, of this identity. */
function isSaidByOwn(
  entry: LogStatement,
  { genesis, said = [] }: IdentityLog,
  isDevice: (key: string) => boolean,
): boolean {
  const changed = said.flatMap((one) => (one.kind === 'recovery-change' ? [one.signingKey] : []));
  const words = [genesis.recoverySigningKey, ...changed];
  const isWords = (key: Uint8Array): boolean => words.some((one) => equalBytes(one, key));
  switch (entry.kind) {
    case 'device-suspension':
    case 'device-countersignature':
      return isDevice(entry.by);
    case 'device-revocation':
      return isWords(entry.recoveryKey);
    case 'recovery-change':
      return isDevice(entry.device) && isWords(entry.oldKey);
    default:
      return true;
  }
}

function entriesIn(why: Uint8Array): readonly LogStatement[] {
  if (why.length > BYTES_MAX) return [];
  try {
    return decodeStatements(why).filter((one) => isLogStatement(one));
  } catch (failure) {
    if (failure instanceof CodecError) return [];
    throw failure;
  }
}
