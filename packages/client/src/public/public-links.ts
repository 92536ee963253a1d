/**
 * The public links that this identity has made: kept in its private space, so that each of its devices shows them and
 * renews what they lead to when keys change.
 */
import type { Database } from '@atoll/echo';
import { errorCode } from '@atoll/kernel';
import type { InstanceOf } from '@atoll/schema';
import { ClientError } from '../client-error.ts';
import type { Engine } from '../engine.ts';
import { PublicLinkRecord } from '../halo-records.ts';
import type { SpaceHandle } from '../space-handle.ts';
import type { KeptLink } from './publish-space.ts';

/** After a failure it is tried again so much later, and whenever something has changed. */
const AGAIN_MS = 60_000;
/** What changes at once is renewed at once. */
const SOON_MS = 2_000;

/** What links need of the client. */
export interface PublicLinksParts {
  readonly engine: Engine;
  /** Objects of the private space, once it is open. */
  readonly database: () => Database | undefined;
  readonly handle: (space: string) => SpaceHandle | undefined;
}

/** See above. */
export class PublicLinks {
  readonly #parts: PublicLinksParts;
  #isDue = false;

  constructor(parts: PublicLinksParts) {
    this.#parts = parts;
  }

  /** The private space is open: keeps what the links lead to, from now on. */
  follow(database: Database): void {
    database.query(PublicLinkRecord).subscribe((links) => {
      if (links.length > 0) this.look();
      for (const { space } of links) this.#parts.handle(space)?.publication.look();
    });
  }

  /** The newest link to a space that this identity has made and that is in force. */
  linkOf(space: string, inForce: readonly string[]): KeptLink | undefined {
    return this.#links()
      .filter((link) => link.space === space && inForce.includes(link.reader))
      .sort((a, b) => b.madeAtMs - a.madeAtMs)[0];
  }

  /** Keeps a link. Durable when resolved. @throws ClientError `CLIENT_NO_IDENTITY`; StoreError. */
  async keep({ kube, madeAtMs, reader, recordSeed, secret, space, url }: KeptLink): Promise<void> {
    const { database, engine } = this.#parts;
    const halo = database();
    if (halo === undefined) {
      throw new ClientError('CLIENT_NO_IDENTITY', 'the identity is not open');
    }
    halo.add(PublicLinkRecord, { kube, madeAtMs, reader, recordSeed, secret, space, url });
    await engine.opened(engine.requireIdentity().haloSpace)?.flush();
  }

  /** Keys or links may have changed. */
  look(): void {
    if (this.#isDue || this.#links().length === 0) return;
    this.#isDue = true;
    void this.#later(SOON_MS);
  }

  /** Takes what the ended links of a space lead to from the server, if that is there; else it is done later. */
  async drop(space: string): Promise<void> {
    const { engine } = this.#parts;
    try {
      if (!engine.online.get()) return this.look();
      for (const link of this.#links()) if (link.space === space) await this.#renew(link);
    } catch (failure) {
      const code = errorCode(failure);
      engine.platform.log.event('info', 'client.public-link-not-dropped', { code });
      this.look();
    }
  }

  async #later(waitMs: number): Promise<void> {
    const { engine } = this.#parts;
    const { clock, log } = engine.platform;
    await clock.sleep(waitMs, engine.signal).catch(() => undefined);
    this.#isDue = false;
    if (engine.signal.aborted || !engine.isKeeper || !engine.online.get()) return;
    try {
      for (const link of this.#links()) await this.#renew(link);
    } catch (failure) {
      if (engine.signal.aborted) return;
      log.event('info', 'client.public-link-not-renewed', { code: errorCode(failure) });
      if (this.#isDue) return;
      this.#isDue = true;
      void this.#later(AGAIN_MS);
    }
  }

  async #renew(link: KeptLink): Promise<void> {
    const { engine, handle } = this.#parts;
    const space = handle(link.space);
    const echo = await space?.opened();
    const { renewRecord } = await import('./publish-space.ts');
    const isEnded =
      echo === undefined ||
      echo.authority.credentials.wasRemoved(link.reader as typeof echo.identity);
    // Somebody else's statement that makes it public may still be on its way.
    if (!isEnded && !echo.authority.links().includes(link.reader as typeof echo.identity)) return;
    if (isEnded) {
      await renewRecord(engine, link, undefined);
      const database = this.#parts.database();
      const own = this.#records().filter(({ reader }) => reader === link.reader);
      for (const record of own) database?.delete(record);
    } else await renewRecord(engine, link, { echo, name: space?.name.get() ?? '' });
  }

  #links(): readonly KeptLink[] {
    return this.#records();
  }

  #records(): readonly InstanceOf<typeof PublicLinkRecord>[] {
    return this.#parts.database()?.query(PublicLinkRecord).run() ?? [];
  }
}
