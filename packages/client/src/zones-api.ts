/**
 * Parts of a space with rights of their own as applications see them: objects that only some members read, of which
 * the others see that something is there and not what; or that all read and only some write.
 */
import type { Live } from './live.ts';
import type { Named, RightsSubject } from './members-api.ts';

/** What somebody may do in a zone: read, also write, also let others in and put them out. */
export type ZoneRole = 'reader' | 'writer' | 'owner';

/** Somebody, or a team, who was let into a zone. */
export interface ZoneMember extends Named {
  readonly kind: 'member' | 'team';
  readonly role: ZoneRole;
  /** False for one who reads only what came after him. */
  readonly withHistory: boolean;
}

/** A part of a space with rights of its own. */
export interface Zone {
  readonly id: string;
  /** Absent for who does not read it. */
  readonly name?: string;
  /** True for one that all members read, and few write. That never changes. */
  readonly isOpen: boolean;
  /** Who began it. */
  readonly founder: Named;
  /** Who was let in, the founder too. All members see this. */
  readonly members: readonly ZoneMember[];
  /** Ids of all who read it, ascending: in person or through a team; of an open one all members. */
  readonly readers: readonly string[];
  /** What this identity may do there; absent for who does not read it. */
  readonly myRole?: ZoneRole;
  /**
   * All its owners were put out of the space: its readers read and write on, and nobody is let in any more. They can
   * begin another zone, and copy into it what they need.
   */
  readonly isFrozen: boolean;
  /** What lies on this device and does not open here: blocks' sections, and their bytes as they are stored. */
  readonly sealed: { readonly sections: number; readonly bytes: number };
}

/**
 * The private parts of a space. `space.db.add(Type, {…}, { zone })` makes objects there, and
 * `space.blobs.put(content, { zone })` seals a file for them. Of a space with
 * zones no history is dropped.
 */
export interface Zones {
  /** All of them, those that are not read here too; by name, those without one last. */
  readonly list: Live<readonly Zone[]>;
  /**
   * Begins one that only this identity reads; with `open`, one that everybody in the space reads and only this
   * identity writes. Durable when resolved. @throws SpaceError `SPACE_READ_ONLY`, `SPACE_NOT_READY`; ClientError
   * `CLIENT_ZONE_NAME`.
   */
  create(options: { readonly name: string; readonly open?: boolean }): Promise<Zone>;
  /** @throws ClientError `CLIENT_UNKNOWN_ZONE`, `CLIENT_ZONE_NAME`; SpaceError `SPACE_NO_RIGHT`. */
  rename(zone: string, name: string): Promise<void>;
  /**
   * Lets a member or a team into a zone, as a writer and with all that is there if nothing else is said; gives
   * another role to who is in it. Who reads only what came after him goes on so, whatever his role, until
   * `withHistory: true` gives him the rest; what somebody reads is not taken back from him by `false`. In an open one
   * everybody reads all that he reads of the space. Only its owners may, not those of the space. Durable when resolved.
   * @throws ClientError `CLIENT_UNKNOWN_ZONE`, `CLIENT_UNKNOWN_MEMBER`, `CLIENT_UNKNOWN_TEAM`, `CLIENT_LAST_OWNER` if
   * no owner would stay; SpaceError `SPACE_NO_RIGHT`, `SPACE_KEY_MISSING`.
   */
  grant(
    zone: string,
    subject: RightsSubject,
    options?: { readonly role?: ZoneRole; readonly withHistory?: boolean },
  ): Promise<void>;
  /**
   * Puts somebody out, or oneself: what is written from then on is sealed under keys that he does not get. What he
   * has read he keeps. Of an open zone he is a reader as everybody else. Owners of the zone, and whoever may remove people from the space. Durable when resolved.
   * @throws as {@link Zones.grant}.
   */
  revoke(zone: string, subject: RightsSubject): Promise<void>;
  /** The zone that an object is in; `undefined` for one that all members read. */
  of(object: { readonly id: string } | string): Zone | undefined;
}
