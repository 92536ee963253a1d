/**
 * Gets what cannot be pulled any more: when runs wait for blocks that everybody has dropped, members are
 * asked for the epoch that stands for them, and the space goes on from there. Until the blocks that sealed
 * it have come it is on trial, and is given up if they do not.
 */
import type { EpochExchange, EpochOffer, TrialState } from '@atoll/echo';
import { epochIdOf, type EpochId } from '@atoll/halo';
import { errorCode } from '@atoll/kernel';
import type { StateSource } from '@atoll/mesh';
import { ClientError } from './client-error.ts';
import { OneRun } from './one-run.ts';
import type { SpaceWork } from './space-work.ts';
import { within } from './within.ts';

/** What waits mostly comes by itself, from somebody else or with the next comparison of logs. */
const PATIENCE_MS = 2_000;
/** So often it is tried again while nobody can help; doubles up to the last. */
const AGAIN_FIRST_MS = 2_000;
const AGAIN_LAST_MS = 60_000;
/** Who has not answered for so long is asked no more: a chunk is worked out in milliseconds. */
const ANSWER_MS = 30_000;
/** A transfer that was cut goes on where it was, if somebody who can give it is back in this time. */
const RESUME_MS = 10 * 60_000;
/** The same where a mailbox may have it instead. */
const RESUME_BESIDE_MAILBOX_MS = 30_000;
/** Who has sent what the epoch does not name is not asked for so long. */
const LIAR_MS = 10 * 60_000;
/** Somebody who gives an epoch has the blocks that sealed it; if these do not come for so long he has not. */
const TRIAL_MS = 5 * 60_000;
/** Somebody who has nothing and meets a mailbox waits so long for a member, who comes the same way and as fast. */
const FRESH_MS = 1_000;
/** And so long for what he offers. */
const FRESH_ANSWER_MS = 3_000;
/** So often it looks meanwhile. */
const FRESH_LOOK_MS = 100;
/** If who gives the epoch to somebody who has nothing is gone for so long, blocks come from others after all. */
const FRESH_RESUME_MS = 10_000;
/** That others have what was written here is noted so long after it was seen: it changes with every key press. */
const NOTE_MS = 10_000;

/** What catching up needs. */
export interface CatchUpOptions extends SpaceWork {
  /** Session key of this device, in hex: its other windows are nobody else. */
  readonly ownRemote: string;
  /** What is known of work apart has changed. */
  readonly changed: () => void;
}

/** Who can be asked. A mailbox has what it was given, and cannot answer anything else. */
interface Source extends StateSource {
  readonly isBlind: boolean;
}

interface Found {
  readonly offer: EpochOffer;
  readonly source: Source;
}

/** Catching up of one space, as long as the client runs. */
export class SpaceCatchUp {
  readonly #options: CatchUpOptions;
  /** Until when, milliseconds. */
  readonly #refusedEpochs = new Map<EpochId, number>();
  readonly #liarsUntilMs = new Map<string, number>();
  /** `undefined` until it was looked at. */
  #isOnTrial: boolean | undefined;
  #trialSinceMs: number | undefined;
  readonly #work: OneRun;
  /** The epoch that has no place for work of this device, and blocks of that; what was known here then. */
  #apart: { readonly epoch: EpochId; readonly blocks: number; readonly known: number } | undefined;
  /** Blocks of such work that are to be brought over, and of those that were. */
  #coming = 0;
  brought = 0;
  /** The same of other devices, kept here until these bring it over; looked at again after this moment. */
  othersApart = 0;
  #othersAgainMs = 0;
  /** Number of an epoch that somebody keeps, sealed beside one that stands here; the last time that it was looked at. */
  beside: number | undefined;
  #isNoting = false;
  /** Blocks that were here when that was last noted. */
  #noted = 0;
  /** Answers that were not what their epoch names, and epochs that nobody had sealed. */
  refused = 0;
  /** Epochs that were taken over, and bytes and equal parts of the last one. */
  taken = 0;
  last: { readonly bytes: number; readonly reused: number } | undefined;

  constructor(options: CatchUpOptions) {
    this.#options = options;
    this.#work = new OneRun(options);
  }

