/** Whether a space is open, and why it could not be opened. */
import { errorCode } from '@atoll/kernel';
import type { SpaceProblem, SpaceState } from './api.ts';
import type { Engine } from './engine.ts';
import { LiveCell, sameData } from './live.ts';

/** See above. */
export class SpaceOpening {
  readonly state: LiveCell<SpaceState> = new LiveCell<SpaceState>('closed');
  readonly problem: LiveCell<SpaceProblem | undefined>;
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.problem = new LiveCell<SpaceProblem | undefined>(undefined, sameData);
  }

  /** Opens it. @throws what `open` throws, and remembers that. */
  async by<T>(open: () => Promise<T>): Promise<T> {
    if (this.state.get() === 'closed') this.state.set('opening');
    try {
      return await open();
    } catch (failure) {
      const { isLocked, signal } = this.#engine;
      if (!isLocked && !signal.aborted) this.problem.set(problemOf(failure));
      throw failure;
    } finally {
      if (this.state.get() === 'opening') this.state.set('closed');
    }
  }

  /** Opens it for whoever cannot wait for it. */
  unasked(open: () => Promise<unknown>): void {
    const { log } = this.#engine.platform;
    open().catch((failure: unknown) =>
      log.event('error', 'client.space-not-opened', { code: errorCode(failure) }),
    );
  }

  /** It is open, whoever has opened it. */
  done(): void {
    this.state.set('open');
    this.problem.set(undefined);
  }
}

function problemOf(failure: unknown): SpaceProblem {
  const message = failure instanceof Error ? failure.message : String(failure);
  return { code: errorCode(failure), message };
}
