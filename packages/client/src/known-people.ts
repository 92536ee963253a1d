/** What is known of other identities: from the spaces that are shared with them, and from what was kept. */
import { Reader, Writer } from '@atoll/codec';
import {
  logStatements,
  mergedLog,
  readIdentityLog,
  writeIdentityLog,
  type AttestationId,
  type AttestationRevocation,
  type IdentityLog,
} from '@atoll/halo';
import type { Space as EchoSpace } from '@atoll/echo';
import type { IdentityId, SpaceId } from '@atoll/kernel';
import type { Member, Space } from './api.ts';
import type { Engine } from './engine.ts';
import { idOf } from './own-identity.ts';
import type { PersonLook } from './profile-api.ts';
import type { SpacePlace } from './space-place.ts';

/** Looks through the spaces of a profile for people. */
export class KnownPeople {
  readonly #engine: Engine;
  /** The spaces as applications hold them; the private one is not among them. */
  spaces: () => readonly Space[] = () => [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Spaces in which somebody is a member, open or closed. */
  sharedWith(identity: string): readonly Space[] {
    return this.spaces().filter((space) => space.members.get().some(({ id }) => id === identity));
  }

  /** How somebody is called in the spaces; `undefined` for nobody known. */
  nameOf(identity: string): string | undefined {
    return this.#memberOf(identity)?.displayName;
  }

  /** How somebody is shown in the spaces, of closed ones without words and picture; `undefined` for nobody known. */
  lookOf(identity: string): PersonLook | undefined {
    const member = this.#memberOf(identity);
    if (member === undefined) return undefined;
    const { about, hue, picture } = member;
    const words = about === undefined ? {} : { about };
    return { hue, ...words, ...(picture === undefined ? {} : { picture }) };
  }

  #memberOf(identity: string): Member | undefined {
    for (const space of this.spaces()) {
      const member = space.members.get().find(({ id }) => id === identity);
      if (member !== undefined) return member;
    }
    return undefined;
  }

  /** Everything that open spaces know of an identity's log. */
  logOf(identity: IdentityId, kept?: IdentityLog): IdentityLog | undefined {
    const logs = this.#open().map(({ authority }) => authority.identities.logOf(identity));
    return merged([kept, ...logs]);
  }

  /**
   * Logs of oneself and of another, as the spaces have them in which both are: so the other knows the same.
   * Opens those that are closed.
   */
  async logsShared(
    identity: IdentityId,
  ): Promise<{ readonly own: IdentityLog; readonly theirs: IdentityLog } | undefined> {
    const own = idOf(this.#engine.requireIdentity());
    const places = this.sharedWith(identity).flatMap(({ id }) => this.#place(id) ?? []);
    const opened = await Promise.all(places.map((place) => place.open()));
    const books = opened.map(({ authority }) => authority.identities);
    const mine = merged(books.map((book) => book.logOf(own)));
    const theirs = merged(books.map((book) => book.logOf(identity)));
    return mine === undefined || theirs === undefined ? undefined : { own: mine, theirs };
  }

  /** The issuer's revocation of an attestation, if an open space has it. */
  revocationOf(issuer: IdentityId, id: AttestationId): AttestationRevocation | undefined {
    for (const { authority } of this.#open()) {
      const revocation = authority.claims.revocationOf(issuer, id);
      if (revocation !== undefined) return revocation;
    }
    return undefined;
  }

  #place(id: string): SpacePlace | undefined {
    return this.#engine.place(id as SpaceId);
  }

  #open(): readonly EchoSpace[] {
    return this.#engine.places.flatMap(({ opened }) =>
      opened === undefined ? [] : [opened.space],
    );
  }
}

/** What several copies of a log say together. */
function merged(logs: readonly (IdentityLog | undefined)[]): IdentityLog | undefined {
  return logs.reduce<IdentityLog | undefined>((whole, log) => {
    if (whole === undefined || log === undefined) return whole ?? log;
    return mergedLog(whole, log) ?? whole;
  }, undefined);
}

/** Number of entries of a log. */
export function entriesOf(log: IdentityLog): number {
  return logStatements(log).length;
}

/** A log as bytes of a record. */
export function logBytes(log: IdentityLog): Uint8Array<ArrayBuffer> {
  const writer = new Writer(512);
  writeIdentityLog(writer, log);
  return writer.finish();
}

/** Reads {@link logBytes}. @throws CodecError. */
export function logOfBytes(bytes: Uint8Array): IdentityLog {
  const reader = new Reader(bytes);
  const log = readIdentityLog(reader);
  reader.end();
  return log;
}