  /** Blocks with content of this device that the state of the others has no place for; see `EpochInfo.apart`. */
  get apart(): number {
    return this.#coming + (this.#waiting > 0 ? (this.#apart?.blocks ?? 0) : 0);
  }

  /** True if they are brought over by themselves. */
  get isBringing(): boolean {
    return this.#coming > 0;
  }

  /** Gives up that work, as soon as somebody gives the state of the others. Durable when resolved. @throws StoreError. */
  async leaveWork(): Promise<void> {
    const { changed } = this.#options;
    await this.#exchange?.leaveWork();
    this.#apart = undefined;
    this.#coming = 0;
    changed();
    this.look();
  }

  /**
   * The space has nothing yet. A mailbox may have all blocks, and a member only the epoch that stands for most
   * of them: that is much less, so it is looked for first. Never throws.
   */
  begin(): void {
    const { isKeeper, mesh, place } = this.#options;
    if (!isKeeper() || this.#work.isBusy) return;
    const release = mesh.holdPulls(place.id);
    void this.#work
      .start('client.catch-up-failed', () => this.#seekShorter())
      .then(() => {
        release();
        this.look();
      });
  }

  async #seekShorter(): Promise<void> {
    const { place } = this.#options;
    await this.#somebody();
    // Who has the history gives it, with the past that can be looked at.
    const [best] = (await this.#offers(FRESH_ANSWER_MS))
      .filter(({ offer }) => !offer.isWhole)
      .sort((a, b) => newestFirst(a.offer, b.offer) || blindLast(a.source, b.source));
    const exchange = this.#exchange;
    const isNew = place.opened?.space.index.branches.blockCount === 0;
    if (!isNew || best === undefined || exchange?.isNews(best.offer.terms) !== true) return;
    await this.#take(exchange, best, FRESH_RESUME_MS);
  }

  /** Until a member is here, or a mailbox without any. */
  async #somebody(): Promise<void> {
    const { clock, mesh, place, signal } = this.#options;
    let mailboxMs = 0;
    while (mesh.stateSources(place.id).length === 0 && mailboxMs < FRESH_MS) {
      await clock.sleep(FRESH_LOOK_MS, signal);
      if (mesh.mailboxes(place.id).length > 0) mailboxMs += FRESH_LOOK_MS;
    }
  }

  /** Something has changed: goes to work if there is any. Never throws. */
  look(): void {
    const { isKeeper, signal } = this.#options;
    if (!isKeeper() || signal.aborted) return;
    if (!this.#isNoting && this.#isShared) void this.#noteShared();
    if (this.#work.isBusy) return;
    // Whether a closed space is on trial is looked at when it is opened.
    const mayBeOnTrial = this.#isOnTrial !== false && this.#exchange !== undefined;
    if (!this.#hasWork && !mayBeOnTrial && !this.#isOthersDue) return;
    void this.#work.start('client.catch-up-failed', () => this.#run());
  }

  /** Somebody else has all that is here, and that is not noted. */
  get #isShared(): boolean {
    const { mesh, ownRemote, place } = this.#options;
    const { opened } = place;
    // Asked after each block: what is cheap to know comes first.
    if (opened === undefined || opened.space.commitState.at !== 'durable') return false;
    if (opened.space.index.branches.blockCount === this.#noted) return false;
    const status = mesh.spaceStatus(place.id);
    if (status?.settled !== true) return false;
    const isOther = mesh
      .peersOf(place.id)
      .some(({ refusal, remote }) => refusal === undefined && remote !== ownRemote);
    return isOther || status.mailboxSettled;
  }

  /** A profile that is put back from a backup knows by it what was nowhere else. Never throws. */
  async #noteShared(): Promise<void> {
    const { clock, log, place, signal } = this.#options;
    this.#isNoting = true;
    try {
      await clock.sleep(NOTE_MS, signal);
      if (!this.#isShared) return;
      this.#noted = place.opened?.space.index.branches.blockCount ?? 0;
      await this.#exchange?.noteShared();
    } catch (failure) {
      if (!signal.aborted) log.event('warn', 'client.not-noted', { code: errorCode(failure) });
    } finally {
      this.#isNoting = false;
    }
  }

  get #hasWork(): boolean {
    return this.#waiting > 0 || this.#coming > 0 || this.#isRefusing;
  }

  /** A branch has no place here that somebody has: he may stand with an epoch that was sealed beside ours. */
  get #isRefusing(): boolean {
    const { mesh, place } = this.#options;
    const refusals = place.opened?.space.replica.refusals.get('FEED_FORGOTTEN') ?? 0;
    return refusals > 0 && mesh.spaceStatus(place.id)?.differs === true;
  }

  /** Their devices may have brought it over meanwhile. */
  get #isOthersDue(): boolean {
    return this.othersApart > 0 && this.#options.clock.monotonicMs() >= this.#othersAgainMs;
  }

  get #waiting(): number {
    return this.#options.place.replica.waiting;
  }

