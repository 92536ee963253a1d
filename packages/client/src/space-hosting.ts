/**
 * Answering the invitations of one space on this device: those made here, those that were left open when the program
 * ended last, and those that other members have shared with everybody who controls the space.
 */
import type { Space } from '@atoll/echo';
import {
  roleOfLevel,
  suffices,
  type AdmissionRequest,
  type HostInvitation as HaloHost,
  type HostOptions,
  type InvitationRecord,
  type Invitations,
  type SpaceInvitationTerms,
  type StandingInvitation,
} from '@atoll/halo';
import { errorCode } from '@atoll/kernel';
import { ClientError } from './client-error.ts';
import { hostOptions } from './host-options.ts';
import { ListeningInvitation } from './host-invitation.ts';
import { endInvitation, issuedInvitations, type IssuedParts } from './issued-invitations.ts';
import { InvitationStore, type InvitationPlace, type StoredRequest } from './invitation-store.ts';
import { mayGive, termsOf } from './invitation-terms.ts';
import type { InviteOptions, IssuedInvitation } from './invitations-api.ts';
import { SpaceAdmission } from './space-admission.ts';
import { copiesFor, openCopy, sealedTo, type CopyParts } from './shared-copies.ts';
import type { InvitationsOptions } from './space-invitations.ts';

/** Who asked is answered for so long after the invitation has ended. */
const ASK_MEMORY_MS: number = 30 * 24 * 60 * 60 * 1000;
/** One answers at a time: each one who is there and senior comes first by so much, as far as a guest waits. */
const TURN_MS = 10_000;
const TURNS_MAX = 2;
/** Copies for new holders of control are made by one, if the one before does not, so much later. */
const COPY_TURN_MS = 2_000;

/** An invitation that is answered here. */
interface Hosted {
  readonly place: InvitationPlace;
  readonly record: InvitationRecord & { readonly terms: SpaceInvitationTerms };
  readonly invitation: ListeningInvitation;
  readonly lock: AsyncDisposable;
}

/** See above. */
export class SpaceHosting {
  readonly #options: InvitationsOptions;
  readonly #halo: Invitations;
  readonly #store: InvitationStore;
  readonly #admission: SpaceAdmission;
  readonly #hosted = new Map<string, Hosted>();
  readonly #starting = new Set<string>();
  /** Told of each that is answered here, and of changes to who asks. */
  readonly #told: { readonly kept: (one: ListeningInvitation) => void; readonly asked: () => void };
  #looking: Promise<void> = Promise.resolve();

  constructor(
    options: InvitationsOptions,
    halo: Invitations,
    told: { readonly kept: (one: ListeningInvitation) => void; readonly asked: () => void },
  ) {
    const { echo, engine, name } = options;
    this.#options = options;
    this.#halo = halo;
    this.#told = told;
    this.#store = new InvitationStore(engine.platform, halo, engine.signal);
    this.#admission = new SpaceAdmission({ engine, halo, echo, name });
  }

