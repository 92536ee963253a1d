/**
 * Takes dropped history back: where a branch parts from its feed under what was dropped here it has no place, and is
 * refused. Somebody who has the whole history may be there; if he gives all of it, the space begins anew with it and
 * has the branch, too. Until all of it is here and proved, the space stays as it is.
 */
import type { ReturningLog, Space } from '@atoll/echo';
import { OneRun } from './one-run.ts';
import type { SpaceWork } from './space-work.ts';

/** Mostly whoever wrote the branch brings his work over, and nobody has it any more. */
const PATIENCE_MS = 60_000;
/** So often it is looked at what has come. */
const LOOK_MS = 2_000;
/** So often everybody is asked for what is still lacking. */
const ASK_MS = 30_000;
/** Nothing has come for so long: nobody has it. */
const STALL_MS = 90_000;
/** So often it is tried again while nobody has it; doubles up to the last. */
const AGAIN_FIRST_MS = 10 * 60_000;
const AGAIN_LAST_MS = 6 * 60 * 60_000;

/** Taking back of one space's history, as long as the client runs. */
export class HistoryReturn {
  readonly #options: SpaceWork;
  readonly #work: OneRun;
  /** Refusals that were seen to, of the log that was open then. */
  #seen: { readonly space: Space; readonly refusals: number } | undefined;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #againMs = AGAIN_FIRST_MS;
  /** Times that history was taken back. */
  returned = 0;

  constructor(options: SpaceWork) {
    this.#options = options;
    this.#work = new OneRun(options);
  }

  /** Something has changed: goes to work if a branch was refused that has no place here. Never throws. */
  look(): void {
    if (this.#work.isBusy || !this.#options.isKeeper() || !this.#isDue) return;
    const later = (): void => this.#later();
    void this.#work.start('client.history-not-returned', () => this.#run(), later);
  }

  get #isDue(): boolean {
    const { clock, place } = this.#options;
    const space = place.opened?.space;
    if (space === undefined || refusalsOf(space) === 0) return false;
    const { refusals } = this.#seen?.space === space ? this.#seen : { refusals: 0 };
    return refusalsOf(space) > refusals && clock.monotonicMs() >= this.#notBeforeMs;
  }

  async #run(): Promise<void> {
    const { clock, mesh, place, signal } = this.#options;
    await clock.sleep(PATIENCE_MS, signal);
    const space = place.opened?.space;
    if (space === undefined) return;
    this.#seen = { space, refusals: refusalsOf(space) };
    if (mesh.spaceStatus(place.id)?.differs !== true) return;
    // What is on trial, or on its way, decides first what the log is.
    const { exchange } = space;
    if ((await exchange.trial()) !== 'none' || (await exchange.onItsWay()) > 0) return;
    const returning = await exchange.takeBack();
    let isDone = false;
    try {
      if (!this.#isOpen(space)) return;
      isDone = await this.#collect(space, returning);
    } finally {
      if (!isDone) await this.#end(space, returning);
    }
    if (isDone) this.#againMs = AGAIN_FIRST_MS;
    else this.#later();
  }

  /** Waits until everything is here, and lets the space begin anew. False if nobody has it. */
  async #collect(space: Space, returning: ReturningLog): Promise<boolean> {
    const { clock, mesh, place, signal } = this.#options;
    const first = returning.blocks;
    let blocks = first;
    let grownMs = clock.monotonicMs();
    let askedMs = Number.NEGATIVE_INFINITY;
    place.replica.takeBack(returning.replica);
    while (this.#isOpen(space)) {
      if (await returning.isComplete()) return this.#begin(space, returning);
      const nowMs = clock.monotonicMs();
      if (returning.blocks > blocks) [blocks, grownMs] = [returning.blocks, nowMs];
      if (nowMs - grownMs >= STALL_MS) break;
      if (nowMs - askedMs >= ASK_MS) {
        mesh.askAnew(place.id);
        askedMs = nowMs;
      }
      await clock.sleep(LOOK_MS, signal);
    }
    // What has come stays for the next time, if anything has.
    if (this.#isOpen(space) && blocks === first) await returning.letGo();
    return false;
  }

  async #begin(space: Space, returning: ReturningLog): Promise<boolean> {
    const { place } = this.#options;
    if (!this.#isOpen(space)) return false;
    const isBegun = await place.reopen(async () => {
      await returning[Symbol.asyncDispose]();
      return space.exchange.beginAnew(returning);
    });
    if (isBegun) this.returned++;
    return isBegun;
  }

  async #end(space: Space, returning: ReturningLog): Promise<void> {
    const { mesh, place, signal } = this.#options;
    if (this.#isOpen(space)) place.replica.takeBack(undefined);
    await returning[Symbol.asyncDispose]();
    if (!signal.aborted) mesh.greetSpace(place.id);
  }

  #isOpen(space: Space): boolean {
    return this.#options.place.opened?.space === space;
  }

  #later(): void {
    this.#notBeforeMs = this.#options.clock.monotonicMs() + this.#againMs;
    this.#againMs = Math.min(AGAIN_LAST_MS, this.#againMs * 2);
  }
}

function refusalsOf(space: Space): number {
  return space.replica.refusals.get('FEED_FORGOTTEN') ?? 0;
}
