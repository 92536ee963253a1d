/** What the private space of an identity lists of its spaces, written. */
import type { Database } from '@atoll/echo';
import type { KeyRing } from '@atoll/halo';
import { equalBytes, type SpaceId } from '@atoll/kernel';
import { ClientError } from './client-error.ts';
import type { Engine } from './engine.ts';
import { SpaceRecord } from './halo-records.ts';
import { keptOf, type KeptSpace } from './kept-space.ts';
import type { ListedSpace } from './listed-spaces.ts';
import type { SpaceHandle } from './space-handle.ts';

/** See above. */
export class SpaceListing {
  readonly #engine: Engine;
  readonly #database: () => Database | undefined;

  constructor(engine: Engine, database: () => Database | undefined) {
    this.#engine = engine;
    this.#database = database;
  }

  /** Lists a space; `server` where it names none. Durable when resolved. @throws ClientError `CLIENT_NO_IDENTITY`. */
  async add({ id, kube = '', link, name, ring }: KeptSpace, server: string): Promise<void> {
    const isAdded = await this.#write((database) => {
      const at = kube === '' ? server : kube;
      const record = { space: id, keys: ring.export(), name, kube: at };
      database.add(SpaceRecord, link === undefined ? record : { ...record, link });
    });
    if (!isAdded) throw new ClientError('CLIENT_NO_IDENTITY', 'the identity is not open');
  }

  /** Lists a space that is here, and that nothing lists any more. Durable when resolved. */
  async relist(handle: SpaceHandle | undefined, server = ''): Promise<void> {
    if (handle === undefined) return;
    const { name, place } = handle;
    await this.add({ id: place.id, ring: place.ring, name: name.get() }, server);
  }

  /** What a record says. @throws ClientError `CLIENT_NO_IDENTITY`. */
  keptOf(record: ListedSpace): KeptSpace {
    const database = this.#database();
    if (database !== undefined) return keptOf(database, record);
    throw new ClientError('CLIENT_NO_IDENTITY', 'the identity is not open');
  }

  /** Keys were changed: the other devices of the identity find them with the space. */
  async keepKeys(id: SpaceId, ring: KeyRing): Promise<boolean> {
    const bytes = ring.export();
    return this.#write((database) => {
      const records = database.query(SpaceRecord).where({ space: id }).run();
      for (const record of records) if (!equalBytes(record.keys, bytes)) record.keys = bytes;
    });
  }

  /** False while the private space is not open. */
  async #write(act: (database: Database) => void): Promise<boolean> {
    const database = this.#database();
    const halo = this.#engine.opened(this.#engine.requireIdentity().haloSpace);
    if (database === undefined || halo === undefined) return false;
    act(database);
    await halo.flush();
    return true;
  }
}
