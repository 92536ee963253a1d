/** The spaces of an identity: what its HALO space lists, opened here. */
import {
  HistoryError,
  type QueryAcross,
  type AnyObject,
  type Database,
  type Query,
  type QueryForm,
} from '@atoll/echo';
import { identityIdOf, type Ticket } from '@atoll/halo';
import { errorCode, type ObjectId, type SpaceId } from '@atoll/kernel';
import type { AnyTypeDefinition, InstanceOf } from '@atoll/schema';
import type { GuestInvitation, ImportedSpace, LeftSpace, Space, Spaces } from './api.ts';
import { AcceptedJoins } from './accepted-joins.ts';
import { acrossSpaces } from './across-spaces.ts';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import { DialingGuest, selfFor, type Joined } from './guest-invitation.ts';
import { SpaceProperties, SpaceRecord } from './halo-records.ts';
import type { EngineHalo } from './halo.ts';
import type { BranchOptions, MergeChoice, MergeOutcome } from './history-api.ts';
import { importSpace } from './import-space.ts';
import type { PendingJoin } from './invitations-api.ts';
import { regainSpace, type KeptSpace } from './kept-space.ts';
import { Leaving } from './leaving.ts';
import { LeftSpaces } from './left-spaces.ts';
import { keepRecords } from './kept-records.ts';
import { followListedKeys } from './listed-keys.ts';
import { listedSpaces, type ListedSpace } from './listed-spaces.ts';
import { LiveCell, liveUntil, type Live } from './live.ts';
import type { EngineNetwork } from './network.ts';
import { IDLE_MS, OPEN_SPACES_MAX, OpenSpaces } from './open-spaces.ts';
import { PendingJoins, type Asked } from './pending-joins.ts';
import { resumeInvitations } from './resume-invitations.ts';
import { growBranch, mergeInto } from './space-history.ts';
import { PublicLinks } from './public/public-links.ts';
import { SpaceHandle } from './space-handle.ts';
import type { SpacePlace } from './space-place.ts';
import { SpaceListing } from './space-listing.ts';
import { loadRecord, type SpaceRecordData } from './space-record.ts';

/** {@link Spaces} over an engine. */
export class EngineSpaces implements Spaces {
  readonly #engine: Engine;
  readonly #network: EngineNetwork;
  readonly #halo: EngineHalo;
  readonly #list = new LiveCell<readonly SpaceHandle[]>([]);
  readonly #openSpaces: OpenSpaces;
  readonly #opening = new Map<SpaceId, Promise<SpaceHandle>>();
  readonly #leaving: Leaving;
  readonly #left = new LeftSpaces(() => this.#engine.identity.get()?.haloSpace);
  readonly #accepted: AcceptedJoins;
  readonly #pending: PendingJoins;
  readonly #links: PublicLinks;
  readonly #listing: SpaceListing;
  #looking: Promise<void> = Promise.resolve();
  #following: Promise<void> = Promise.resolve();

