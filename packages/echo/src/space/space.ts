/**
 * One space on one device: the log and who may write it, the state that its blocks fold to, and the way
 * from a change in memory to a durable block that others may see. Knows nothing of connections; mesh gets
 * the replica.
 */
import { LogReplica, type ParsedBlock, type ResumeFrom } from '@atoll/feed';
import {
  loadFounding,
  type KeyRing,
  type Role,
  type SpaceAuthority,
  type Statement,
} from '@atoll/halo';
import type { IdentityId, SpaceId } from '@atoll/kernel';
import type { TransactionSink } from '../block-context.ts';
import type { Database } from '../database.ts';
import type { FoldedBlock } from '../fold.ts';
import type { EpochExchange } from '../epoch/epoch-exchange.ts';
import type { EpochsHost } from '../epoch/epochs-host.ts';
import { epochsOf, exchangeOf } from '../epoch/epochs-of.ts';
import type { SpaceEpochs } from '../epoch/space-epochs.ts';
import type { History } from '../history/history.ts';
import { historyOf } from '../history/space-history.ts';
import { SpaceRights } from '../rights/space-rights.ts';
import { textIndexSettled } from '../query/load-text-index.ts';
import { AdvancedFeeds } from './advanced-feeds.ts';
import { EpochAdoption } from './epoch-adoption.ts';
import { Intake } from './intake.ts';
import { OwnDevices } from './own-devices.ts';
import { JudgedAgain } from './judged-again.ts';
import { keyCareOf, type KeyCare } from './key-care.ts';
import { removalOf } from './removal.ts';
import { rootKeyOf } from './root-key.ts';
import { BlockApplier } from './block-applier.ts';
import { BlockFolding } from './block-folding.ts';
import { ChangeNews } from './change-news.ts';
import { Committer, type CommitState } from './committer.ts';
import { openOwnFeed, reserveFeed, type OwnFeed } from './own-feed.ts';
import { OwnRights } from './own-rights.ts';
import { OwnWriter, type Publication } from './own-writer.ts';
import { ownSink } from './own-sink.ts';
import { ParkedBlocks } from './parked-blocks.ts';
import { SpaceError } from './space-error.ts';
import type { SpaceIndex } from './space-index.ts';
import type { SpaceKeys } from './space-keys.ts';
import { authorOf, openingOf, openingStatements } from './space-opening.ts';
import { figuresOf } from './space-figures.ts';
import {
  notWritable,
  type SpaceFigures,
  type SpacePorts,
  type SpaceWriter,
} from './space-ports.ts';
import {
  SpaceSnapshots,
  dropSnapshot,
  findStart,
  startIndex,
  type SpaceStart,
} from './space-snapshots.ts';
import { spaceState } from './space-state.ts';

export type { SpaceFigures, SpacePorts, SpaceWriter } from './space-ports.ts';

