/** The bare relay of `packages` as a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

const RELAY = new URL('../packages/raw-relay.ts', import.meta.url).pathname;

/** Starts it. */
export async function startRawRelay(): Promise<{ readonly url: string } & AsyncDisposable> {
  const child = fork(RELAY, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  const [{ url }] = (await once(child, 'message')) as [{ readonly url: string }];
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit');
      child.send('end');
      await exited;
    },
  };
}