  /** Makes an invitation. Durable when resolved. @throws ClientError; StoreError. */
  async invite(options: InviteOptions): Promise<ListeningInvitation> {
    const { engine, name, network } = this.#options;
    const echo = await this.#options.echo();
    const { authority, id, identity } = echo;
    const held = authority.credentials.people.rightFor(identity, 'control');
    const terms = termsOf(options, {
      space: id,
      spaceName: name(),
      nowMs: engine.platform.clock.nowMs(),
    });
    if (held === undefined) {
      throw new ClientError('CLIENT_NOT_ALLOWED', 'only admins can invite here');
    }
    // Nobody gives what he has, but for owners: it would not count, and the guest would be nobody.
    if (!mayGive(held.credential.level, terms.level)) {
      throw new ClientError('CLIENT_NOT_ALLOWED', 'only owners can invite admins and owners');
    }
    const { clock, rng } = engine.platform;
    const made = this.#halo.newInvitation(
      { nowMs: clock.nowMs(), rng, kube: network.requireKube() },
      terms,
    );
    const isKnownThere = options.delegated === true || (terms.uses > 1 && terms.way !== 'ask');
    if (!isKnownThere) {
      const started = await this.#start(this.#store.placeFor(id), made, { isNew: true });
      return required(started);
    }
    const { record, statement } = this.#halo.stateInvitation(made, held.exercised);
    const copies =
      options.delegated === true ? copiesFor(this.#copyParts(echo), record, new Set()) : [];
    const place = this.#placeOf(record);
    const { parent } = held.exercised;
    this.#starting.add(place.id);
    try {
      // The space first: by a record that it does not know nobody could be let in.
      await echo.publish({ statements: [statement, ...copies], credential: parent });
      const isShared = options.delegated === true;
      return required(await this.#start(place, record, { isNew: true, isShared }));
    } finally {
      this.#starting.delete(place.id);
    }
  }

  /** Goes on with what was left open. True if another window answers some of it. */
  async restore(): Promise<boolean> {
    let isElsewhere = false;
    for (const place of await this.#store.list(this.#options.space)) {
      if (await this.#store.isEnded(place)) await this.#end(place);
      if (this.#hosted.has(place.id) || this.#starting.has(place.id)) continue;
      const bytes = await this.#store.load(place);
      if (bytes === undefined) {
        await this.#store.removeUnwritten(place);
        continue;
      }
      const record = this.#halo.decodeInvitationRecord(bytes);
      if (this.#isPast(record)) await this.#store.remove(place);
      else isElsewhere = (await this.#start(place, record, {})) === undefined || isElsewhere;
    }
    return isElsewhere;
  }

  /** Those that are kept on this device. */
  issued(): Promise<readonly IssuedInvitation[]> {
    return issuedInvitations(this.#issued());
  }

  /** Ends one of them, whichever program of this profile answers it. @throws ClientError. */
  revoke(id: string): Promise<void> {
    return endInvitation(this.#issued(), id);
  }

  #issued(): IssuedParts {
    return {
      space: this.#options.space,
      halo: this.#halo,
      store: this.#store,
      nowMs: () => this.#options.engine.platform.clock.nowMs(),
      isShared: (terms) => this.#wasShared(terms),
      endHere: (place) => this.#end(place),
      endForAll: (terms) => this.#endForAll(terms),
    };
  }

  /** Ends one here, and for all who answer it; `false` if another program has it. */
  async #end(place: InvitationPlace): Promise<boolean> {
    if (!this.#hosted.has(place.id) && !this.#starting.has(place.id)) {
      const bytes = await this.#store.load(place);
      if (bytes !== undefined)
        await this.#start(place, this.#halo.decodeInvitationRecord(bytes), {});
    }
    const hosted = this.#hosted.get(place.id);
    if (hosted === undefined) return false;
    if (!hosted.invitation.isOpen) return true;
    hosted.invitation.cancel();
    await hosted.invitation.settled();
    return true;
  }

  /** Looks at what the space says of invitations: new ones to answer, ended ones, copies to make. */
  look(): Promise<void> {
    this.#looking = this.#looking
      .then(() => this.#lookNow())
      .catch((failure: unknown) => {
        const { log } = this.#options.engine.platform;
        log.event('warn', 'client.invitations-not-looked-at', { code: errorCode(failure) });
      });
    return this.#looking;
  }

  /** Who asks, by all invitations. */
  async requests(): Promise<readonly (StoredRequest & { readonly place: InvitationPlace })[]> {
    const places = await this.#store.list(this.#options.space);
    const all = await Promise.all(
      places.map(async (place) =>
        (await this.#store.requests(place)).map((request) => ({ ...request, place })),
      ),
    );
    return all.flat().sort((a, b) => a.askedAtMs - b.askedAtMs);
  }

  /** What an invitation gives. */
  async termsOf(place: InvitationPlace): Promise<SpaceInvitationTerms | undefined> {
    const bytes = await this.#store.load(place);
    const terms = bytes && this.#halo.decodeInvitationRecord(bytes).terms;
    return terms?.kind === 'space' ? terms : undefined;
  }

  /** Lets somebody in who asked, as the invitation says or as something else. @throws ClientError. */
  async approve(
    asked: StoredRequest & { readonly place: InvitationPlace },
    given: SpaceInvitationTerms['level'] | undefined,
  ): Promise<void> {
    const kube = this.#options.network.firstKube ?? '';
    const terms = await this.termsOf(asked.place);
    const level = given ?? terms?.level ?? 'read';
    // Who is to run the space reads all of it.
    const withoutHistory = suffices(level, 'control') ? undefined : terms?.withoutHistory;
    await this.#admission.admit(asked.request, { level, kube, withoutHistory });
    await this.#forget(asked, []);
  }

  /** Says no. */
  async refuse(asked: StoredRequest & { readonly place: InvitationPlace }): Promise<void> {
    await this.#forget(asked, [{ ...asked, isRefused: true }]);
  }

  async #forget(
    { place, request }: StoredRequest & { readonly place: InvitationPlace },
    instead: readonly StoredRequest[],
  ): Promise<void> {
    await this.#store.changeRequests(place, (before) => [
      ...before.filter((one) => one.request.identity !== request.identity),
      ...instead,
    ]);
    this.#told.asked();
    for (const { invitation } of this.#hosted.values()) invitation.tell();
  }

  async #start(
    place: InvitationPlace,
    record: InvitationRecord,
    how: { readonly isNew?: boolean; readonly isShared?: boolean },
  ): Promise<ListeningInvitation | undefined> {
    const { terms } = record;
    if (terms.kind !== 'space') return undefined;
    this.#starting.add(place.id);
    try {
      const lock = await this.#store.lock(place);
      if (lock === undefined) return undefined;
      const invitation = await this.#answer(place, { ...record, terms }, how).catch(
        async (failure: unknown) => {
          await lock[Symbol.asyncDispose]();
          throw failure;
        },
      );
      if (invitation === undefined) await lock[Symbol.asyncDispose]();
      else {
        this.#hosted.set(place.id, { place, record: { ...record, terms }, invitation, lock });
        this.#told.kept(invitation);
      }
      return invitation;
    } finally {
      this.#starting.delete(place.id);
    }
  }

  /** Answers an invitation whose lock is held here; `undefined` for one that was forgotten meanwhile. */
  async #answer(
    place: InvitationPlace,
    record: Hosted['record'],
    how: { readonly isNew?: boolean; readonly isShared?: boolean },
  ): Promise<ListeningInvitation | undefined> {
    const { terms } = record;
    const { engine, network } = this.#options;
    // Whoever held the lock before may have written what was tried and who was let in.
    const stored = await this.#store.load(place);
    if (stored === undefined && how.isNew !== true) return undefined;
    const kube = record.kube === '' ? network.requireKube() : record.kube;
    return ListeningInvitation.open({
      engine,
      kube,
      role: roleOfLevel(terms.level),
      delegated: how.isShared ?? (await this.#wasShared(terms)),
      delayMs: () => this.#delayMs(terms),
      onCancel: () => this.#endForAll(terms),
      start: (onChange, { HostInvitation: Host }): Promise<HaloHost> => {
        const options = this.#hostOptions(place, record, onChange);
        return stored === undefined
          ? Host.begin(options, record)
          : Promise.resolve(Host.restore(options, stored));
      },
    });
  }

  #hostOptions(
    place: InvitationPlace,
    { kube, terms }: InvitationRecord,
    onChange: NonNullable<HostOptions['onChange']>,
  ): HostOptions {
    const { engine } = this.#options;
    const level = terms.kind === 'space' ? terms.level : 'read';
    const { invitation, withoutHistory } = terms.kind === 'space' ? terms : {};
    const right = { level, kube, invitation, withoutHistory };
    return {
      ...hostOptions(engine, engine.requireIdentity()),
      save: (bytes) => this.#store.save(place, bytes),
      admit: (request) => this.#admission.admit(request, right),
      ask: async (request, text) => {
        // Somebody has agreed already, here or elsewhere.
        const ticket = await this.#admission.ticketFor(request.device, kube);
        return ticket ?? this.#ask(place, request, text);
      },
      again: async (device) => {
        const ticket = await this.#admission.ticketFor(device, kube);
        if (ticket !== undefined) return ticket;
        const known = await this.#store.requests(place);
        const own = known.find(({ request }) => request.device === device);
        return own && (own.isRefused ? 'refused' : 'pending');
      },
      onChange,
    };
  }

  async #ask(
    place: InvitationPlace,
    request: AdmissionRequest,
    text: string,
  ): Promise<'pending' | 'refused'> {
    if (request.kind !== 'space') return 'refused';
    const askedAtMs = Math.floor(this.#options.engine.platform.clock.nowMs());
    const fresh = { request, text, askedAtMs, isRefused: false };
    const after = await this.#store.changeRequests(place, (before) => {
      const known = before.find((one) => one.request.identity === request.identity);
      // Who asks once more does not jump the queue, and who was refused stays refused.
      return known === undefined ? [...before, fresh] : before;
    });
    this.#told.asked();
    const own = after.find((one) => one.request.identity === request.identity);
    return own?.isRefused === true ? 'refused' : 'pending';
  }

