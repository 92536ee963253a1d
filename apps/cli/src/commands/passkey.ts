/** `atoll passkey …`: which passkeys there are, and taking one away. A terminal has none of its own. */
import type { Passkey } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { findDevice } from '../find-device.ts';
import { settle } from '../settle.ts';
import { withTimeout } from '../until.ts';

/** What is said about a passkey is worth most at once: the server gets so long to take it. */
const SETTLE_MS = 20_000;

/** The passkeys of the identity. */
export async function listPasskeys({ open, out }: CommandContext): Promise<void> {
  const client = await open({ spaces: false });
  const passkeys = client.halo.passkeys.get();
  out.rows(passkeys.map(passkeyData), passkeys.map(passkeyCells));
}

/** Takes one away. */
export async function removePasskey({ line, open, out, signal }: CommandContext): Promise<void> {
  const client = await open({ online: true });
  const { key, name } = findDevice(client, line.operand(0));
  await client.halo.passkeys.remove(key);
  let sent = client.network.status.get().kubes.length > 0;
  if (sent) {
    using settling = withTimeout(signal, SETTLE_MS, 'the server did not take the news');
    await settle(client, { quietMs: 0, signal: settling }).catch((failure: unknown) => {
      if (signal.aborted) throw failure;
      sent = false;
    });
  }
  out.result(
    { passkey: key, name, sent },
    `${name} is removed: it brings nobody back, and opens no device that hears of it.`,
  );
  if (!sent) out.note('Nobody has heard of it yet: run atoll sync as soon as you are online.');
}

/** Says that it is done elsewhere. */
export function addPasskey(): Promise<void> {
  const problem =
    'a terminal has no passkeys; open Atoll in a browser with this identity and add one in its settings';
  return Promise.reject(new CliError('CLI_NO_PASSKEYS', problem));
}

function passkeyData({ addedAtMs, key, name }: Passkey): Readonly<Record<string, unknown>> {
  return { passkey: key, name, added: new Date(addedAtMs).toISOString() };
}

function passkeyCells({ addedAtMs, key, name }: Passkey): readonly string[] {
  return [name, key, new Date(addedAtMs).toISOString().slice(0, 10)];
}
