/** `atoll passphrase`, `atoll unlock` and `atoll lock`: what guards the keys of this profile at rest. */
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { forgetInKeyring, putInKeyring } from '../keyring.ts';
import { firstLine, secretOf } from '../secret-file.ts';

/** Shorter ones are guessed, however slow each guess is made. */
const PASSPHRASE_CHARACTERS_MIN = 8;

/** Sets, changes or removes the passphrase. The present one must be given as for every run. */
export async function passphrase({ dir, line, openKeys, out }: CommandContext): Promise<void> {
  const removes = line.has('remove');
  const next = removes ? undefined : firstLine(await secretOf(line, 'new-file'), 'the file');
  if (next !== undefined && next.length < PASSPHRASE_CHARACTERS_MIN) {
    const problem = `a passphrase has at least ${PASSPHRASE_CHARACTERS_MIN} characters; several words are best`;
    throw new CliError('CLI_USAGE', problem);
  }
  await using keys = await openKeys();
  await keys.protect(next);
  // What the keyring has opens nothing any more.
  await forgetInKeyring(dir);
  const text = removes
    ? 'The keys of this profile lie in its folder without a passphrase.'
    : 'The keys of this profile are under the passphrase. Forgotten, only the 24 words help.';
  out.result({ protected: !removes }, text);
}

/** Lets the system's keyring open the profile until it is locked. */
export async function unlock({ dir, openKeys, out }: CommandContext): Promise<void> {
  await using keys = await openKeys();
  const { unlockKey } = keys;
  if (unlockKey === undefined) {
    out.result({ unlocked: true }, 'This profile has no passphrase: nothing to unlock.');
    return;
  }
  if (!(await putInKeyring(dir, unlockKey))) {
    throw new CliError(
      'CLI_NO_KEYRING',
      'there is no keyring of the system that would keep it (secret-tool of libsecret)',
    );
  }
  out.result({ unlocked: true }, 'Unlocked, until you lock it or log out.');
}

/** Takes the key out of the keyring. */
export async function lock({ dir, out }: CommandContext): Promise<void> {
  if (!(await forgetInKeyring(dir))) {
    throw new CliError('CLI_NO_KEYRING', 'the keyring of the system does not let go of the key');
  }
  out.result({ locked: true }, 'Locked: every run needs the passphrase.');
}
