/**
 * Where a profile lies, as one value that does not travel with its files: a copied or restored
 * profile gets another, and its slots start new feeds instead of forking the old ones.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { StoreError } from '@atoll/kernel';

/** Files that name a machine, in the order in which they are looked for. */
const MACHINE_FILES = ['/etc/machine-id', '/var/lib/dbus/machine-id', '/etc/hostid'];

function machineName(): string {
  for (const path of MACHINE_FILES) {
    try {
      const name = readFileSync(path, 'utf8').trim();
      if (name.length > 0) return name;
    } catch {
      // The next place, or the host's name at the end.
    }
  }
  return `host ${hostname()}`;
}

/**
 * 32 hex digits over the machine, the user and the inodes of the given files and directories. Not
 * over device numbers: those of some file systems change with every start of the machine. Reveals
 * none of them. @throws StoreError `STORE_IO`.
 */
export function placeOf(...paths: readonly string[]): string {
  try {
    const inodes = paths.map((path) => statSync(path, { bigint: true }));
    const places = inodes.map(({ ino, uid }) => `${uid}/${ino}`);
    const parts = ['atoll profile 1', machineName(), ...places];
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  } catch (cause) {
    throw new StoreError('STORE_IO', `${paths.join(', ')} cannot be read`, { cause });
  }
}

/** {@link placeOf} a profile's directory. @throws StoreError `STORE_IO`. */
export async function profileFingerprint(dir: string): Promise<string> {
  return placeOf(dir);
}
