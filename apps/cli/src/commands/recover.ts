/** `atoll recover` and `atoll words check`: the way back from 24 words, and the drill for it. */
import type { Client } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { receivingBar } from '../receiving-bar.ts';
import { secretOf } from '../secret-file.ts';
import { settle } from '../settle.ts';
import { withTimeout } from '../until.ts';

/** Longer than a server takes to say that it has something. */
const QUIET_MS = 1_500;
/** Spaces that have not come by then come with the next `atoll sync`. */
const WAIT_MS = 60_000;

/** Makes this fresh profile a device of the identity of the words, and fetches what can be had. */
export async function recover({ line, open, out, signal }: CommandContext): Promise<void> {
  const words = await secretOf(line, 'words-file');
  const deviceName = line.value('device');
  const client = await open({ online: true, stopped: true });
  const outcome = await client.halo.recovery.recover({
    words,
    ...(deviceName === undefined ? {} : { deviceName }),
  });
  const asOf = new Date(outcome.asOfMs).toISOString();
  const isWhole = await fetchAll(client, {
    signal,
    timeoutMs: line.timeMs('timeout') ?? WAIT_MS,
    onLook: () => out.progress(receivingBar(client)),
  });
  out.progress('');
  const { id, deviceKey, displayName } = outcome.identity;
  const spaces = client.spaces.list.get().map((space) => space.name.get());
  const complete = isWhole && client.halo.recovery.recovered.get()?.complete === true;
  out.result(
    { identity: id, device: deviceKey, name: displayName, asOf, complete, spaces: spaces.length },
    `You are ${displayName} again, as of ${asOf}.`,
    `spaces    ${spaces.join(', ')}`,
    ...(complete ? [] : ['Not everything is here yet: atoll sync fetches the rest.']),
  );
}

/** The drill: says whether these are the words, and changes nothing. */
export async function checkWords({ line, open, out }: CommandContext): Promise<void> {
  const words = await secretOf(line, 'words-file');
  const client = await open({ spaces: false });
  if (!(await client.halo.recovery.checkWords(words))) {
    throw new CliError(
      'CLI_OTHER_WORDS',
      'these are 24 good words, but not those of this identity',
    );
  }
  out.result({ right: true }, 'These are the words of this identity. Nothing was changed.');
}

/** True when all has come that anybody has; false when time was up before. */
async function fetchAll(
  client: Client,
  options: {
    readonly signal: AbortSignal;
    readonly timeoutMs: number;
    readonly onLook: () => void;
  },
): Promise<boolean> {
  const { onLook, signal, timeoutMs } = options;
  using limit = withTimeout(signal, timeoutMs, 'not everything came');
  try {
    await settle(client, { quietMs: QUIET_MS, signal: limit, onLook });
    return true;
  } catch (failure) {
    if (signal.aborted || !(failure instanceof CliError)) throw failure;
    return false;
  }
}
