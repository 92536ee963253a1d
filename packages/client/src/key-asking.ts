/**
 * Asks members for keys that this one may have and has not: each who is here, in turn. Where none of them helps it
 * is said in a block, so that somebody who comes later, or only finds the mailbox, can.
 */
import { OneRun } from './one-run.ts';
import type { SpaceWork } from './space-work.ts';
import { within } from './within.ts';

/** Copies come with the block that makes keys, or with one that follows it at once. */
const PATIENCE_MS = 5_000;
/** Who has not answered for so long is asked again later. */
const ANSWER_MS = 30_000;
/** Until somebody is asked again; doubles up to the last, as long as nobody helps. */
const AGAIN_FIRST_MS = 5_000;
const AGAIN_LAST_MS = 5 * 60_000;
/** What nobody has given for so long is said in a block. */
const SAY_MS = 20_000;

/** The missing keys of one space. */
export class KeyAsking {
  readonly #options: SpaceWork;
  readonly #work: OneRun;
  /** Decisions about access when it was last looked. */
  #seen: number | undefined;
  /** None of those who were here has given what is missing: somebody else has to come. */
  isUnhelped = false;

  constructor(options: SpaceWork) {
    this.#options = options;
    this.#work = new OneRun(options);
  }

  /** Something has changed: goes to work if keys are missing. Never throws. */
  look(): void {
    const { isKeeper, place } = this.#options;
    const decisions = place.opened?.space.authority.decisionCount;
    if (decisions === undefined || this.#work.isBusy || !isKeeper()) return;
    // Asked after each block: only statements bring keys that are not here.
    if (decisions === this.#seen) return;
    this.#seen = decisions;
    if (this.#question === undefined) return;
    void this.#work.start('client.keys-not-asked', () => this.#run()).then(() => this.#tell(false));
  }

  get #question(): Uint8Array | undefined {
    return this.#options.place.opened?.space.keyCare.repair.question;
  }

  async #run(): Promise<void> {
    const { clock, isKeeper, signal } = this.#options;
    const sinceMs = clock.monotonicMs();
    await clock.sleep(PATIENCE_MS, signal);
    let againMs = AGAIN_FIRST_MS;
    while (this.#question !== undefined && isKeeper()) {
      // What was given may lead to more keys that are missing: each lies behind the one before.
      if (await this.#askAll()) againMs = AGAIN_FIRST_MS;
      if (this.#question === undefined) return;
      if (clock.monotonicMs() - sinceMs >= SAY_MS) {
        this.#tell(true);
        await this.#say();
      }
      await clock.sleep(againMs, signal);
      againMs = Math.min(AGAIN_LAST_MS, againMs * 2);
    }
  }

  #tell(isUnhelped: boolean): void {
    if (this.isUnhelped === isUnhelped) return;
    this.isUnhelped = isUnhelped;
    this.#options.place.onApart?.();
  }

  /** True if anybody has helped. */
  async #askAll(): Promise<boolean> {
    const { clock, log, mesh, place } = this.#options;
    let isHelped = false;
    for (const source of mesh.stateSources(place.id)) {
      const question = this.#question;
      const repair = place.opened?.space.keyCare.repair;
      if (question === undefined || repair === undefined) return isHelped;
      const answer = await within(clock, ANSWER_MS, source.ask(question));
      if (answer?.at !== 'answer' || !(await repair.take(answer.bytes))) continue;
      log.event('info', 'client.keys-given');
      isHelped = true;
    }
    return isHelped;
  }

  async #say(): Promise<void> {
    const space = this.#options.place.opened?.space;
    if (await space?.keyCare.repair.say()) await space?.flush();
  }
}
