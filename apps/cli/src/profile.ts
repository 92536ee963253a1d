/** The profile of one run: its folder, the server it remembers, the client opened on it. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Client } from '@atoll/client';
import { CliError } from './cli-error.ts';
import { firstLine } from './secret-file.ts';

/** Where a profile lies and which server was named. */
export interface ProfilePlace {
  readonly dir: string;
  readonly kube?: string;
  /** File whose first line is the passphrase of the profile. */
  readonly passphraseFile?: string;
}

/** The keys of a profile, without anything else of it. */
export interface ProfileKeys extends AsyncDisposable {
  /** See `NodeKeystore.unlockKey`. */
  readonly unlockKey: Uint8Array | undefined;
  protect(passphrase: string | undefined): Promise<void>;
}

/** How a client is opened. */
export interface OpenOptions {
  /** Only with a connection can others be met; without, nothing is sent. */
  readonly online?: boolean;
  /** `false` where identity and devices are enough: large spaces take their time to open. */
  readonly spaces?: boolean;
  /** True for what also works on a device that was stopped; everything else is refused there. */
  readonly stopped?: boolean;
}

const SETTINGS_FILE = 'cli.json';

/** Folder from `ATOLL_HOME`, server from `--kube` or `ATOLL_KUBE`. */
export function profilePlace(
  env: Readonly<Record<string, string | undefined>>,
  kubeOption: string | undefined,
): ProfilePlace {
  const home = env['ATOLL_HOME'];
  const dir = home === undefined || home === '' ? join(homedir(), '.atoll') : resolve(home);
  const passphraseFile = env['ATOLL_PASSPHRASE_FILE'] ?? '';
  const place = passphraseFile === '' ? { dir } : { dir, passphraseFile };
  const kube = kubeOption ?? env['ATOLL_KUBE'];
  if (kube === undefined || kube === '') return place;
  if (!isAddress(kube)) {
    throw new CliError(
      'CLI_USAGE',
      `"${kube}" is no address of a server, such as https://example.org`,
    );
  }
  return { ...place, kube };
}

/** Checked before it is remembered. A bare word is a mistake more often than the name of a machine. */
function isAddress(kube: string): boolean {
  const whole = kube.includes('://') ? kube : `https://${kube}`;
  if (!URL.canParse(whole)) return false;
  const { hostname, protocol } = new URL(whole);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  return isWeb && (kube !== hostname || kube === 'localhost' || kube.includes('.'));
}

/**
 * Opens the profile. The folder is made when it is missing. A server that was named is remembered, and
 * used from then on by every run that names none.
 */
export async function openProfile(place: ProfilePlace, options: OpenOptions): Promise<Client> {
  const { dir } = place;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const remembered = await readKube(dir);
  const kube = place.kube ?? remembered;
  const [{ AtollClient }, { openNodePlatform }] = await Promise.all([
    import('@atoll/client'),
    import('@atoll/platform-node'),
  ]);
  const platform = await openNodePlatform({ dir, ...(await unlocking(place)) });
  const client = await AtollClient.open(platform, {
    deviceName: hostname(),
    online: options.online === true,
    spaces: options.spaces !== false,
    ...(kube === undefined ? {} : { kubes: [kube] }),
  }).catch(async (failure: unknown) => {
    await platform[Symbol.asyncDispose]();
    throw failure;
  });
  if (place.kube !== undefined && place.kube !== remembered) await writeKube(dir, place.kube);
  return client;
}

/** Opens the keys of a profile alone. @throws StoreError `STORE_LOCKED`, `STORE_PASSPHRASE`. */
export async function openKeys(place: ProfilePlace): Promise<ProfileKeys> {
  const { NodeKeystore } = await import('@atoll/platform-node');
  return NodeKeystore.open({ dir: place.dir, ...(await unlocking(place)) });
}

/** What opens the keys: nothing, the passphrase of the file that was named, or what the keyring has. */
async function unlocking({
  dir,
  passphraseFile,
}: ProfilePlace): Promise<{ readonly passphrase?: string; readonly unlockKey?: Uint8Array }> {
  const { protectionOf } = await import('@atoll/platform-node');
  if ((await protectionOf(dir)) !== 'passphrase') return {};
  if (passphraseFile !== undefined) return { passphrase: await passphraseIn(passphraseFile) };
  const { keyInKeyring } = await import('./keyring.ts');
  const unlockKey = await keyInKeyring(dir);
  if (unlockKey !== undefined) return { unlockKey };
  throw new CliError(
    'CLI_LOCKED',
    'this profile is locked: atoll unlock, or name a file with its passphrase in ATOLL_PASSPHRASE_FILE',
  );
}

async function passphraseIn(path: string): Promise<string> {
  try {
    return firstLine(await readFile(path, 'utf8'), path);
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError('CLI_FILE', `"${path}" cannot be read`, { cause });
  }
}

async function readKube(dir: string): Promise<string | undefined> {
  const path = join(dir, SETTINGS_FILE);
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch {
    return undefined; // A new profile has none.
  }
  try {
    const settings: unknown = JSON.parse(content);
    if (typeof settings === 'object' && settings !== null && 'kube' in settings) {
      return typeof settings.kube === 'string' ? settings.kube : undefined;
    }
    return undefined;
  } catch (cause) {
    throw new CliError('CLI_SETTINGS', `${path} is not JSON; remove it`, { cause });
  }
}

/** Written beside and renamed, so that another run never reads half of it. */
async function writeKube(dir: string, kube: string): Promise<void> {
  const beside = join(dir, `${SETTINGS_FILE}.${process.pid}`);
  await writeFile(beside, `${JSON.stringify({ kube })}\n`, { mode: 0o600 });
  await rename(beside, join(dir, SETTINGS_FILE));
}
