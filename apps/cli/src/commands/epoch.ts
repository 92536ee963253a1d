/** `atoll space epoch`: what a space's admins have agreed on, wishing for the next, and letting go of history. */
import type { Client, EpochInfo, HistoryDropped, Space } from '@atoll/client';
import type { CommandContext } from '../command.ts';
import { findSpace } from '../find-space.ts';
import { grouped } from '../progress-bar.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** So long it is waited for somebody else who has the history. */
const TIMEOUT_MS = 10_000;
const LOOK_EVERY_MS = 200;

/**
 * Shows the epoch of a space; with `--seal`, wishes for the next one first; with `--drop`, drops the
 * history under it from this device, if somebody else who is reached has it or keeps the same snapshot; with
 * `--leave`, gives up what an old copy of this profile wrote and what cannot be brought over.
 */
export async function spaceEpoch({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const space = await findSpace(client, line.operand(0));
  const days = line.count('older-than');
  const timeoutMs = line.timeMs('timeout') ?? TIMEOUT_MS;
  await retire(space, line.value('retire'));
  if (line.has('leave')) await space.epochs.leaveWork();
  if (line.has('seal')) await space.epochs.propose();
  const dropped = line.has('drop')
    ? await drop(client, space, { olderThanMs: days === undefined ? 0 : days * DAY_MS, timeoutMs })
    : undefined;
  const status = space.epochs.status.get();
  const { apart, bringing, brought, othersApart, sealedTwice } = status;
  const { blocksSince, carried, devices, era, number, sealedAtMs, voters, voting } = status;
  const sealedAt = sealedAtMs === undefined ? undefined : new Date(sealedAtMs).toISOString();
  out.result(
    {
      space: space.id,
      number,
      era,
      sealedAt: sealedAt ?? null,
      blocksSince,
      voting,
      voters: voters.map(({ device, displayName, here, id, voted }) => ({
        identity: id,
        name: displayName,
        device,
        here,
        voted,
      })),
      devices: devices.map(({ device, displayName, here, id, lastMs, retired }) => ({
        identity: id,
        name: displayName,
        device,
        here,
        lastWrote: new Date(lastMs).toISOString(),
        retired,
      })),
      carried,
      apart,
      bringing,
      brought,
      othersApart,
      sealedTwice,
      ...(dropped === undefined ? {} : { history: dropped }),
    },
    space.name.get(),
    `epoch    ${number}${era === 0 ? '' : ` of era ${era}`}`,
    `sealed   ${sealedAt ?? 'never'}`,
    `since    ${grouped(blocksSince)} blocks`,
    ...voters.map(({ device, displayName, here, voted }) => {
      const stands = voting ? (voted ? ', has voted' : ', has not voted') : '';
      return `voter    ${displayName} ${device.slice(0, 8)}${here ? ' (here)' : ''}${stands}`;
    }),
    ...devices.map(({ device, displayName, here, lastMs, retired }) => {
      const day = new Date(lastMs).toISOString().slice(0, 10);
      const stands = retired ? ', retired' : here ? ' (here)' : '';
      return `device   ${displayName} ${device.slice(0, 8)}, last wrote on ${day}${stands}`;
    }),
    ...counted(carried, (count) => `carried  ${count} pieces written anew`),
    ...apartLines(status),
    ...(dropped === undefined ? [] : [`history  ${historyText(dropped)}`]),
  );
}

/** What was written in old copies of profiles, and what becomes of it. */
function apartLines(status: EpochInfo): readonly string[] {
  const { apart, bringing, brought, othersApart, sealedTwice } = status;
  const becomes = bringing ? 'are brought over' : 'only here, until you export and --leave them';
  return [
    ...counted(
      apart,
      (count) => `apart    ${count} blocks of an old copy of this profile, ${becomes}`,
    ),
    ...counted(brought, (count) => `brought  ${count} blocks of an old copy of this profile`),
    ...counted(
      othersApart,
      (count) => `others   ${count} blocks of old copies, not brought over yet`,
    ),
    ...TWICE[sealedTwice],
  ];
}

/** Two epochs, sealed by copies of one device. */
const TWICE: Readonly<Record<EpochInfo['sealedTwice'], readonly string[]>> = {
  no: [],
  settled: [
    'twice    a copied device has sealed two; everybody takes this one: use one of the copies',
  ],
  apart: [
    'twice    a copied device has sealed another one, and neither side sees the other: decide which',
    '         goes on; on the others, export the space, leave it, and join again',
  ],
};

/** A line about what there is mostly none of. */
function counted(count: number, line: (count: string) => string): readonly string[] {
  return count === 0 ? [] : [line(grouped(count))];
}

/** Says that a device is lost; the beginning of its key is enough. */
async function retire(space: Space, named: string | undefined): Promise<void> {
  if (named === undefined) return;
  const { devices } = space.epochs.status.get();
  const [found, ...others] = devices.filter(({ device }) => device.startsWith(named));
  await space.epochs.retire(found !== undefined && others.length === 0 ? found.device : named);
}

/** Tries until somebody who has the history is reached, or time is up. */
async function drop(
  client: Client,
  space: Space,
  how: { readonly olderThanMs: number; readonly timeoutMs: number },
): Promise<HistoryDropped> {
  client.network.setOnline(true);
  const endMs = performance.now() + how.timeoutMs;
  for (;;) {
    const dropped = await space.epochs.dropHistory({ olderThanMs: how.olderThanMs });
    const mayChange = dropped.at === 'kept' && dropped.why === 'no-other-holder';
    if (!mayChange || performance.now() >= endMs) return dropped;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function historyText(dropped: HistoryDropped): string {
  if (dropped.at === 'dropped') return `${grouped(dropped.blocks)} blocks dropped from this device`;
  switch (dropped.why) {
    case 'no-epoch':
      return 'kept: no state was agreed on yet';
    case 'too-new':
      return 'kept: the state was agreed on too short a time ago';
    case 'no-other-holder':
      return 'kept: nobody else who is reached has it';
    case 'zones':
      return 'kept: there are private zones in this space, which not everybody can keep';
    case 'busy':
      return 'kept: not now, another program uses this profile';
  }
}
