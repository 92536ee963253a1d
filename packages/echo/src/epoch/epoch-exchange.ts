/**
 * What members of a space ask each other where history was dropped, from both ends: answers from the kept
 * epoch, and fetches that of somebody else. Whoever carries questions and answers need not be trusted.
 */
import { CodecError } from '@atoll/codec';
import { deriveKey } from '@atoll/crypto';
import type { LogReplica } from '@atoll/feed';
import { NO_EPOCH, epochIdOf, type EpochId, type EpochTerms } from '@atoll/halo';
import {
  equalBytes,
  errorCode,
  toHex,
  type Clock,
  type Ed25519Platform,
  type KeyId,
  type Keystore,
  type Log,
} from '@atoll/kernel';
import { openDetached, type DetachedState } from '../snapshot/detached.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import type { SnapshotSource } from '../snapshot/snapshot-source.ts';
import { encodeRequest } from '../snapshot/transfer-codec.ts';
import {
  keptEpoch,
  othersName,
  pagesOfEpoch,
  pointedEpoch,
  type ArchivePlace,
} from './epoch-archive.ts';
import type { EpochBook } from './epoch-book.ts';
import {
  AnswerSeal,
  PART_BYTES_MAX,
  decodeQuestion,
  encodeQuestion,
  generationOf,
  type EpochOffer,
  type EpochQuestion,
} from './epoch-wire.ts';
import { chunkOf, type Ask } from './whole-chunk.ts';
import { groundsOf, nameInMailbox, tagInMailbox, type EpochStand } from './epoch-stand.ts';
import type { FetchedEpoch } from './fetch-epoch.ts';
import type { ReturningLog } from './returning-log.ts';
import { SpaceError } from '../space/space-error.ts';
import { turnsOf } from '../take-turns.ts';
import type { FoundApart, OwnWork, WorkApart } from './work-apart.ts';
import { carryEntries, carryValues, writePlan, type CarryEntry } from '../carry/carry-store.ts';
import type { SpaceIndex } from '../space/space-index.ts';
import { SpaceKeys } from '../space/space-keys.ts';
import { trialOf } from './epoch-trial.ts';
import { questionsOf } from './whole-questions.ts';

/** After so long without a question the kept epoch is let go from memory. */
const SERVED_MS = 60_000;

/** What an exchange needs of its space. */
export interface ExchangeParts {
  readonly place: ArchivePlace;
  readonly book: EpochBook;
  /** Generations of the zone's keys, as the space's statements name them. */
  readonly generations: () => readonly KeyId[];
  /** The one to seal under now: none that somebody has who was removed. */
  readonly current: () => KeyId | undefined;
  /** The open state, with everything committed to it. */
  readonly live: () => Omit<DetachedState, 'scratch'>;
  /** True if nothing under the kept epoch was dropped here. @throws StoreError. */
  readonly isHistoryWhole: () => Promise<boolean>;
  /** True for an epoch under which there are closed zones: nobody can give what is under it. */
  readonly isZoned: (terms: EpochTerms) => boolean;
  /** True for a block that this device has written. */
  readonly isOwn: (block: number) => boolean;
  /** Keys of feeds, and the slot of this process. */
  readonly keystore: Keystore;
  readonly slot: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly ed25519: Ed25519Platform;
  readonly replica: () => LogReplica;
}

/** How it stands with an epoch that was taken over. */
export type TrialState =
  | 'none'
  /** The blocks that sealed it are not here. */
  | 'open'
  | 'sealed';

interface Served {
  readonly offer: Omit<EpochOffer, 'isWhole'>;
  /** Found out when it is asked for: the whole log is looked through. */
  isWhole?: Promise<boolean>;
  readonly epoch: EpochId;
  readonly source: SnapshotSource;
  readonly seal: AnswerSeal;
}

