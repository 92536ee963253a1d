/** `atoll space epoch`: what a space's admins have agreed on, and wishing for the next. */
import type { CommandContext } from '../command.ts';
import { findSpace } from '../find-space.ts';
import { grouped } from '../progress-bar.ts';

/** Shows the epoch of a space; with `--seal`, wishes for the next one first. */
export async function spaceEpoch({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const space = findSpace(client, line.operand(0));
  if (line.has('seal')) await space.epochs.propose();
  const { blocksSince, era, number, sealedAtMs, voters, voting } = space.epochs.status.get();
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
    },
    space.name.get(),
    `epoch    ${number}${era === 0 ? '' : ` of era ${era}`}`,
    `sealed   ${sealedAt ?? 'never'}`,
    `since    ${grouped(blocksSince)} blocks`,
    ...voters.map(({ device, displayName, here, voted }) => {
      const stands = voting ? (voted ? ', has voted' : ', has not voted') : '';
      return `voter    ${displayName} ${device.slice(0, 8)}${here ? ' (here)' : ''}${stands}`;
    }),
  );
}