  get #known(): number {
    return this.#options.place.opened?.space.index.branches.blockCount ?? 0;
  }

  get #exchange(): EpochExchange | undefined {
    return this.#options.place.opened?.space.exchange;
  }

  async #run(): Promise<void> {
    const { clock, signal } = this.#options;
    let againMs = AGAIN_FIRST_MS;
    await this.#judge();
    while (this.#hasWork || this.#isOnTrial === true) {
      await clock.sleep(PATIENCE_MS, signal);
      const hasHelped = (await this.#judge()) || (await this.#seek());
      if (hasHelped) againMs = AGAIN_FIRST_MS;
      else {
        await clock.sleep(againMs, signal);
        againMs = Math.min(AGAIN_LAST_MS, againMs * 2);
      }
    }
  }

  /** Looks how it stands with what was taken over. True when that is decided. */
  async #judge(): Promise<boolean> {
    if (this.#isOnTrial === false && this.#coming === 0 && !this.#isOthersDue) return false;
    const exchange = this.#exchange;
    if (exchange === undefined) return false;
    const state: TrialState = await exchange.trial();
    this.#isOnTrial = state === 'open';
    if (state === 'sealed') await exchange.confirm();
    if (state !== 'open') this.#trialSinceMs = undefined;
    this.#setComing(await exchange.onItsWay());
    if (state !== 'open' && this.#coming > 0) await this.#bringOver();
    if (state !== 'open') await this.#lookAtOthers(exchange);
    return state === 'sealed' || (state === 'open' && (await this.#maybeGiveUp()));
  }

  /** Brings over what this device has written apart. Without the right to write it waits for that. */
  async #bringOver(): Promise<void> {
    const { place } = this.#options;
    const space = place.opened?.space;
    if (space === undefined) return;
    this.brought += await space.bringOver();
    this.#setComing(await space.exchange.onItsWay());
  }

  async #lookAtOthers(exchange: EpochExchange): Promise<void> {
    this.#othersAgainMs = this.#options.clock.monotonicMs() + AGAIN_LAST_MS;
    const blocks = await exchange.othersApart();
    if (blocks === this.othersApart) return;
    this.othersApart = blocks;
    this.#options.changed();
  }

  #setBeside(number: number | undefined): void {
    if (number === this.beside) return;
    this.beside = number;
    this.#options.changed();
  }

  #setComing(blocks: number): void {
    if (blocks === this.#coming) return;
    this.#coming = blocks;
    this.#options.changed();
  }

  /** Who gives the epoch is here, and either has told us all or takes too long about it. */
  async #maybeGiveUp(): Promise<boolean> {
    const { clock, place } = this.#options;
    const epoch = await this.#exchange?.onTrial();
    const givers = (await this.#offers()).filter(({ offer }) => epochIdOf(offer.terms) === epoch);
    if (givers.length === 0 || epoch === undefined) {
      this.#trialSinceMs = undefined;
      return false;
    }
    const isBlind = givers.every(({ source }) => source.isBlind);
    if (!(await this.#hasToldAll(isBlind)) || (await this.#exchange?.trial()) !== 'open') {
      return false;
    }
    this.refused++;
    const untilMs = isBlind ? clock.monotonicMs() + LIAR_MS : Number.POSITIVE_INFINITY;
    this.#refusedEpochs.set(epoch, untilMs);
    const exchange = this.#exchange;
    await place.reopen(async () => exchange?.revert());
    this.#isOnTrial = false;
    return true;
  }

  /** Who gives the epoch has nothing more to tell; to a mailbox the rest may be on its way for some time. */
  async #hasToldAll(isBlind: boolean): Promise<boolean> {
    const { clock, mesh, place } = this.#options;
    this.#trialSinceMs ??= clock.monotonicMs();
    const isLate = clock.monotonicMs() - this.#trialSinceMs >= TRIAL_MS;
    await place.opened?.space.settled();
    const isSettled = mesh.spaceStatus(place.id)?.settled === true && this.#waiting === 0;
    return isLate || (isSettled && !isBlind);
  }

  /** Looks for an epoch that says something of what is missing, and takes it over. True if it has. */
  async #seek(): Promise<boolean> {
    const { mesh, place } = this.#options;
    // What is being transferred may be just what is missing.
    if (!this.#isWanting || mesh.spaceStatus(place.id)?.receiving !== undefined) return false;
    const best = this.#best(await this.#offers());
    const exchange = this.#exchange;
    if (best === undefined || exchange === undefined || !this.#isWanting) return false;
    const epoch = epochIdOf(best.offer.terms);
    // What it builds on may have been brought over since.
    const isTried = this.#apart?.epoch === epoch && this.#apart.known === this.#known;
    return !isTried && (await this.#take(exchange, best));
  }

  get #isWanting(): boolean {
    return this.#waiting > 0 || this.#isRefusing;
  }

  /** What is to be taken over of that, if anything. */
  #best(found: readonly Found[]): Found | undefined {
    const exchange = this.#exchange;
    if (exchange === undefined) return undefined;
    const sorted = [...found].sort(
      (a, b) => newestFirst(a.offer, b.offer) || blindLast(a.source, b.source),
    );
    const beside = sorted.find(({ offer }) => exchange.isBeside(offer.terms));
    this.#setBeside(beside?.offer.terms.number);
    return sorted.find(
      ({ offer: { terms } }) => exchange.isNews(terms) && !exchange.isBeside(terms),
    );
  }

  /** Fetches what somebody offers and takes it over. True if there is something new to be seen to. */
  async #take(
    exchange: EpochExchange,
    { offer, source }: Found,
    resumeMs = RESUME_MS,
  ): Promise<boolean> {
    const { clock, log, place } = this.#options;
    const line = new Line({ source, resumeMs }, () => this.#sources(), this.#options);
    // Who knows what is here leaves it out of his answers.
    const asksFinely = !source.isBlind;
    try {
      this.last = await exchange.fetch(offer, (question) => line.ask(question), { asksFinely });
    } catch (failure) {
      const code = errorCode(failure);
      log.event('warn', 'client.state-not-fetched', { code });
      if (code !== 'SNAPSHOT_REFUSED') return false;
      this.refused++;
      this.#liarsUntilMs.set(line.peer, clock.monotonicMs() + LIAR_MS);
      return true;
    }
    // The history may have come another way meanwhile.
    if (this.#exchange?.isNews(offer.terms) !== true) return true;
    try {
      await place.reopen(() => exchange.adopt(offer));
    } catch (failure) {
      if (errorCode(failure) !== 'SPACE_WORK_APART') throw failure;
      await this.#keepApart(offer);
      return false;
    }
    this.#apart = undefined;
    this.taken++;
    this.#isOnTrial = true;
    this.#setComing((await this.#exchange?.onItsWay()) ?? 0);
    return true;
  }

  /** This device has written what the epoch has no place for, and cannot bring it over: it is shown. */
  async #keepApart(offer: EpochOffer): Promise<void> {
    const blocks = (await this.#exchange?.workApart(offer)) ?? 0;
    this.#apart = { epoch: epochIdOf(offer.terms), blocks, known: this.#known };
    this.#options.log.event('warn', 'client.work-apart', { blocks });
    this.#options.changed();
  }

  async #offers(withinMs = ANSWER_MS): Promise<readonly Found[]> {
    const asked = this.#sources().map((source) => this.#offerOf(source, withinMs));
    const found = await Promise.all(asked);
    return found.flatMap((each) => each ?? []);
  }

  #sources(): readonly Source[] {
    const { mesh, place } = this.#options;
    const exchange = this.#exchange;
    const members = mesh.stateSources(place.id).map((source) => ({ ...source, isBlind: false }));
    const mailboxes = mesh.mailboxes(place.id).map((mailbox): Source => {
      const ask: Source['ask'] = async (question) =>
        exchange === undefined ? { at: 'gone' } : mailbox.ask(exchange.nameInMailbox(question));
      return { peer: mailbox.peer, isBlind: true, ask };
    });
    return [...members, ...mailboxes].filter(({ peer }) => !this.#isLiar(peer));
  }

  async #offerOf(source: Source, withinMs: number): Promise<Found | undefined> {
    const { clock } = this.#options;
    const exchange = this.#exchange;
    if (exchange === undefined) return undefined;
    const answer = await within(clock, withinMs, source.ask(exchange.offerQuestion));
    if (answer?.at !== 'answer') return undefined;
    try {
      const offer = exchange.readOffer(answer.bytes);
      if (offer === undefined) return undefined;
      const refusedUntilMs = this.#refusedEpochs.get(epochIdOf(offer.terms)) ?? 0;
      return refusedUntilMs > clock.monotonicMs() ? undefined : { offer, source };
    } catch (failure) {
      if (errorCode(failure) !== 'SNAPSHOT_REFUSED') throw failure;
      this.refused++;
      this.#liarsUntilMs.set(source.peer, clock.monotonicMs() + LIAR_MS);
      return undefined;
    }
  }

  #isLiar(peer: string): boolean {
    return (this.#liarsUntilMs.get(peer) ?? 0) > this.#options.clock.monotonicMs();
  }
}

