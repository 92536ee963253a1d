/** `atoll recover` and `atoll words …`: the way back from 24 words, the drill for it, and other words. */
import type { Client } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { copiesLeft } from '../copies-left.ts';
import { receivingBar } from '../receiving-bar.ts';
import { secretOf } from '../secret-file.ts';
import { settle } from '../settle.ts';
import { stoppedError } from '../stopped-device.ts';
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
  // Words that were changed meanwhile let nobody in: what was found is as of before, and says so by now.
  const stopped = stoppedError(client);
  if (stopped !== undefined) throw stopped;
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

/** New words, shown once. */
export async function makeWords({ open, out }: CommandContext): Promise<void> {
  const client = await open({ spaces: false });
  const words = await client.halo.recovery.makeWords();
  out.result(
    { words },
    ...words.map((word, at) => `${String(at + 1).padStart(2)}  ${word}`),
    'Write them down first. Nothing has changed yet: atoll words change puts them in place of the old ones.',
  );
}

/** Puts new words in place of the old ones, and waits until the servers lead from the new ones. */
export async function changeWords({ line, open, out, signal }: CommandContext): Promise<void> {
  const words = await secretOf(line, 'words-file');
  const newWords = await secretOf(line, 'new-file');
  const client = await open({ online: true });
  const sinceMs = Date.now();
  await client.halo.recovery.changeWords({ words, newWords });
  const kubes = client.network.status.get().kubes.length;
  const timeoutMs = line.timeMs('timeout') ?? WAIT_MS;
  const isReady = kubes > 0 && (await copiesLeft(client, { sinceMs, signal, timeoutMs }));
  // What every space was told goes out as well.
  if (isReady) await fetchAll(client, { signal, timeoutMs, onLook: () => undefined });
  out.result(
    { changed: true, ready: isReady },
    'The words are changed: the old ones decide nothing any more, and let nobody in.',
    isReady
      ? 'Every server leads from the new ones. Destroy the old sheet.'
      : 'The servers do not lead from the new ones yet: keep both sheets, and run atoll sync until they do.',
  );
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
