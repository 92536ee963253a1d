/** `atoll serve`: stay online, for this profile's other runs and for everybody else. */
import type { Client, Space } from '@atoll/client';
import type { CommandContext } from '../command.ts';
import { CliError } from '../cli-error.ts';
import { Comings } from '../comings.ts';
import { settle } from '../settle.ts';
import { untilAborted, withTimeout } from '../until.ts';

/** What is still on its way when the run is ended gets so long. */
const LAST_WORDS_MS = 3_000;

/** Stays online until interrupted; prints who comes and goes. */
export async function serve(context: CommandContext): Promise<void> {
  const { open, out, signal } = context;
  const client = await open({ online: true });
  if (client.network.status.get().kubes.length === 0) {
    throw new CliError('CLI_USAGE', 'no server is known: name one with --kube URL');
  }
  followNetwork(client, context);
  followSpaces(client, context);
  await untilAborted(signal);
  using limit = withTimeout(new AbortController().signal, LAST_WORDS_MS, 'the rest was not sent');
  await settle(client, { quietMs: 0, signal: limit }).catch(() => {
    out.note('Not everything was sent; the next run will.');
  });
}

/** A line whenever a server is reached or lost. */
function followNetwork(client: Client, { out }: CommandContext): void {
  const known = new Map<string, boolean>();
  const look = (): void => {
    for (const { connected, url } of client.network.status.get().kubes) {
      if (known.get(url) === connected || (!connected && !known.has(url))) continue;
      known.set(url, connected);
      out.result(
        { at: connected ? 'online' : 'offline', kube: url },
        connected ? `Online at ${url}` : `${url} cannot be reached; trying on`,
      );
    }
  };
  client.network.status.subscribe(look);
  look();
}

function followSpaces(client: Client, context: CommandContext): void {
  const followed = new Set<Space>();
  const look = (): void => {
    for (const space of client.spaces.list.get()) {
      if (followed.has(space)) continue;
      followed.add(space);
      followMembers(space, context);
    }
  };
  client.spaces.list.subscribe(look);
  look();
}

/** A line for who joins the space, and for who comes and goes. */
function followMembers(space: Space, { out }: CommandContext): void {
  const comings = new Comings();
  const look = (): void => {
    for (const { at, member } of comings.look(space.members.get())) {
      const { displayName: name, id, role } = member;
      const where = space.name.get();
      const facts = { space: space.id, identity: id, name };
      if (at === 'joined') out.result({ at, ...facts, role }, `${name} has joined ${where}`);
      else out.result({ at, ...facts }, `${name} is ${at}  (${where})`);
    }
  };
  space.members.subscribe(look);
  look();
}
