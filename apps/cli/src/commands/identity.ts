/** `atoll init` and `atoll whoami`. */
import type { Client } from '@atoll/client';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';

/** Creates the identity of a fresh profile and shows its words. */
export async function init({ line, open, out }: CommandContext): Promise<void> {
  const displayName = line.value('name')?.trim() ?? '';
  if (displayName === '') throw usage('--name NAME is missing: what others will see');
  const deviceName = line.value('device');
  const client = await open({ stopped: true });
  const { identity, words } = await client.halo.createIdentity({
    displayName,
    ...(deviceName === undefined ? {} : { deviceName }),
  });
  out.result(
    {
      identity: identity.id,
      device: identity.deviceKey,
      words,
      kubes: client.network.status.get().kubes.map(({ url }) => url),
    },
    `You are ${identity.displayName}.`,
    `identity  ${identity.id}`,
    `device    ${identity.deviceKey}`,
    '',
    'These 24 words restore your identity. They are shown this once: write them down, and beside',
    `them the server${serverText(client)}. atoll sync leaves there what they open.`,
    '',
    ...wordLines(words),
  );
}

function serverText(client: Client): string {
  const [first] = client.network.status.get().kubes;
  return first === undefined ? ' that you use, once you have named one' : ` ${first.url}`;
}

/** Who this profile is. */
export async function whoami({ open, out }: CommandContext): Promise<void> {
  const client = await open({ spaces: false, stopped: true });
  const identity = client.halo.identity.get();
  if (identity === undefined) {
    const wiped = client.halo.devices.lock.get();
    const day = new Date(wiped?.atMs ?? 0).toISOString().slice(0, 10);
    const was = wiped === undefined ? '' : `This profile was wiped with the 24 words on ${day}. `;
    const first = `${was}Nobody yet: atoll init --name NAME makes you somebody.`;
    out.result({ identity: null, ...(wiped === undefined ? {} : { wiped: day }) }, first);
    return;
  }
  const { deviceKey, displayName, id } = identity;
  out.result(
    { identity: id, name: displayName, device: deviceKey },
    displayName,
    `identity  ${id}`,
    `device    ${deviceKey}`,
  );
}

/** Four columns, read downwards. */
function wordLines(words: readonly string[]): string[] {
  const height = Math.ceil(words.length / 4);
  return Array.from({ length: height }, (_, row) => {
    const cells = [0, 1, 2, 3].map((column) => {
      const at = column * height + row;
      const word = words[at];
      return word === undefined ? '' : `${String(at + 1).padStart(4)} ${word.padEnd(10)}`;
    });
    return cells.join('').trimEnd();
  });
}