  constructor(
    engine: Engine,
    parts: {
      readonly network: EngineNetwork;
      readonly halo: EngineHalo;
      readonly openSpacesMax?: number | undefined;
      readonly idleMs?: number | undefined;
    },
  ) {
    const { openSpacesMax = OPEN_SPACES_MAX, idleMs = IDLE_MS } = parts;
    const { clock, log, store } = engine.platform;
    this.#engine = engine;
    this.#network = parts.network;
    this.#halo = parts.halo;
    this.#openSpaces = new OpenSpaces({
      clock,
      log,
      signal: engine.signal,
      openSpacesMax,
      idleMs,
      list: () => this.#list.get(),
      onLearned: () => engine.tellChange(),
      onForeignCommit: (listener) => store.onForeignCommit(listener),
    });
    engine.openSpaces = this.#openSpaces;
    const resume = (asked: Asked): GuestInvitation => this.#guest(asked.code, asked);
    this.#accepted = new AcceptedJoins(engine.platform);
    this.#pending = new PendingJoins({ platform: engine.platform, signal: engine.signal, resume });
    this.#listing = new SpaceListing(engine, () => this.#halo.database.get());
    engine.onKeys = async (id, ring) => {
      if (await this.#listing.keepKeys(id, ring)) this.#links.look();
    };
    this.#links = new PublicLinks({
      engine,
      database: () => this.#halo.database.get(),
      handle: (space) => this.get(space),
    });
    this.#leaving = new Leaving({
      engine,
      database: () => this.#halo.database.get(),
      drop: (id) => this.#drop(id),
      open: (record) => this.#open(this.#listing.keptOf(record)),
    });
  }

  /** Opens what the HALO space lists, once that is open, and what it will list. */
  followList(): void {
    const look = (): void => {
      const database = this.#halo.database.get();
      if (database === undefined) return;
      this.#following = this.#leaving.resume(database).then(() => this.#follow(database));
      this.#following.catch((failure: unknown) => this.#notOpened(failure));
    };
    this.#halo.database.subscribe(look);
    look();
    this.#resumeInvitations().catch((failure: unknown) => this.#notOpened(failure));
  }

  /** Once there is an identity, and its spaces are listed. */
  async #resumeInvitations(): Promise<void> {
    const { signal } = this.#engine;
    await liveUntil(this.#halo.database, (database) => database !== undefined, signal);
    await this.ready();
    await resumeInvitations({
      platform: this.#engine.platform,
      signal,
      pending: this.#pending,
      restore: (scope) =>
        scope === 'device' ? this.#halo.restoreInvitations() : this.get(scope)?.requests.restore(),
    });
  }

  get list(): Live<readonly SpaceHandle[]> {
    return this.#list;
  }

  /** Resolves when every space that is known now is listed, and open if as many may be. */
  async ready(): Promise<void> {
    try {
      await this.#following;
      await Promise.all(this.#opening.values());
      await this.#looking;
    } catch (failure) {
      // The first space that was open has said that this device was stopped: its lock tells of it.
      if (!this.#engine.isLocked) throw failure;
    }
  }

  get(id: string): SpaceHandle | undefined {
    return this.#list.get().find((space) => space.id === id);
  }

  async create(options: { readonly name: string }): Promise<Space> {
    const identity = this.#engine.requireIdentity();
    const space = await this.#engine.foundWith(identity);
    space.database.add(SpaceProperties, { name: options.name });
    await space.flush();
    return this.#enter({ id: space.id, ring: space.keys.ring, name: options.name });
  }

  async branch(origin: Space, options: BranchOptions): Promise<Space> {
    const from = this.#handle(origin.id);
    const made = await this.create({ name: options.name });
    await growBranch(from, this.#handle(made.id), options);
    return made;
  }

  async merge(
    branch: Space,
    options: { readonly choice?: MergeChoice; readonly dryRun?: boolean } = {},
  ): Promise<MergeOutcome> {
    await branch.open();
    const { origin } = branch.history.branchOrigin() ?? {};
    if (origin === undefined) throw new HistoryError('HISTORY_BRANCH', 'the space is no branch');
    const nowMs = this.#engine.platform.clock.nowMs();
    return mergeInto(this.#handle(origin), this.#handle(branch.id), { ...options, nowMs });
  }

  #listed(id: string): SpaceHandle {
    const found = this.get(id);
    if (found !== undefined) return found;
    throw new ClientError('CLIENT_SPACE_LEFT', 'the space was left');
  }

  #handle(id: string): SpaceHandle {
    const found = this.get(id);
    if (found !== undefined) return found;
    throw new HistoryError('HISTORY_BRANCH', 'the space of the other side is not here');
  }

  join(code: string): GuestInvitation {
    return this.#pending.guestFor(code) ?? this.#guest(code);
  }

  async follow(text: string): Promise<Space> {
    this.#engine.requireIdentity();
    const { fetchPublic } = await import('./public/publish-space.ts');
    const { kube, link, ticket } = await fetchPublic(this.#engine, text, this.#network.firstKube);
    const known = this.#opening.get(ticket.space);
    if (known !== undefined) return known;
    this.#network.addKnownKube(kube);
    const { keys: ring, name, space: id } = ticket;
    return this.#enter({ id, ring, name, kube, link: link.secret });
  }

  get left(): Live<readonly LeftSpace[]> {
    return this.#left.list;
  }

  async bringBack(id: string): Promise<Space> {
    this.#engine.requireIdentity();
    return this.#enter(this.#left.keptOf(this.#halo.database.get(), id));
  }

  /** Opens a space and lists it. */
  async #enter(kept: KeptSpace): Promise<SpaceHandle> {
    if (kept.kube !== undefined && kept.kube !== '') this.#network.addKnownKube(kept.kube);
    const handle = await this.#open(kept);
    await this.#record(kept);
    return handle;
  }

  get pending(): Live<readonly PendingJoin[]> {
    return this.#pending.list;
  }

  /** Answers an invitation; with `resume` one by which we have asked before. */
  #guest(code: string, resume?: Asked): GuestInvitation {
    const { clock, log } = this.#engine.platform;
    const guest: DialingGuest = new DialingGuest({
      engine: this.#engine,
      code,
      accepted: this.#accepted,
      kube: () => this.#network.firstKube,
      isMember: (offer) =>
        offer.kind === 'space' &&
        this.#opening.has(offer.space) &&
        !this.#engine.isFollowed(offer.space) &&
        // Who is in it no more may be let in again.
        this.get(offer.space)?.rights.removed.get() === undefined,
      introduce: () => {
        const identity = this.#engine.identity.get();
        return identity && { log: identity.log, deviceSigner: this.#engine.deviceSigner };
      },
      self: (offer, { readingKeyOf }) => selfFor(this.#engine, offer, readingKeyOf),
      take: (ticket, kube) => this.#take(ticket, kube),
      asked: (offer) => {
        if (offer.kind !== 'space') return;
        const { name: from, space, spaceName } = offer;
        const askedAtMs = Math.floor(clock.nowMs());
        this.#pending.add({ code, space, spaceName, from, askedAtMs }, guest).catch((failure) => {
          // It is asked for as long as the program runs.
          log.event('warn', 'client.request-not-kept', { code: errorCode(failure) });
        });
      },
      ...(resume === undefined ? {} : { resume }),
    });
    return guest;
  }

  query<D extends AnyTypeDefinition>(
    type: D,
    ask: (query: Query<InstanceOf<D>>) => Query<InstanceOf<D>> = (query) => query,
    options: { readonly within?: readonly string[] } = {},
  ): QueryAcross<InstanceOf<D>> {
    return this.#across((db) => ask(db.query(type)), options.within);
  }

  queryForm(
    form: QueryForm,
    options: { readonly within?: readonly string[] } = {},
  ): QueryAcross<AnyObject> {
    return this.#across((db) => db.queryForm(form), options.within);
  }

  async import(
    archive: AsyncIterable<Uint8Array>,
    options: { readonly passphrase?: string } = {},
  ): Promise<ImportedSpace> {
    this.#engine.requireIdentity();
    return importSpace(archive, {
      engine: this.#engine,
      passphrase: options.passphrase,
      known: (id) => this.#opening.get(id),
      enter: (kept) => this.#enter(kept),
    });
  }

  #across<T>(
    ask: (db: Database) => Query<T>,
    within: readonly string[] | undefined,
  ): QueryAcross<T> {
    const wanted = (): readonly SpaceHandle[] =>
      this.#list.get().filter(({ id }) => within?.includes(id) ?? true);
    const { clock } = this.#engine.platform;
    return acrossSpaces({ list: this.#list, wanted, ask, clock, signal: this.#engine.signal });
  }

  async #take(ticket: Ticket, kube: string): Promise<Joined> {
    if (ticket.kind !== 'space') {
      throw new ClientError('CLIENT_INVITATION', 'the ticket is for a device');
    }
    this.#network.addKnownKube(kube);
    const { keys: ring, name, space: id } = ticket;
    // Who has followed a space and joins it now is somebody there.
    if (this.#engine.isFollowed(id)) await this.#leaving.leave(this.#listed(id), true);
    const kept = { id, ring, name, kube };
    await Promise.all([regainSpace(this.#engine, kept), this.#open(kept), this.#record(kept)]);
    const identity = identityIdOf(this.#engine.requireIdentity().log.genesis);
    return { space: ticket.space, identity };
  }

  /** Lists what the HALO space lists, now and whenever another device adds to it. */
  #follow(database: Database): void {
    // Records are written once; a thousand that are known are not read again for the next.
    const seen = new WeakSet<object>();
    this.#links.follow(database);
    const relist = (id: SpaceId): Promise<void> =>
      this.#listing.relist(this.get(id), this.#network.firstKube);
    followListedKeys(this.#engine, database, relist);
    keepRecords(this.#engine, database);
    const { haloSpace } = this.#engine.requireIdentity();
    database.query(SpaceRecord).subscribe((all) => {
      this.#left.look(database);
      const records = listedSpaces(all, haloSpace);
      const news = records.filter((record) => !seen.has(record) && record.left === undefined);
      // Whoever has left may turn out to have been nobody: then it is news again.
      for (const record of records) seen[record.left === undefined ? 'add' : 'delete'](record);
      // As many as may stay open are opened at once: closing them would save nothing.
      const isForClosed = records.length > this.#openSpaces.openSpacesMax;
      if (isForClosed) this.#keepClosed(news);
      else for (const record of news) this.#openRecord(record);
    });
    database
      .query(SpaceRecord)
      .where({ left: { exists: true } })
      .subscribe((left) => {
        if (left.length === 0) return;
        const all = listedSpaces(database.query(SpaceRecord).run(), haloSpace);
        this.#leaving.look(all, (id) => this.#opening.get(id));
      });
  }

  /** A space was left. */
  #drop(id: SpaceId): void {
    for (const invitation of this.get(id)?.invitations.get() ?? []) invitation.cancel();
    this.#opening.delete(id);
    this.#list.set(this.#list.get().filter((space) => space.id !== id));
  }

  #openRecord(record: ListedSpace): void {
    const id = record.space;
    if (record.kube !== '') this.#network.addKnownKube(record.kube);
    this.#leaving.keep(id);
    if (this.#opening.has(id)) return;
    const opening = this.#openNow(this.#listing.keptOf(record), { mayFail: true });
    this.#begin(id, opening).catch((failure: unknown) => this.#notOpened(failure));
  }

  /** Lists spaces as they were last known; those of which nothing is known are looked into one by one. */
  #keepClosed(records: readonly ListedSpace[]): void {
    const kept = records.flatMap((record) => {
      const id = record.space;
      if (record.kube !== '') this.#network.addKnownKube(record.kube);
      this.#leaving.keep(id);
      if (this.#opening.has(id)) return [];
      return [this.#begin(id, this.#keep(this.#listing.keptOf(record)))];
    });
    this.#looking = Promise.allSettled(kept).then((ends) => {
      const handles = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
      for (const end of ends) if (end.status === 'rejected') this.#notOpened(end.reason);
      this.#list.set([...this.#list.get(), ...handles]);
      this.#openSpaces.learn();
    });
  }

  async #keep(kept: KeptSpace): Promise<SpaceHandle> {
    const { id, name, ring } = kept;
    await this.#leaving.forgive(id);
    await this.#asFollower(kept);
    const { platform } = this.#engine;
    const { haloSecret: secret } = this.#engine.requireIdentity();
    const record = await loadRecord({ platform, space: id, secret });
    return this.#handleOf(this.#engine.keepSpace(id, ring, record?.ends), name, record);
  }

  #notOpened(failure: unknown): void {
    if (this.#engine.signal.aborted) return;
    const code = errorCode(failure);
    this.#engine.platform.log.event('error', 'client.space-not-opened', { code });
  }

  #open(kept: KeptSpace): Promise<SpaceHandle> {
    return this.#opening.get(kept.id) ?? this.#begin(kept.id, this.#openNow(kept));
  }

  /** What has failed is tried again by whoever asks next. */
  #begin(id: SpaceId, opening: Promise<SpaceHandle>): Promise<SpaceHandle> {
    this.#opening.set(id, opening);
    opening.catch(() => {
      if (this.#opening.get(id) === opening) this.#opening.delete(id);
    });
    return opening;
  }

  /** `mayFail`: what is known of a space that cannot be opened is listed, so that it keeps nobody from the others. */
  async #openNow(
    kept: KeptSpace,
    { mayFail }: { readonly mayFail: boolean } = { mayFail: false },
  ): Promise<SpaceHandle> {
    const { id, name, ring } = kept;
    await this.#leaving.forgive(id);
    await this.#asFollower(kept);
    const handle = await this.#handleOf(this.#engine.keepSpace(id, ring), name);
    try {
      await handle.open();
    } catch (failure) {
      if (!mayFail || handle.problem.get() === undefined) throw failure;
      this.#notOpened(failure);
    }
    this.#list.set([...this.#list.get(), handle]);
    this.#openSpaces.opened();
    return handle;
  }

  /** A space that is followed by a link is opened as the reader that follows from it. */
  async #asFollower({ id, link }: KeptSpace): Promise<void> {
    if (link === undefined || this.#engine.isFollowed(id)) return;
    const { followedSpace } = await import('./public/followed-space.ts');
    this.#engine.follow(id, await followedSpace(this.#engine.platform, id, link));
  }

  #handleOf(place: SpacePlace, name: string, record?: SpaceRecordData): Promise<SpaceHandle> {
    return SpaceHandle.of({
      engine: this.#engine,
      network: this.#network,
      place,
      name,
      leave: async (discard) => this.#leaving.leave(this.#listed(place.id), discard),
      directory: { resolve: (other, object) => this.#resolve(other, object) },
      links: this.#links,
      halo: () => this.#halo.database.get(),
      ...(record === undefined ? {} : { record }),
    });
  }

  /** The target of a ref from one space into another. */
  #resolve(space: SpaceId, object: ObjectId): ReturnType<Database['resolveId']> {
    const open = this.#engine.opened(space);
    const isListed = this.#list.get().some(({ id }) => id === space);
    if (open !== undefined && isListed) return open.database.resolveId(object);
    return { target: undefined, state: this.#opening.has(space) ? 'elsewhere' : 'not-shared' };
  }

  #record(kept: KeptSpace): Promise<void> {
    return this.#listing.add(kept, this.#network.firstKube ?? '');
  }
}
