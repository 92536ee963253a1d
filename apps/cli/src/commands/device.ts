/** `atoll device …`: which devices are one's own, and what can be done about one that is lost. */
import type { Client, Device, DeviceNote } from '@atoll/client';
import type { CommandContext } from '../command.ts';
import { copiesLeft } from '../copies-left.ts';
import { usage } from '../command-line.ts';
import { findDevice } from '../find-device.ts';
import { secretOf } from '../secret-file.ts';
import { settle } from '../settle.ts';
import { withTimeout } from '../until.ts';

/** What is said about a device is worth most at once: the server gets so long to take it. */
const SETTLE_MS = 20_000;

/** The devices of the identity. */
export async function listDevices({ open, out }: CommandContext): Promise<void> {
  const client = await open({ spaces: false });
  const devices = client.halo.devices.get();
  out.rows(devices.map(deviceData), devices.map(deviceCells));
}

/** Another name. */
export async function renameDevice({ line, open, out }: CommandContext): Promise<void> {
  const name = line.operand(1).trim();
  if (name === '') throw usage('NAME is empty');
  const client = await open({ spaces: false });
  const { key } = findDevice(client, line.operand(0));
  await client.halo.devices.rename(key, name);
  out.result({ device: key, name }, `It is called ${name} now.`);
}

/** Stops a device. */
export async function suspendDevice(context: CommandContext): Promise<void> {
  const { line, open } = context;
  const client = await open({ online: true, stopped: true });
  const device = findDevice(client, line.operand(0));
  await client.halo.devices.suspend(device.key);
  await say(context, client, device, [
    `${device.name} is suspended: from now on it counts in none of your spaces, and locks itself when it hears of it.`,
    'What it had written and sent stays. The 24 words bring it back, or remove it for good.',
  ]);
}

/** Gives a device a vote. */
export async function agreeWithDevice(context: CommandContext): Promise<void> {
  const { line, open } = context;
  const client = await open({ online: true });
  const device = findDevice(client, line.operand(0));
  await client.halo.devices.agree(device.key);
  const votes = client.halo.devices.get().some(({ key, votes }) => key === device.key && votes);
  const later = `${device.name} has a vote once ${device.admittedBy ?? 'whoever let it in'} has one.`;
  await say(context, client, device, [votes ? `${device.name} has a vote.` : later]);
}

/** Removes a device for good. */
export async function removeDevice(context: CommandContext): Promise<void> {
  const { line, open } = context;
  const words = await secretOf(line, 'words-file');
  const client = await open({ online: true });
  const device = findDevice(client, line.operand(0));
  const wipe = line.has('wipe');
  const beganMs = Date.now();
  await client.halo.devices.remove(device.key, words, { wipe });
  // A device that is locked looks for the order where the recovery capsules lie: it is put there before those.
  const leaving = { sinceMs: beganMs, signal: context.signal, timeoutMs: SETTLE_MS };
  if (wipe) await copiesLeft(client, leaving);
  const order = [
    'When it hears of it, it hands over what it has not sent and deletes what it has.',
    'Whoever keeps it from hearing, or has copied it, keeps what he has.',
  ];
  await say(context, client, device, [`${device.name} is removed.`, ...(wipe ? order : [])]);
}

/** Brings a device back: this one, or another one. */
export async function restoreDevice(context: CommandContext): Promise<void> {
  const { line, open } = context;
  const words = await secretOf(line, 'words-file');
  const given = line.operands.at(0);
  const client = await open({ online: true, stopped: true });
  const { devices, identity } = client.halo;
  if (given === undefined) {
    await devices.restore(words);
    const key = identity.get()?.deviceKey ?? '';
    const device = devices.get().find((one) => one.key === key);
    await say(context, client, device ?? { key, name: 'This device' }, [
      'This device is back, with everything that it had written.',
    ]);
    return;
  }
  const device = findDevice(client, given);
  await devices.restore(words, device.key);
  await say(context, client, device, [
    `${device.name} is back. On itself, atoll device restore --words-file FILE opens it again.`,
  ]);
}

/** Sends it as far as the server is there, and says what came of it. */
async function say(
  { out, signal }: CommandContext,
  client: Client,
  { key, name }: Pick<Device, 'key' | 'name'>,
  lines: readonly string[],
): Promise<void> {
  let sent = client.network.status.get().kubes.length > 0;
  if (sent) {
    using settling = withTimeout(signal, SETTLE_MS, 'the server did not take the news');
    await settle(client, { quietMs: 0, signal: settling }).catch((failure: unknown) => {
      if (signal.aborted) throw failure;
      sent = false;
    });
  }
  const device = client.halo.devices.get().find((one) => one.key === key);
  out.result({ device: key, name, standing: device?.standing ?? null, sent }, ...lines);
  if (!sent) out.note('Nobody has heard of it yet: run atoll sync as soon as you are online.');
}

function deviceData(device: Device): Readonly<Record<string, unknown>> {
  const { admittedAtMs, admittedBy, key, name, notes, standing, thisDevice, votes } = device;
  return {
    ...{ device: key, name, thisDevice },
    admitted: admittedAtMs === undefined ? null : new Date(admittedAtMs).toISOString(),
    ...{ admittedBy: admittedBy ?? null, standing, votes },
    notes: notes.map(({ atMs, by, says }) => {
      return { says, by: by ?? null, at: new Date(atMs).toISOString() };
    }),
  };
}

function deviceCells(device: Device): readonly string[] {
  const { isPasskey, key, name, notes, standing, thisDevice, votes } = device;
  const said = notes.at(-1);
  const kind = isPasskey ? 'passkey' : votes ? '' : 'no vote yet';
  const state = standing === 'active' ? kind : standing;
  const by = standing === 'active' || said === undefined ? '' : noteText(said);
  return [
    name || 'not written down',
    key,
    [thisDevice ? 'this device' : '', state, by].filter(Boolean).join(', '),
  ];
}

function noteText({ atMs, by, byName, says }: DeviceNote): string {
  const who = by === undefined ? 'with the words' : `by ${byName || by.slice(0, 8)}`;
  const wipe = says === 'goes-and-wipes' ? ', to be deleted' : '';
  return `${who} on ${new Date(atMs).toISOString().slice(0, 10)}${wipe}`;
}
