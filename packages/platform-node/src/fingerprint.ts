/**
 * Where a profile lives, as one value that does not travel with its files: a copied or restored
 * profile gets another, and its slots start new feeds instead of forking the old ones.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { StoreError } from '@atoll/kernel';

/** Files that name a machine, in the order in which they are looked for. */
const MACHINE_FILES = ['/etc/machine-id', '/var/lib/dbus/machine-id', '/etc/hostid'];

async function machineName(): Promise<string> {
  for (const path of MACHINE_FILES) {
    try {
      const name = (await readFile(path, 'utf8')).trim();
      if (name.length > 0) return name;
    } catch {
      // The next place, or the host's name at the end.
    }
  }
  return `host ${hostname()}`;
}

/**
 * 32 hex digits over the machine, the user and the directory itself (device and inode: a restored
 * backup is another directory under the old name). Reveals none of them. @throws StoreError `STORE_IO`.
 */
export async function profileFingerprint(dir: string): Promise<string> {
  try {
    const { dev, ino, uid } = await stat(dir, { bigint: true });
    const parts = ['atoll profile 1', await machineName(), `${uid}`, `${dev}`, `${ino}`];
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  } catch (cause) {
    throw new StoreError('STORE_IO', `the profile directory ${dir} cannot be read`, { cause });
  }
}
