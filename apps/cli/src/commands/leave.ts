/** `atoll space leave | restore`: a space goes from this device, and from the others of the same identity; and back. */
import type { Space } from '@atoll/client';
import { errorCode } from '@atoll/kernel';
import type { CommandContext } from '../command.ts';
import { findLeft, findSpace } from '../find-space.ts';

/** So long it is waited for somebody to have everything. */
const TIMEOUT_MS = 10_000;
const LOOK_EVERY_MS = 200;
const SHOWN_OF_ID = 8;

/**
 * Leaves a space once others are known to have everything that is in it; with `--discard` at once, whatever
 * is lost.
 */
export async function leaveSpace({ line, open, out, signal }: CommandContext): Promise<void> {
  const client = await open();
  const space = await findSpace(client, line.operand(0));
  const name = space.name.get();
  const others = space.members.get().filter(({ me }) => !me).length;
  if (line.has('discard')) await space.leave({ discard: true });
  else {
    client.network.setOnline(true);
    await leaveInTime(space, line.timeMs('timeout') ?? TIMEOUT_MS, signal);
  }
  const still = others === 0 ? '' : ` ${others} other${others === 1 ? ' keeps' : 's keep'} it.`;
  out.result(
    { space: space.id, left: true },
    `You left ${name}.${still}`,
    `atoll space restore ${space.id.slice(0, SHOWN_OF_ID)} comes back to it.`,
  );
}

/** Comes back to a space that was left. What is in it comes with the next `atoll sync`. */
export async function restoreSpace({ line, open, out }: CommandContext): Promise<void> {
  const client = await open();
  const { id, name } = findLeft(client, line.operand(0));
  await client.spaces.bringBack(id);
  out.result(
    { space: id, left: false },
    `${name} is back. What is in it comes from the others, or from your server: atoll sync`,
  );
}

/** Tries until what is here is elsewhere, too. @throws the last refusal. */
async function leaveInTime(space: Space, timeoutMs: number, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      await space.leave();
      return;
    } catch (failure) {
      const mayChange = errorCode(failure) === 'CLIENT_UNSENT_WORK';
      if (!mayChange || performance.now() >= endMs) throw failure;
    }
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
