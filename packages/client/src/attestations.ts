/** The door to attestations: what is kept of them as values that change, and a desk that is loaded when it is used. */
import type { Database, Space as EchoSpace } from '@atoll/echo';
import { errorCode, type SpaceId } from '@atoll/kernel';
import type { AttestationDesk } from './attestation-desk.ts';
import type {
  Attestations,
  Imported,
  KeptAttestation,
  KeptCredential,
  NewAttestation,
  PresentOptions,
  ShownAttestation,
  Verified,
} from './attestations-api.ts';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import { AttestationRecord, CredentialRecord } from './halo-records.ts';
import type { KnownPeople } from './known-people.ts';
import { LiveCell, sameData, type Live } from './live.ts';

/** {@link Attestations} over the HALO space and the shared ones. */
export class EngineAttestations implements Attestations {
  readonly #engine: Engine;
  readonly #people: KnownPeople;
  readonly #database: Live<Database | undefined>;
  readonly #list = new LiveCell<readonly KeptAttestation[]>([], sameData);
  readonly #credentials = new LiveCell<readonly KeptCredential[]>([], sameData);
  #desk: Promise<AttestationDesk> | undefined;
  #looking: 'no' | 'yes' | 'again' = 'no';
  #decisions = 0;

  constructor(engine: Engine, people: KnownPeople, database: Live<Database | undefined>) {
    this.#engine = engine;
    this.#people = people;
    this.#database = database;
    database.subscribe(() => this.#follow());
    engine.onSpaceChange(() => this.#spacesChanged());
  }

  get list(): Live<readonly KeptAttestation[]> {
    return this.#list;
  }

  get credentials(): Live<readonly KeptCredential[]> {
    return this.#credentials;
  }

  async ready(): Promise<void> {
    this.#halo();
    await this.#look();
  }

  async make(options: NewAttestation): Promise<KeptAttestation> {
    return this.#shown((await this.#open()).make(options));
  }

  async import(text: string): Promise<Imported> {
    return this.#shown((await this.#open()).import(text));
  }

  async verify(text: string): Promise<Verified> {
    return (await this.#open()).verify(text);
  }

  async export(id: string, options: Parameters<Attestations['export']>[1] = {}): Promise<string> {
    return (await this.#open()).export(id, options.form ?? 'atoll', options.fields);
  }

  async publish(id: string, options: Parameters<Attestations['publish']>[1]): Promise<void> {
    return (await this.#open()).publish(id, options.space, options.fields);
  }

  async withdraw(id: string, options: { readonly space: string }): Promise<void> {
    return (await this.#open()).withdraw(id, options.space);
  }

  async revoke(id: string): Promise<string> {
    return this.#shown((await this.#open()).revoke(id));
  }

  async remove(id: string): Promise<void> {
    return this.#shown((await this.#open()).remove(id));
  }

  async shownIn(space: string): Promise<readonly ShownAttestation[]> {
    return (await this.#open()).shownIn(space);
  }

  /** See `Halo.present`. */
  async present(options: PresentOptions): Promise<string> {
    return (await this.#open()).present(options);
  }

  #open(): Promise<AttestationDesk> {
    return (this.#desk ??= this.#load());
  }

  async #load(): Promise<AttestationDesk> {
    const { AttestationDesk: Desk } = await import('./attestation-desk.ts');
    return Desk.open({
      engine: this.#engine,
      people: this.#people,
      halo: () => this.#halo(),
      space: (id) => this.#space(id),
    });
  }

  /** Whoever has waited for a change sees it in the lists. */
  async #shown<T>(work: Promise<T>): Promise<T> {
    const done = await work;
    await this.#look();
    return done;
  }

  #follow(): void {
    const database = this.#database.get();
    if (database === undefined) return;
    const look = (): void => this.#lookSoon();
    database.query(AttestationRecord).subscribe(look);
    database.query(CredentialRecord).subscribe(look);
    look();
  }

  /** Only a statement changes whose devices there are, and what was taken back. */
  #spacesChanged(): void {
    let decisions = 0;
    for (const { opened } of this.#engine.places) {
      decisions += opened?.space.authority.decisionCount ?? 0;
    }
    if (decisions === this.#decisions) return;
    this.#decisions = decisions;
    this.#lookSoon();
  }

  #lookSoon(): void {
    const database = this.#database.get();
    if (database === undefined) return;
    const isEmpty =
      database.query(AttestationRecord).count() + database.query(CredentialRecord).count() === 0;
    // Nothing is loaded for a profile that has none.
    if (isEmpty && this.#desk === undefined) return;
    if (this.#looking !== 'no') {
      this.#looking = 'again';
      return;
    }
    this.#looking = 'yes';
    this.#look()
      .catch((failure: unknown) => {
        if (this.#engine.signal.aborted) return;
        const code = errorCode(failure);
        this.#engine.platform.log.event('warn', 'client.attestations-not-read', { code });
      })
      .finally(() => {
        const again = this.#looking === 'again';
        this.#looking = 'no';
        if (again) this.#lookSoon();
      });
  }

  async #look(): Promise<void> {
    const desk = await this.#open();
    if (this.#engine.signal.aborted) return;
    this.#list.set(await desk.list());
    this.#credentials.set(await desk.credentials());
  }

  #halo(): Database {
    const database = this.#database.get();
    if (database !== undefined) return database;
    throw new ClientError('CLIENT_NO_IDENTITY', 'this profile has no identity yet');
  }

  async #space(id: string): Promise<EchoSpace> {
    const place = this.#engine.place(id as SpaceId);
    if (place === undefined || id === this.#engine.identity.get()?.haloSpace) {
      throw new ClientError('CLIENT_UNKNOWN_SPACE', 'there is no such space in this profile');
    }
    return place.open();
  }
}
