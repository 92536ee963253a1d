/** Contacts: records of the HALO space, and what the shared spaces say of the people in them. */
import type { Database } from '@atoll/echo';
import { changesSince, loadClaims, type IdentityLog } from '@atoll/halo';
import { AtollError, parseId, type IdentityId } from '@atoll/kernel';
import type { InstanceOf } from '@atoll/schema';
import { ClientError } from './client-error.ts';
import type {
  Contact,
  ContactStanding,
  Contacts,
  SafetyNumberView,
  SafetyScanOutcome,
} from './contacts-api.ts';
import type { Engine } from './engine.ts';
import { ContactRecord } from './halo-records.ts';
import { entriesOf, logBytes, logOfBytes, type KnownPeople } from './known-people.ts';
import { LiveCell, sameData, type Live } from './live.ts';
import { idOf } from './own-identity.ts';
import { toldApart } from './names-in-space.ts';
import { hueOf } from './people.ts';
import { shownName } from './shown-name.ts';

type Kept = InstanceOf<typeof ContactRecord>;

/** {@link Contacts} over the HALO space. */
export class EngineContacts implements Contacts {
  readonly #engine: Engine;
  readonly #people: KnownPeople;
  readonly #database: () => Database | undefined;
  readonly #list = new LiveCell<readonly Contact[]>([], sameData);

  constructor(engine: Engine, people: KnownPeople, database: Live<Database | undefined>) {
    this.#engine = engine;
    this.#people = people;
    this.#database = () => database.get();
    database.subscribe(() => this.#follow());
    engine.onSpaceChange(() => this.#look());
  }

  get list(): Live<readonly Contact[]> {
    return this.#list;
  }

  async add(
    identity: string,
    options: { readonly name?: string; readonly space?: string } = {},
  ): Promise<Contact> {
    const database = this.#halo();
    const [known] = this.#records(identity);
    const name = options.name?.trim();
    if (known !== undefined) {
      if (name !== undefined) known.name = name;
      return this.#kept(identity);
    }
    const shared = this.#people.sharedWith(identity);
    const from = shared.find(({ id }) => options.space === undefined || id === options.space);
    if (from === undefined || identity === idOf(this.#engine.requireIdentity())) {
      throw unknownPerson();
    }
    const echo = await this.#engine.place(parseId('space', from.id))?.open();
    const log = echo?.authority.identities.logOf(parseId('identity', identity));
    if (log === undefined) throw unknownPerson();
    database.add(ContactRecord, {
      identity,
      name: name ?? '',
      shownName: this.#people.nameOf(identity) ?? '',
      space: from.id,
      spaceName: from.name.get(),
      sinceMs: this.#nowMs(),
      log: logBytes(log),
    });
    return this.#kept(identity);
  }

  async remove(identity: string): Promise<void> {
    const database = this.#halo();
    const records = this.#records(identity);
    if (records.length === 0) throw unknownPerson();
    for (const record of records) database.delete(record);
    await this.#flush();
    this.#look();
  }

  async safetyNumber(identity: string): Promise<SafetyNumberView> {
    const { formatSafetyScan, safetyNumber } = await loadClaims();
    const { own, theirs } = await this.#logs(identity);
    const number = safetyNumber(own, theirs);
    return { identity, groups: number.groups, scan: formatSafetyScan(number) };
  }

  async confirm(number: SafetyNumberView): Promise<Contact> {
    const now = await this.safetyNumber(number.identity);
    if (now.scan !== number.scan) {
      throw new ClientError('CLIENT_SAFETY_CHANGED', 'devices have come or gone meanwhile');
    }
    return this.#verified(number.identity);
  }

  async scan(identity: string, text: string): Promise<SafetyScanOutcome> {
    const { compareSafetyScan, safetyNumber } = await loadClaims();
    const { own, theirs } = await this.#logs(identity);
    const outcome = compareSafetyScan(text, safetyNumber(own, theirs));
    if (outcome === undefined) return 'not-a-code';
    if (outcome === 'other-people') return outcome;
    if (outcome !== 'equal') {
      return outcome.differs === identity ? 'their-devices-differ' : 'my-devices-differ';
    }
    await this.#verified(identity);
    return 'verified';
  }

  /** Keeps somebody with the devices that were known when the number was compared. */
  async #verified(identity: string): Promise<Contact> {
    const { theirs } = await this.#logs(identity);
    await this.add(identity);
    const [record] = this.#records(identity);
    if (record === undefined) throw unknownPerson();
    const log = logBytes(theirs);
    record.log = log;
    record.verifiedLog = log;
    record.verifiedAtMs = this.#nowMs();
    return this.#kept(identity);
  }

  async #logs(
    identity: string,
  ): Promise<{ readonly own: IdentityLog; readonly theirs: IdentityLog }> {
    const logs = await this.#people.logsShared(parsedIdentity(identity));
    if (logs === undefined) throw unknownPerson();
    return logs;
  }

  async #kept(identity: string): Promise<Contact> {
    await this.#flush();
    this.#look();
    const contact = this.#list.get().find(({ id }) => id === identity);
    if (contact === undefined) throw unknownPerson();
    return contact;
  }

