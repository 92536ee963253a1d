/** Waiting for something that changes, no longer than the user allows. */
import { liveUntil, type Live } from '@atoll/client';
import { CliError } from './cli-error.ts';

/** A signal that also fires after `timeoutMs`, with a `CLI_TIMEOUT` that says what was waited for. */
export function withTimeout(
  signal: AbortSignal,
  timeoutMs: number | undefined,
  what: string | (() => string),
): AbortSignal & Disposable {
  const abort = new AbortController();
  const stop = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', pass);
  };
  const pass = (): void => abort.abort(signal.reason);
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          const seconds = Math.round(timeoutMs / 100) / 10;
          const text = typeof what === 'string' ? what : what();
          abort.abort(new CliError('CLI_TIMEOUT', `${text} within ${seconds} s`));
        }, timeoutMs);
  if (signal.aborted) pass();
  else signal.addEventListener('abort', pass);
  return Object.assign(abort.signal, { [Symbol.dispose]: stop });
}

/** A signal that fires with a `CLI_TIMEOUT` once nothing has moved for so long. */
export interface Patience extends Disposable {
  readonly signal: AbortSignal;
  /** Something has moved: the waiting begins again. */
  moved(): void;
}

/** Waits as long as something moves; `what` says what has stood still. */
export function withPatience(signal: AbortSignal, stillMs: number, what: () => string): Patience {
  const abort = new AbortController();
  const pass = (): void => abort.abort(signal.reason);
  const fire = (): void => {
    const seconds = Math.round(stillMs / 100) / 10;
    abort.abort(new CliError('CLI_TIMEOUT', `${what()}, and nothing moved for ${seconds} s`));
  };
  let timer = setTimeout(fire, stillMs);
  if (signal.aborted) pass();
  else signal.addEventListener('abort', pass);
  return {
    signal: abort.signal,
    moved: () => {
      clearTimeout(timer);
      timer = setTimeout(fire, stillMs);
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', pass);
    },
  };
}

/** Resolves when the signal fires; a plain way to stay until interrupted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Waits until a live value fits. @throws the signal's reason. */
export function until<T>(
  live: Live<T>,
  fits: (value: T) => boolean,
  signal: AbortSignal,
): Promise<T> {
  return liveUntil(live, fits, signal);
}