/** The exchange of one open space. What needs it closed says so, and may be called after it has been. */
export class EpochExchange {
  readonly #parts: ExchangeParts;
  #served: Promise<Served | undefined> | undefined;
  #isUsed = false;
  #isHeld = false;
  readonly #closed = new AbortController();
  /** The last chunk that was longer than an answer. */
  #long: { readonly name: string; readonly bytes: Uint8Array } | undefined;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
  }

  /** Answers a member. `undefined` where there is no answer. @throws SnapshotError; StoreError. */
  async answer(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const question = questionOf(bytes);
    if (question === undefined) return undefined;
    const served = await this.#serve(question.ask === 'offer');
    if (served === undefined) return undefined;
    const { rng } = this.#parts.place;
    if (question.ask === 'offer') {
      const isWhole = await this.#parts.isHistoryWhole();
      return served.seal.sealOffer({ ...served.offer, isWhole }, rng);
    }
    if (question.epoch !== served.epoch) return undefined;
    const chunk = this.#chunk(served, question);
    if (chunk === undefined || question.from > chunk.length) return undefined;
    const part = chunk.subarray(question.from, question.from + PART_BYTES_MAX);
    return served.seal.sealPart(bytes, { total: chunk.length, bytes: part }, rng);
  }

  /** The question for an offer. */
  get offerQuestion(): Uint8Array<ArrayBuffer> {
    return encodeQuestion({ ask: 'offer' });
  }

  /**
   * Reads an offer. `undefined` where the keys for it are not here. @throws SnapshotError
   * `SNAPSHOT_REFUSED` when it is none of a member.
   */
  readOffer(answer: Uint8Array): EpochOffer | undefined {
    const generation = generationOf(answer);
    const seal = generation === undefined ? undefined : this.#sealOf(generation);
    if (generation === undefined || seal === undefined) return undefined;
    return { generation, ...seal.openOffer(answer) };
  }

  /**
   * Everything that somebody with nothing would ask about the kept epoch, with the answers, in the order in
   * which {@link EpochExchange.fetch} asks one by one. Nothing where none is kept. @throws StoreError.
   */
  async *everything(): AsyncGenerator<{
    readonly question: Uint8Array;
    readonly answer: Uint8Array;
  }> {
    const served = await this.#serve(false);
    if (served === undefined) return;
    const { epoch, seal, source } = served;
    for (const request of questionsOf(source)) {
      const chunk = source.packed(request);
      for (let from = 0; from === 0 || from < chunk.length; from += PART_BYTES_MAX) {
        const question = encodeQuestion({ ask: 'part', epoch, from, request });
        const bytes = chunk.subarray(from, from + PART_BYTES_MAX);
        const part = { total: chunk.length, bytes };
        yield { question, answer: seal.sealPart(question, part, this.#parts.place.rng) };
      }
    }
  }

  /** What a mailbox is given that has lost what the kept epoch stands for. @throws StoreError. */
  async stand(): Promise<EpochStand | undefined> {
    const served = await this.#serve(true);
    if (served === undefined) return undefined;
    const { rng, space } = this.#parts.place;
    const name = (question: Uint8Array): string => toHex(nameInMailbox(space, question));
    const { offerQuestion } = this;
    const offer = served.seal.sealOffer({ ...served.offer, isWhole: false }, rng);
    const rest = (): ReturnType<EpochExchange['everything']> => this.everything();
    return {
      tag: tagInMailbox(space, served.epoch),
      grounds: groundsOf(served.source.state.index.branches),
      async *parts() {
        yield { name: name(offerQuestion), answer: offer };
        for await (const { answer, question } of rest()) yield { name: name(question), answer };
      },
    };
  }

  /** The question as a mailbox knows it. */
  nameInMailbox(question: Uint8Array): Uint8Array<ArrayBuffer> {
    return nameInMailbox(this.#parts.place.space, question);
  }

  /** True if an epoch says something of blocks that are not here. */
  isNews({ anchor }: EpochTerms): boolean {
    return this.#parts.live().index.branches.blockOf(anchor) === undefined;
  }

  /**
   * True if an epoch was sealed beside one that stands here: copies of the only voter have each sealed theirs, and
   * no vote can decide between them any more. Neither can be taken over where the other stands: what lies under that
   * was dropped there, so that it could not be brought over.
   */
  isBeside(terms: EpochTerms): boolean {
    return this.#parts.book.isBeside(terms);
  }

  /** True if terms are those of the current epoch: who keeps its snapshot has all that stands under it. */
  covers(terms: EpochTerms): boolean {
    const { current } = this.#parts.book;
    return current?.terms !== undefined && current.id === epochIdOf(terms);
  }

  /**
   * Fetches the pages of an offer, which change nothing before {@link EpochExchange.adopt}. What is the same
   * as here is not fetched. Rejects with what `ask` rejects with. @throws SnapshotError `SNAPSHOT_REFUSED`.
   */
  async fetch(
    { generation, rootKey: key, terms }: EpochOffer,
    ask: Ask,
    how: { readonly atOnce?: number; readonly asksFinely?: boolean } = {},
  ): Promise<FetchedEpoch> {
    const { clock, live, place } = this.#parts;
    const seal = this.#sealOf(generation);
    if (seal === undefined) {
      throw new SnapshotError('SNAPSHOT_KEYS', 'the key of the offer is not here');
    }
    // A part of its own: few devices ever fetch an epoch.
    const { SnapshotSource, downloadEpoch, sweepEpochs, sweepFetches } =
      await import('./fetch-epoch.ts');
    await sweepEpochs(place);
    const epoch = epochIdOf(terms);
    await sweepFetches(place, epoch);
    const turn = turnsOf(clock);
    return downloadEpoch({
      place,
      terms,
      key,
      own: new SnapshotSource(live(), key),
      asksFinely: how.asksFinely ?? true,
      ask: (request) => chunkOf({ epoch, request, seal, ask }),
      atOnce: how.atOnce,
      turn,
    });
  }

  /** Notes that others have everything that is here: what was written here so far is no work apart. @throws StoreError. */
  async noteShared(): Promise<void> {
    const { noteShared } = await import('./work-apart.ts');
    await noteShared(this.#parts.place, this.#work);
  }

  /**
   * Blocks with content of this device that what was fetched has no place for: they would be lost with it.
   * @throws SnapshotError; StoreError.
   */
  async workApart(offer: EpochOffer): Promise<number> {
    return (await this.#workApart(offer)).own?.content ?? 0;
  }

  async #workApart({ terms }: EpochOffer): Promise<FoundApart> {
    const { workApart } = await import('./work-apart.ts');
    return workApart(this.#parts.place, epochIdOf(terms), this.#work);
  }

  /**
   * Lets the space begin with what was fetched, on trial. It is closed. What this device has written apart is
   * made ready to be carried over once the trial has ended, unless it is given up. @throws SpaceError
   * `SPACE_WORK_APART` if it cannot be carried: nothing has changed then; SnapshotError; StoreError.
   */
  async adopt(offer: EpochOffer): Promise<void> {
    const { terms } = offer;
    const { book, log, place } = this.#parts;
    const epoch = epochIdOf(terms);
    const { others, own } = await this.#workApart(offer);
    const carries = own === undefined ? undefined : await this.#plan(epoch, own);
    const { current } = book;
    const known = current?.id ?? NO_EPOCH;
    const stoodAt = {
      others,
      known,
      era: current?.era ?? 0,
      ...(carries === undefined ? {} : { carries }),
    };
    const { adoptEpoch } = await import('./take-over.ts');
    await adoptEpoch(place, epoch, stoodAt);
    log.event('info', 'space.epoch-adopted', { number: terms.number });
    if (carries !== undefined) log.event('info', 'space.work-apart', { blocks: carries.blocks });
  }

  /** Work of this device that is on its way into what was taken over: blocks with content. @throws StoreError. */
  async onItsWay(): Promise<number> {
    const entries = await carryEntries(this.#parts.place);
    return entries.reduce((sum, { blocks }) => sum + blocks, 0);
  }

  /**
   * Work of other devices that has no place in what was taken over, as far as it was here: blocks with content
   * that their own devices have not brought over yet. They are kept until then. @throws SnapshotError; StoreError.
   */
  async othersApart(): Promise<number> {
    const { live, place } = this.#parts;
    if ((await place.store.value(othersName(place.space))) === undefined) return 0;
    const { settleOthers } = await import('./others-apart.ts');
    return settleOthers(place, live().index);
  }

  /**
   * Gives up what this device has written so far where an epoch has no place for it, also what is on its way.
   * @throws StoreError.
   */
  async leaveWork(): Promise<void> {
    const { place } = this.#parts;
    const { noteLeft } = await import('./work-apart.ts');
    await noteLeft(place, this.#work);
    await place.store.commit({ values: await carryValues(place, []) });
  }

  /** Makes ready what is to be carried over. @throws SpaceError `SPACE_WORK_APART`. */
  async #plan(epoch: EpochId, apart: WorkApart): Promise<Omit<CarryEntry, 'state'>> {
    const { clock, keystore, live, place, slot } = this.#parts;
    const { rng, ring, space, store } = place;
    const { fold, index } = live();
    const { openDetached, planCarry } = await import('./carry-parts.ts');
    const pages = pagesOfEpoch(place, epoch);
    const turn = turnsOf(clock);
    const taken = await openDetached(apart.found, { pages, turn });
    const keys = new SpaceKeys(space, ring, place.aead);
    const parts = { space, store, keystore, rng, keys, slot, index, fold, taken };
    const plan = await planCarry(parts, apart.blocks, apart.upon);
    if (plan === undefined) {
      throw new SpaceError(
        'SPACE_WORK_APART',
        'this device has written what the epoch does not hold, and cannot read it all',
      );
    }
    return { head: await writePlan(place, plan), blocks: apart.content };
  }

  /**
   * The log as it is without what was dropped, for somebody who has the whole history to complete it: where a
   * branch parts from its feed under what was dropped here, so that it has no place. The space stays as it is.
   * @throws StoreError.
   */
  async takeBack(): Promise<ReturningLog> {
    const { ed25519, live, place, replica } = this.#parts;
    const { ReturningLog } = await import('./returning-log.ts');
    const keys = new SpaceKeys(place.space, place.ring, place.aead);
    const folded = (): SpaceIndex => live().index;
    return ReturningLog.open({ place, ed25519, keys, log: replica(), folded });
  }

  /**
   * Lets the space begin with its log alone, once {@link ReturningLog.isComplete}: one commit. The space is closed.
   * False if the log is not complete after all; nothing has changed then. @throws StoreError.
   */
  async beginAnew(returned: ReturningLog): Promise<boolean> {
    if (!(await returned.isStored())) return false;
    const { beginAnew } = await import('./take-over.ts');
    await beginAnew(this.#parts.place);
    this.#parts.log.event('info', 'space.history-returned', { blocks: returned.blocks });
    return true;
  }

  /** How it stands with what was taken over, by the blocks that are here. @throws StoreError. */
  async trial(): Promise<TrialState> {
    const trial = await trialOf(this.#parts.place);
    if (trial === undefined) return 'none';
    const { book, isZoned } = this.#parts;
    const { chain } = book;
    // Sealed or not: what of zones lies under it would be let go, and nobody has given it.
    if (book.lineage(trial.epoch).some(isZoned)) return 'open';
    const stands = (id: EpochId): boolean => chain.some((epoch) => epoch.id === id);
    // What was sealed before stays sealed, unless the recovery key has begun anew.
    const isReset = (chain.at(-1)?.era ?? 0) > trial.era;
    const follows = trial.known === NO_EPOCH || isReset || stands(trial.known);
    return follows && stands(trial.epoch) ? 'sealed' : 'open';
  }

  /** The epoch that is on trial. @throws StoreError. */
  async onTrial(): Promise<EpochId | undefined> {
    return (await trialOf(this.#parts.place))?.epoch;
  }

  /** What was taken over was sealed: lets go of what it stands for. @throws StoreError. */
  async confirm(): Promise<void> {
    const { confirmEpoch } = await import('./take-over.ts');
    await confirmEpoch(this.#parts.place);
    this.#parts.log.event('info', 'space.epoch-confirmed');
  }

  /** What was taken over was never sealed: the space begins as before. It is closed. @throws StoreError. */
  async revert(): Promise<void> {
    const { revertEpoch } = await import('./take-over.ts');
    await revertEpoch(this.#parts.place);
    this.#parts.log.event('warn', 'space.epoch-reverted');
  }

  /** Answers nobody any more. */
  close(): void {
    this.#closed.abort();
  }

  get #work(): OwnWork {
    const { isOwn, live } = this.#parts;
    return { index: live().index, isOwn };
  }

  #chunk(
    { source }: Served,
    { epoch, request }: EpochQuestion & { readonly ask: 'part' },
  ): Uint8Array | undefined {
    const name = `${epoch}/${encodeRequest(request).join('.')}`;
    if (this.#long?.name === name) return this.#long.bytes;
    try {
      const bytes = source.packed(request);
      this.#long = bytes.length > PART_BYTES_MAX ? { name, bytes } : undefined;
      return bytes;
    } catch (failure) {
      if (failure instanceof SnapshotError && failure.code === 'SNAPSHOT_MISSING') return undefined;
      throw failure;
    }
  }

  /** The kept epoch; with `fresh`, the one that is kept now. One that is on trial is nobody's to give. */
  async #serve(fresh: boolean): Promise<Served | undefined> {
    const { log, place } = this.#parts;
    try {
      if ((await trialOf(place)) !== undefined || this.#closed.signal.aborted) return undefined;
      this.#isUsed = true;
      const served = await this.#served;
      if (fresh && served !== undefined && (await this.#isOutdated(served))) {
        this.#served = undefined;
      }
    } catch (failure) {
      if (!(failure instanceof SnapshotError)) throw failure;
      log.event('warn', 'space.epoch-not-served', { code: failure.code });
      return undefined;
    }
    this.#served ??= this.#openOnce();
    return this.#served;
  }

  async #openOnce(): Promise<Served | undefined> {
    const { log } = this.#parts;
    const opened = await this.#open().catch((failure: unknown) => {
      log.event('warn', 'space.epoch-not-served', { code: errorCode(failure) });
      return undefined;
    });
    if (opened === undefined) this.#served = undefined;
    else if (!this.#isHeld) void this.#letGoLater();
    return opened;
  }

  async #isOutdated({ epoch, offer }: Served): Promise<boolean> {
    const sealing = this.#parts.current();
    if (sealing !== undefined && sealing !== offer.generation) return true;
    return (await pointedEpoch(this.#parts.place)) !== epoch;
  }

  async #open(): Promise<Served | undefined> {
    const { book, clock, current, place } = this.#parts;
    const kept = await keptEpoch(place);
    const terms = kept === undefined ? undefined : book.lineage(kept.epoch).at(-1);
    const [root] = terms?.roots ?? [];
    if (kept === undefined || terms === undefined || root === undefined) return undefined;
    const turn = turnsOf(clock);
    const state = await openDetached(kept.found, { pages: kept.pages, turn });
    const sealing = current();
    const seal = sealing === undefined ? undefined : this.#sealOf(sealing);
    if (sealing === undefined || seal === undefined) return undefined;
    const rootKey = this.#rootKeyOf((key) => equalBytes(state.tree.compute(key), root.root));
    if (rootKey === undefined) return undefined;
    const { SnapshotSource } = await import('../snapshot/snapshot-source.ts');
    const source = await SnapshotSource.of(state, rootKey, turn);
    return { offer: { generation: sealing, rootKey, terms }, epoch: kept.epoch, source, seal };
  }

  /** The key under which a state has its root. */
  #rootKeyOf(isRight: (key: Uint8Array) => boolean): Uint8Array | undefined {
    const { generations, place } = this.#parts;
    const keys = generations().flatMap((generation) => {
      const zone = place.ring.zone(generation);
      return zone === undefined ? [] : [deriveKey(zone.content, 'state-root')];
    });
    return keys.find(isRight);
  }

  #sealOf(generation: KeyId): AnswerSeal | undefined {
    const { aead, ring, space } = this.#parts.place;
    const zone = ring.zone(generation);
    // Who was let in without history reads no state of before either.
    const history = zone?.history;
    return history === undefined ? undefined : new AnswerSeal({ history, space, aead });
  }

  /** A whole state in memory, for somebody who has left. */
  async #letGoLater(): Promise<void> {
    const { clock } = this.#parts;
    this.#isHeld = true;
    try {
      do {
        this.#isUsed = false;
        await clock.sleep(SERVED_MS, this.#closed.signal);
      } while (this.#isUsed);
    } catch {
      // Closed.
    }
    this.#isHeld = false;
    this.#served = undefined;
    this.#long = undefined;
  }
}

function questionOf(bytes: Uint8Array): EpochQuestion | undefined {
  try {
    return decodeQuestion(bytes);
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}
