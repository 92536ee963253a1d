/** `atoll serve`: stay online, for this profile's other runs and for everybody else. */
import type { Client, Space } from '@atoll/client';
import type { CommandContext } from '../command.ts';
import { CliError } from '../cli-error.ts';
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

/**
 * A line for who joins the space, and for who comes and goes; as soon as there is a name to tell it by, for
 * somebody can be here before what they say of themselves is.
 */
function followMembers(space: Space, { out }: CommandContext): void {
  const known = new Set<string>();
  const here = new Set<string>();
  let isFirst = true;
  const look = (): void => {
    for (const { displayName, here: isHere, id, me, role } of space.members.get()) {
      if (isFirst) known.add(id);
      if (me || displayName === '') continue;
      const facts = { space: space.id, identity: id, name: displayName };
      const where = space.name.get();
      if (!known.has(id)) {
        known.add(id);
        out.result({ at: 'joined', ...facts, role }, `${displayName} has joined ${where}`);
      }
      if (here.has(id) !== isHere) {
        const at = isHere ? 'here' : 'away';
        out.result({ at, ...facts }, `${displayName} is ${at}  (${where})`);
      }
      if (isHere) here.add(id);
      else here.delete(id);
    }
    isFirst = false;
  };
  space.members.subscribe(look);
  look();
}