  async #lookNow(): Promise<void> {
    const echo = await this.#options.echo();
    const standing = echo.authority.invitations.standing();
    const byId = new Map(standing.map((one) => [one.id, one]));
    for (const { invitation, record } of this.#hosted.values()) {
      const { terms } = record;
      if (terms.invitation === undefined || !invitation.isOpen) continue;
      const one = byId.get(terms.invitation);
      // One that was made just now is not stated yet.
      if (one === undefined ? echo.authority.invitations.get(terms.invitation) : !one.isSafe) {
        invitation.end();
      } else if (isFull(echo, terms)) invitation.allIn();
    }
    for (const one of standing) await this.#takeUp(echo, one);
    for (const one of standing) await this.#completeCopies(echo, one);
  }

  /** Answers what another member, or another device of one's own, has shared. */
  async #takeUp(echo: Space, one: StandingInvitation): Promise<void> {
    const { clock } = this.#options.engine.platform;
    const { authority, id: space, identity } = echo;
    const { invitation } = one;
    if (!one.isSafe || invitation.expiresAtMs <= clock.nowMs()) return;
    if (isFull(echo, { invitation: one.id, uses: invitation.uses })) return;
    const place = { scope: space, id: one.id.slice(0, 32) };
    if (this.#hosted.has(place.id) || this.#starting.has(place.id)) return;
    const right = authority.credentials.people.rightFor(identity, 'control')?.credential;
    // Nobody answers who could not give what it offers.
    if (right === undefined || !mayGive(right.level, invitation.level)) return;
    if ((await this.#store.load(place)) !== undefined) return void (await this.restore());
    const record = await openCopy(this.#copyParts(echo), one);
    if (record !== undefined) await this.#start(place, record, { isNew: true, isShared: true });
  }

  /** Seals the private part to holders of control that came later, or have another key. */
  async #completeCopies(echo: Space, one: StandingInvitation): Promise<void> {
    const hosted = this.#hosted.get(one.id.slice(0, 32));
    if (hosted === undefined || !one.isSafe || one.copies.length === 0) return;
    if (copiesFor(this.#copyParts(echo), hosted.record, sealedTo(one)).length === 0) return;
    const { engine } = this.#options;
    const turn = this.#halo.controllersOf(echo.authority).indexOf(echo.identity);
    await engine.platform.clock.sleep(Math.max(0, turn) * COPY_TURN_MS, engine.signal);
    const now = echo.authority.invitations.standing().find(({ id }) => id === one.id);
    if (now === undefined) return;
    const statements = copiesFor(this.#copyParts(echo), hosted.record, sealedTo(now));
    const credential = statements[0]?.parent;
    if (credential !== undefined) await echo.publish({ statements, credential });
  }

  #copyParts(echo: Space): CopyParts {
    return { echo, engine: this.#options.engine, halo: this.#halo };
  }

  async #endForAll({ invitation }: SpaceInvitationTerms): Promise<void> {
    if (invitation === undefined) return;
    const echo = await this.#options.echo();
    const { authority, id: space, identity } = echo;
    const right = authority.credentials.people.rightFor(identity, 'control')?.exercised;
    if (right === undefined) return;
    const end = { kind: 'invitation-end', space, invitation, ...right } as const;
    await echo.publish({ statements: [end], credential: right.parent });
  }

  /** Senior ones who are there come first. */
  #delayMs(terms: SpaceInvitationTerms): number {
    const echo = this.#options.now();
    if (echo === undefined || !this.#isShared(terms)) return 0;
    const here = this.#options.here();
    const all = this.#halo.controllersOf(echo.authority);
    const before = all.slice(0, all.indexOf(echo.identity));
    return Math.min(before.filter((each) => here.has(each)).length, TURNS_MAX) * TURN_MS;
  }

  #isShared({ invitation }: SpaceInvitationTerms): boolean {
    if (invitation === undefined) return false;
    const standing = this.#options.now()?.authority.invitations.standing() ?? [];
    return standing.some(({ copies, id }) => id === invitation && copies.length > 0);
  }

  /** The space says so, and is opened to be asked. */
  async #wasShared(terms: SpaceInvitationTerms): Promise<boolean> {
    if (terms.invitation === undefined) return false;
    await this.#options.echo();
    return this.#isShared(terms);
  }

  #placeOf({ terms }: InvitationRecord): InvitationPlace {
    const id = terms.kind === 'space' ? terms.invitation : undefined;
    return { scope: this.#options.space, id: (id ?? '').slice(0, 32) };
  }

  #isPast({ terms }: InvitationRecord): boolean {
    const isAsk = terms.kind === 'space' && terms.way === 'ask';
    const endMs = terms.expiresAtMs + (isAsk ? ASK_MEMORY_MS : 0);
    return endMs <= this.#options.engine.platform.clock.nowMs();
  }
}

/** It has let in as many as it may, here or elsewhere. */
function isFull(
  { authority }: Space,
  { invitation, uses }: Pick<SpaceInvitationTerms, 'invitation' | 'uses'>,
): boolean {
  return invitation !== undefined && authority.credentials.admittedBy(invitation) >= uses;
}

/** A new place is nobody else's. */
function required(invitation: ListeningInvitation | undefined): ListeningInvitation {
  if (invitation !== undefined) return invitation;
  throw new ClientError('CLIENT_INVITATION', 'the invitation could not be kept');
}