/** A space that is open on this device. */
export class Space implements AsyncDisposable {
  readonly id: SpaceId;
  readonly database: Database;
  readonly authority: SpaceAuthority;
  readonly keys: SpaceKeys;
  readonly index: SpaceIndex;
  /** Who may do what where, and why. */
  readonly rights: SpaceRights;
  /** Agreement on snapshots, before which history may be dropped. */
  readonly epochs: SpaceEpochs;
  /** What members ask each other where history was dropped. */
  readonly exchange: EpochExchange;
  /** Devices of its writer. */
  readonly devices: OwnDevices;
  readonly #ports: SpacePorts;
  readonly #writer: SpaceWriter;
  readonly #applier: BlockApplier;
  readonly #advanced: AdvancedFeeds;
  readonly #parked = new ParkedBlocks();
  readonly #snapshots: SpaceSnapshots;
  readonly #adoption: EpochAdoption;
  readonly #judgedAgain: JudgedAgain;
  /** Opens and makes keys. */
  readonly keyCare: KeyCare;
  readonly #folding: BlockFolding;
  readonly #host: EpochsHost;
  readonly #news = new ChangeNews();
  #history: History | undefined;
  #replica: LogReplica | undefined;
  #committer: Committer | undefined;
  #own: OwnWriter | undefined;
  /** Everything that folds waits for what came before. */
  readonly #intake: Intake = new Intake(
    async () => {
      const isJudged = await this.#judgedAgain.apply();
      if (!(await this.#adoption.adopt())) return isJudged;
      this.#judgedAgain.placesSettled();
      await this.#judgedAgain.apply();
      return true;
    },
    () => this.#changed(),
  );
  #isClosing = false;
  #closed = false;

  private constructor(
    ports: SpacePorts,
    options: { readonly space: SpaceId; readonly ring: KeyRing; readonly writer: SpaceWriter },
    start: SpaceStart,
  ) {
    const { space, ring, writer } = options;
    this.id = space;
    this.#ports = ports;
    this.#writer = writer;
    const salt = new DataView(ports.rng.bytes(8).buffer);
    this.index = startIndex(start, salt.getUint32(0));
    const state = spaceState({
      ...{ space, ring, aead: ports.aead, index: this.index },
      ...{ sink: this.#sink(), tableSeed: salt.getUint32(4) },
    });
    ({ keys: this.keys, authority: this.authority, database: this.database } = state);
    this.rights = new SpaceRights({ authority: this.authority, fold: () => this.database.fold });
    this.#advanced = new AdvancedFeeds(this.index);
    this.#applier = new BlockApplier({
      ...{ keys: this.keys, index: this.index, authority: this.authority },
      ...{ target: this.database, folded: this.#advanced, parked: this.#parked },
      epochs: { note: (block, sections) => this.epochs.note(block, sections) },
      ahead: (statements) => this.keyCare.expect(statements),
      ed25519: ports.ed25519,
    });
    const { authority, database, index } = this;
    const parts = {
      ...{ space, ports, writer, database, index, authority, applier: this.#applier },
      ...{ advanced: this.#advanced, adoption: () => this.#adoption },
      base: () => this.epochs.archive.base(database.fold),
    };
    this.#snapshots = new SpaceSnapshots(parts, start);
    this.#adoption = new EpochAdoption(this, ports.log, this.#snapshots);
    const came = (): Promise<void> => this.#intake.inTurn(() => this.#folding.keysCame());
    this.devices = new OwnDevices(this, writer, { came, make: () => this.keyCare.make() });
    this.keyCare = keyCareOf(this, {
      ...{ ports, writer, applier: this.#applier, folded: () => this.#intake.folded() },
      own: () => (this.#isClosing || this.#closed ? undefined : this.#own),
      changed: () => this.#changed(),
      keysCame: came,
    });
    this.#folding = new BlockFolding({
      ...{ space, ports, index, applier: this.#applier, keys: this.keys, parked: this.#parked },
      controlFolded: () => this.keyCare.look(),
    });
    this.#judgedAgain = new JudgedAgain({
      ...{ authority, database, index, applier: this.#applier, log: ports.log },
      replica: () => this.replica,
      flush: () => this.flush(),
      readLog: (no) => this.#snapshots.readLog(no),
      readBlocks: (numbers) => this.readBlocks(numbers),
      base: parts.base,
    });
    const host: EpochsHost = {
      ...{ parts, ring, snapshots: this.#snapshots },
      ...{ replica: () => this.replica, own: () => this.#requireOwn() },
      rootKey: () => rootKeyOf(this),
      changed: () => this.#changed(),
      flush: () => this.flush(),
      letGo: () => this.#intake.fold(() => this.#folding.parked(this.#parked.takeWaiting())),
      // Once everything received so far has been folded.
      adopt: () => this.#intake.folded().then(() => this.#intake.adopt()),
    };
    this.#host = host;
    this.epochs = epochsOf(host);
    this.exchange = exchangeOf(host, this.epochs);
  }

  /**
   * Opens a space whose keys are on this device: its last snapshot, then what the log has beyond it.
   * @throws StoreError.
   */
  static async open(
    ports: SpacePorts,
    options: { readonly space: SpaceId; readonly ring: KeyRing; readonly writer: SpaceWriter },
  ): Promise<Space> {
    let start = await findStart(ports, options);
    let space: Space | undefined;
    let resume: ResumeFrom | undefined;
    while (space === undefined) {
      const next = new Space(ports, options, start);
      try {
        resume = await next.#snapshots.restore();
        await next.keyCare.look();
        space = next;
      } catch (failure) {
        await dropSnapshot(ports, start.pages, failure);
        // Beside one's own snapshot there may be that of an epoch; beside that, only the log.
        if (start.keptIn === undefined) start = await findStart(ports, options);
        else start = { pages: start.pages, found: undefined };
      }
    }
    await space.#openLog(resume);
    // Adoption writes anew what this device had written upon what an epoch collects: for that it has to know
    // which blocks are its own, and have a feed to write in.
    await Promise.all([space.#openFeed(), textIndexSettled()]);
    await space.#intake.adopt();
    space.epochs.branched();
    space.#snapshots.noteChange();
    return space;
  }

  /** Founds a space with this identity as its root. The first block is durable when this resolves. */
  static async found(ports: SpacePorts, writer: SpaceWriter): Promise<Space> {
    const { createSpaceGenesis, foundSpace } = await loadFounding();
    const { space: id, genesis } = createSpaceGenesis(ports.rng, writer.identity);
    const feed = await reserveFeed(ports, id, writer.slot);
    const { rng } = ports;
    const founded = await foundSpace({
      ...{ rng, genesis, author: authorOf(writer, id, rng), feed: openingOf(feed) },
    });
    const options = { space: id, ring: founded.keys, writer };
    const space = new Space(ports, options, await findStart(ports, options));
    await space.#openLog();
    space.#startWriting(feed, []);
    space.#requireOwn().writeControl(founded);
    await space.flush();
    return space;
  }

  /** What mesh replicates. */
  get replica(): LogReplica {
    if (this.#replica === undefined) throw new SpaceError('SPACE_CLOSED', 'the space is not open');
    return this.#replica;
  }

  /** What was, what differs from it, and the way back. */
  get history(): History {
    return (this.#history ??= historyOf(this, this.#applier, this.#ports));
  }

  /** Identity that writes here. */
  get identity(): IdentityId {
    return this.#writer.identity;
  }

  /** Own role; `undefined` until the grant has arrived. */
  get myRole(): Role | undefined {
    return this.authority.roleOf(this.#writer.identity);
  }

  /** How much of what is shown is durable. */
  get commitState(): CommitState {
    return this.#committer?.state ?? { at: 'durable' };
  }

  /** Counters of what could not be used. */
  get counters(): BlockApplier['counters'] {
    return this.#applier.counters;
  }

  /** Blocks that are kept and served but cannot be used, now or ever, and their bytes. */
  get parked(): { readonly blocks: number; readonly bytes: number } {
    return { blocks: this.#parked.size, bytes: this.#parked.bytes };
  }

  /** Calls back after blocks were folded, sealed or committed. Returns the way to stop. */
  onChange(listener: () => void): () => void {
    return this.#news.listen(listener);
  }

  /** Resolves when every change made so far is durable. @throws StoreError, SpaceError. */
  async flush(): Promise<void> {
    this.database.commit();
    await this.#committer?.flush();
  }

  /** What makes values durable in the transactions of own blocks, once the log is open. */
  get keeper(): Pick<Committer, 'keep' | 'settle'> | undefined {
    return this.#committer;
  }

  /** Writes control statements under a credential of ours. Durable when resolved. */
  async publish(control: Publication): Promise<void> {
    await this.#intake.folded();
    this.database.commit();
    await this.keyCare.expect(control.statements);
    if (control.holds?.() === false) return;
    this.#requireOwn().writeControl(control, control.under);
    this.#changed();
    await this.flush();
    // What is said of rights and devices may change which blocks count.
    void this.#intake.adopt();
  }

  /**
   * Takes all rights of somebody away, as far as one's own reach, and changes the keys. What he had written stays.
   * Durable when resolved. @throws SpaceError `SPACE_READ_ONLY`.
   */
  async remove(identity: IdentityId): Promise<void> {
    await this.changeRights(removalOf(this, identity));
  }

  /**
   * Writes grants and revocations under a right of ours, and changes the keys where somebody is a reader no more.
   * Durable when resolved. @throws StoreError, SpaceError.
   */
  async changeRights(control: Parameters<Space['publish']>[0]): Promise<void> {
    await this.publish(control);
    // What does not count any more, or does again, is folded anew.
    await this.#intake.adopt().then(() => this.settled());
    await this.keyCare.make();
    await this.flush();
  }

  /** Says who we are before there is anything else to say. Durable when resolved. */
  async introduce(): Promise<void> {
    await this.#intake.folded();
    this.database.commit();
    if (this.#requireOwn().writeOpening()) this.#changed();
    await this.flush();
  }

  /**
   * Brings over what this device had written apart from an epoch that was taken over; blocks with content that
   * were. @throws SnapshotError; StoreError; SpaceError.
   */
  async bringOver(): Promise<number> {
    const { bringOver } = await import('../epoch/carry-parts.ts');
    const parts = { keys: this.keys, committer: this.#committer, intake: this.#intake };
    const opening = (feed: OwnFeed): Promise<readonly Statement[]> => this.#opening(feed);
    return bringOver(this.#host, { ...parts, opening, isOpen: () => !this.#isClosing });
  }

  /** Resolves when everything received so far has been folded, and sealed epochs are adopted. */
  settled(): Promise<void> {
    return this.#intake.settled();
  }

  /** Writes a snapshot now, which else happens by itself. False if another window writes them. @throws StoreError. */
  writeSnapshot(): Promise<boolean> {
    return this.#snapshots.write();
  }

  /** The data of folded blocks, by number, read from the log: for folding them again. @throws StoreError. */
  readBlocks(numbers: readonly number[]): Promise<readonly FoldedBlock[]> {
    return this.#snapshots.readBlocks(numbers);
  }

  /** Root of the state of the root zone: equal on all replicas with the same blocks. 32 bytes. */
  stateRoot(): Uint8Array {
    const key = rootKeyOf(this);
    return key === undefined ? new Uint8Array(32) : this.database.stateRoot(key);
  }

  /** Figures for people and scripts. */
  figures(): SpaceFigures {
    return figuresOf(this);
  }

  /** Makes everything durable that can be, then closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    try {
      this.exchange.close();
      this.keyCare.close();
      await this.epochs.close();
      this.database.commit();
      // What is changed from here on would not become durable: it is refused.
      this.#isClosing = true;
      await this.flush();
      await this.#snapshots.close();
    } finally {
      this.#closed = true;
      this.#news.close();
      await this.#replica?.[Symbol.asyncDispose]();
      await this.settled();
    }
  }

  async #openLog(resume?: ResumeFrom): Promise<void> {
    const { store, ed25519, rng, log } = this.#ports;
    this.#snapshots.start(
      () => this.replica,
      () => this.flush(),
    );
    this.#replica = await LogReplica.open({
      ...{ store, ed25519, rng, log, space: this.id },
      ...(resume === undefined ? {} : { resume }),
      load: (blocks) => this.#folding.load(blocks),
      hooks: {
        admit: async (blocks) => {
          await this.#intake.folded();
          await this.#leaveTakenFeed(blocks);
          return this.#applier.admit(blocks);
        },
        arrived: (blocks) => this.#enqueue(blocks),
        stored: (blocks) => this.#enqueue(blocks),
        forked: (proof) => log.event('warn', 'space.feed-forked', { seq: proof.seq }),
        // Opened without the snapshot, the space looks at all of its log, and peers give what is missing.
        damaged: () => void this.#snapshots.rebase().catch(() => undefined),
      },
    });
    this.#committer = new Committer({
      replica: this.#replica,
      beforeAppend: this.#writer.beforeAppend,
      changed: () => this.#changed(),
      writeValues: (values) => store.commit({ values }),
    });
  }

  async #openFeed(): Promise<void> {
    if (this.#writer.isSilent === true) return this.#beginAdoption();
    const place = { ...this.#writer, space: this.id, retired: this.epochs.retired };
    const feed = await openOwnFeed(this.#ports, place, this.index);
    this.#startWriting(feed, feed.seq === 0 ? await this.#opening(feed) : []);
  }

  #startWriting(feed: OwnFeed, opening: readonly Statement[]): void {
    const committer = this.#committer;
    if (committer === undefined) throw new SpaceError('SPACE_CLOSED', 'the space is not open');
    const { authority, id: space, index, keys } = this;
    const { identity } = this.#writer;
    const { clock, rng } = this.#ports;
    const rights = new OwnRights({ authority, identity, keys, judge: this.#applier.judge });
    const parts = {
      ...{ space, identity, keys, index, authority, committer, rights, rng, clock },
      ...{ applier: this.#applier, advanced: this.#advanced, devices: this.devices },
      renewKeys: () => this.keyCare.renew(),
    };
    this.#own = new OwnWriter(parts, feed, opening);
    this.#beginAdoption();
    const [branch] = this.index.branches.branchesOf(feed.feed);
    if (branch !== undefined) this.#advanced.covered(this.index.branches.branchEnd(branch));
  }

  #beginAdoption(): void {
    this.#adoption.begin((block) => this.epochs.isOwn(block));
  }

  #opening(feed: OwnFeed): Promise<readonly Statement[]> {
    return openingStatements(this.#writer, this, { feed, rng: this.#ports.rng });
  }

  /** A peer holds blocks of our feed that we do not: we were restored, or copied. Goes on in a new feed. */
  async #leaveTakenFeed(blocks: readonly ParsedBlock[]): Promise<void> {
    const own = this.#own;
    const taken = blocks.some(({ frame }) => frame.feed === own?.feed.feed);
    if (own === undefined || !taken) return;
    const feed = await reserveFeed(this.#ports, this.id, this.#writer.slot);
    const opening = await this.#opening(feed);
    this.database.commit();
    // What we have written so far is to the new feed what any other feed is: in its past, if it says so.
    const end = this.index.branches.blockOf(own.feed.prev);
    if (end !== undefined) this.#advanced.note(end);
    own.switchTo(feed, opening);
    this.#ports.log.event('warn', 'space.feed-continued-elsewhere');
  }

  #enqueue(blocks: readonly ParsedBlock[]): void {
    this.#intake.fold(async () => {
      const { branches } = this.index;
      await this.#leaveTakenFeed(blocks.filter(({ hash }) => branches.blockOf(hash) === undefined));
      const before = branches.branchCount;
      await this.#folding.arrived(blocks);
      if (branches.branchCount > before) this.epochs.branched();
    });
  }

  /** Where own transactions go: into blocks of the own feed. */
  #sink(): TransactionSink {
    const tell = (): void => void (this.#closed || this.#changed());
    return ownSink(
      () => this.#requireOwn(),
      () => this.#news.soon(tell),
    );
  }

  #requireOwn(): OwnWriter {
    if (this.#own === undefined || this.#isClosing || this.#closed) {
      throw notWritable(this.#writer);
    }
    return this.#own;
  }

  #changed(): void {
    this.#snapshots.noteChange();
    this.epochs.changed();
    this.keyCare.changed();
    this.#news.tell();
  }
}