  async #flush(): Promise<void> {
    await this.#engine.opened(this.#engine.requireIdentity().haloSpace)?.flush();
  }

  #follow(): void {
    this.#database()
      ?.query(ContactRecord)
      .subscribe(() => this.#look());
    this.#look();
  }

  #look(): void {
    const database = this.#database();
    if (database === undefined) return;
    const kept = new Map<string, Kept>();
    // Two devices may have kept the same person at once: what is verified counts, else the older record.
    for (const record of database.query(ContactRecord).run()) {
      const other = kept.get(record.identity);
      const isBetter = other?.verifiedAtMs === undefined && record.verifiedAtMs !== undefined;
      if (other === undefined || isBetter) kept.set(record.identity, record);
    }
    for (const record of kept.values()) this.#keepLog(record);
    const contacts = toldApart([...kept.values()].flatMap((record) => this.#contact(record) ?? []));
    this.#list.set([...contacts].sort((a, b) => a.displayName.localeCompare(b.displayName)));
  }

  /** What a space says of somebody's devices is kept, so that it is known when that space is not open. */
  #keepLog(record: Kept): void {
    const identity = identityOrNot(record.identity);
    const before = logOrNot(record.log);
    if (identity === undefined || before === undefined) return;
    const now = this.#people.logOf(identity, before);
    if (now !== undefined && entriesOf(now) > entriesOf(before)) record.log = logBytes(now);
  }

  #contact(record: Kept): Contact | undefined {
    const { identity, name, sinceMs, space, spaceName } = record;
    const id = identityOrNot(identity);
    if (id === undefined) return undefined;
    return {
      id,
      displayName: name === '' ? (this.#people.nameOf(id) ?? shownName(record.shownName)) : name,
      ...(name === '' ? {} : { givenName: name }),
      ...(this.#people.lookOf(id) ?? { hue: hueOf(id) }),
      from: { space, name: shownName(spaceName) },
      sinceMs,
      standing: this.#standing(id, record),
    };
  }

  #standing(identity: IdentityId, record: Kept): ContactStanding {
    const { verifiedAtMs: atMs, verifiedLog } = record;
    if (atMs === undefined || verifiedLog === undefined) return { at: 'unverified' };
    const verified = logOrNot(verifiedLog);
    const now = this.#people.logOf(identity, logOrNot(record.log));
    if (verified === undefined || now === undefined) return { at: 'unverified' };
    const { devices, isContested, words } = changesSince(verified, now);
    if (isContested) return { at: 'contested', atMs };
    return devices === 0 && !words
      ? { at: 'verified', atMs }
      : { at: 'changed', atMs, devices, words };
  }

  #records(identity: string): readonly Kept[] {
    return this.#halo()
      .query(ContactRecord)
      .run()
      .filter((record) => record.identity === identity);
  }

  #halo(): Database {
    const database = this.#database();
    if (database !== undefined) return database;
    throw new ClientError('CLIENT_NO_IDENTITY', 'this profile has no identity yet');
  }

  #nowMs(): number {
    return Math.floor(this.#engine.platform.clock.nowMs());
  }
}

/** An identity's id from text. @throws ClientError `CLIENT_UNKNOWN_PERSON`. */
function parsedIdentity(text: string): IdentityId {
  const identity = identityOrNot(text);
  if (identity === undefined) throw unknownPerson();
  return identity;
}

function identityOrNot(text: string): IdentityId | undefined {
  try {
    return parseId('identity', text);
  } catch (failure) {
    if (failure instanceof AtollError) return undefined;
    throw failure;
  }
}

function logOrNot(bytes: Uint8Array): IdentityLog | undefined {
  try {
    return logOfBytes(bytes);
  } catch (failure) {
    if (failure instanceof AtollError) return undefined;
    throw failure;
  }
}

function unknownPerson(): ClientError {
  return new ClientError('CLIENT_UNKNOWN_PERSON', 'nobody of that id is in a space with you');
}
