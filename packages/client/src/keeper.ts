/**
 * Which window or process of a profile writes snapshots, votes, takes epochs over and drops history: one at a
 * time, the one that holds a lock. When it ends, another that is open becomes it.
 */
import { errorCode, type Clock, type Locks, type Log } from '@atoll/kernel';

/** So often a window looks whether it may become the one: nothing waits for it meanwhile. */
const LOOK_MS = 5_000;
const LOCK = 'keeper';

/** What looking for the lock needs. */
export interface KeeperPorts {
  readonly locks: Locks;
  readonly clock: Clock;
  readonly log: Log;
}

/** The lock of a profile, as one window sees it. */
export class Keeper implements AsyncDisposable {
  readonly #ports: KeeperPorts;
  #lock: AsyncDisposable | undefined;
  #isEnded = false;

  private constructor(ports: KeeperPorts) {
    this.#ports = ports;
  }

  /** Takes the lock if nobody has it. */
  static async open(ports: KeeperPorts): Promise<Keeper> {
    const keeper = new Keeper(ports);
    await keeper.#take();
    return keeper;
  }

  /** True while this is the window that keeps. */
  get holds(): boolean {
    return this.#lock !== undefined;
  }

  /** Looks for the lock until it is here, then tells once. Ends with the signal. Never rejects. */
  async follow(gained: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#ports;
    try {
      while (!this.holds) {
        await clock.sleep(LOOK_MS, signal);
        if (await this.#take()) await gained();
      }
    } catch (failure) {
      if (!signal.aborted) log.event('error', 'client.keeper-failed', { code: errorCode(failure) });
    }
  }

  /** Lets go of the lock. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    const lock = this.#lock;
    this.#lock = undefined;
    await lock?.[Symbol.asyncDispose]();
  }

  async #take(): Promise<boolean> {
    if (this.holds || this.#isEnded) return false;
    const lock = await this.#ports.locks.tryAcquire(LOCK);
    if (lock === undefined) return false;
    // The client was closed while we asked.
    if (this.#isEnded) {
      await lock[Symbol.asyncDispose]();
      return false;
    }
    this.#lock = lock;
    return true;
  }
}