/** Asks one who made an offer; when he is gone, whoever else is there and keeps the same. */
class Line {
  readonly #options: Pick<CatchUpOptions, 'clock' | 'signal'>;
  readonly #sources: () => readonly Source[];
  readonly #resumeMs: number;
  #source: Source;

  /** A transfer that was cut goes on if somebody is back in `resumeMs`. */
  constructor(
    from: { readonly source: Source; readonly resumeMs: number },
    sources: () => readonly Source[],
    options: Pick<CatchUpOptions, 'clock' | 'signal'>,
  ) {
    this.#options = options;
    this.#sources = sources;
    this.#source = from.source;
    this.#resumeMs = from.resumeMs;
  }

  /** Who has answered last. */
  get peer(): string {
    return this.#source.peer;
  }

  /** The answer, from whoever has it. @throws ClientError `CLIENT_UNREACHABLE` after some minutes. */
  async ask(question: Uint8Array): Promise<Uint8Array> {
    const { clock, signal } = this.#options;
    const startMs = clock.monotonicMs();
    for (let first: Source | undefined = this.#source; ; first = undefined) {
      const sources = first === undefined ? this.#sources() : [first];
      for (const source of sources) {
        const answer = await within(clock, ANSWER_MS, source.ask(question));
        if (answer?.at !== 'answer') continue;
        this.#source = source;
        return answer.bytes;
      }
      // A mailbox that cannot answer this may still give all of it to who asks as for nothing.
      const isBlind = sources.some((source) => source.isBlind);
      const resumeMs = isBlind
        ? Math.min(this.#resumeMs, RESUME_BESIDE_MAILBOX_MS)
        : this.#resumeMs;
      if (first === undefined && clock.monotonicMs() - startMs >= resumeMs) {
        throw new ClientError('CLIENT_UNREACHABLE', 'nobody who has the epoch is here any more');
      }
      if (first === undefined) await clock.sleep(PATIENCE_MS, signal);
    }
  }
}

function newestFirst({ terms: a }: EpochOffer, { terms: b }: EpochOffer): number {
  return b.era - a.era || b.number - a.number;
}

function blindLast(a: Source, b: Source): number {
  return Number(a.isBlind) - Number(b.isBlind);
}
