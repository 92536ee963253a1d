/** `atoll sync`: exchange with the server and whoever is there, then end. */
import type { Client } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { receivingBar } from '../receiving-bar.ts';
import { settle } from '../settle.ts';
import { withPatience, withTimeout } from '../until.ts';

/** Without a limit of the user's: nothing has come, gone or been connected for so long. */
const STILL_MS = 60_000;
/** Longer than a server takes to pass a block on, or to say that somebody has come. */
const QUIET_MS = 500;

/** Sends what is new here, receives what is new elsewhere, and counts both in blocks. */
export async function sync({ line, open, out, signal }: CommandContext): Promise<void> {
  // Counted before anything can have come or gone.
  const client = await open();
  if (client.network.status.get().kubes.length === 0) {
    throw new CliError('CLI_USAGE', 'no server is known: name one with --kube URL');
  }
  const start = countBlocks(client);
  client.network.setOnline(true);
  let peers = 0;
  const quietMs = line.has('until-idle') ? QUIET_MS : 0;
  const timeoutMs = line.timeMs('timeout');
  using limit = withTimeout(signal, timeoutMs, () => whatIsMissing(client));
  using patience = withPatience(limit, timeoutMs ?? STILL_MS, () => whatIsMissing(client));
  let before = '';
  await settle(client, {
    quietMs,
    signal: patience.signal,
    onLook: () => {
      const now = progressOf(client);
      if (now !== before) patience.moved();
      before = now;
      peers = Math.max(peers, client.network.status.get().peers);
      out.progress(receivingBar(client));
    },
  });
  out.progress('');
  const end = countBlocks(client);
  const sent = Math.max(0, start.unsent - end.unsent);
  const received = end.blocks - start.blocks;
  out.result(
    { peers, sent, received },
    `${sent} blocks sent, ${received} received, ${peers} other devices here`,
  );
}

/** Why it takes so long: a server that cannot be reached is another thing than one that is slow. */
function whatIsMissing(client: Client): string {
  const { kubes } = client.network.status.get();
  const away = kubes.filter(({ connected }) => !connected).map(({ url }) => url);
  return away.length === kubes.length
    ? `${away.join(' and ')} could not be reached`
    : 'not everything was exchanged';
}

/** Another one whenever something came, went, was connected or settled: of a thousand spaces one at a time. */
function progressOf(client: Client): string {
  const { kubes, peers } = client.network.status.get();
  const { blocks, unsent } = countBlocks(client);
  let settled = 0;
  for (const space of client.spaces.list.get()) {
    const { mailbox, receiving } = space.status.get();
    if (receiving === undefined && mailbox !== 'behind') settled++;
  }
  const connected = kubes.filter((kube) => kube.connected).length;
  return [connected, peers, blocks, unsent, settled].join();
}

function countBlocks(client: Client): { readonly blocks: number; readonly unsent: number } {
  let blocks = 0;
  let unsent = 0;
  for (const space of client.spaces.list.get()) {
    const status = space.status.get();
    blocks += status.blocks;
    unsent += status.unsentBlocks;
  }
  return { blocks, unsent };
}
