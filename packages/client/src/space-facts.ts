/** What there is to know of a space for those who only look at it: of an open one, or of one that is closed. */
import { zoneOfObject, type Space } from '@atoll/echo';
import { fromHex, toHex, type IdentityId, type SpaceId } from '@atoll/kernel';
import type { Role, SpaceInfo } from './api.ts';
import { SpaceProperties } from './halo-records.ts';
import { hueOf, lookOf, lookOfMember } from './people.ts';
import type { PersonLook } from './profile-api.ts';
import { nameIn } from './names-in-space.ts';

/** Members that are known of a closed space; of a larger one the others come with opening it. */
export const KEPT_MEMBERS_MAX = 256;
/** Devices of members that are known of a closed space: whoever has another one waits until it is open. */
export const KEPT_DEVICES_MAX = 1024;

/** A person in a space. */
export interface KnownMember extends PersonLook {
  readonly id: IdentityId;
  readonly displayName: string;
  readonly role: Role;
  /** Who let him in; not kept of a closed space. */
  readonly letInBy?: IdentityId;
  /** Number of the epoch with which his role ends; not kept of a closed space. */
  readonly untilEpoch?: number;
}

/** Facts of a space. */
export interface SpaceFacts {
  readonly id: SpaceId;
  /** Whose profile this is. */
  readonly me: IdentityId;
  readonly blocks: number;
  readonly objects: number;
  /** Everything shown is on this device's disk. */
  readonly durable: boolean;
  readonly myRole: Role | undefined;
  /** What this device may do: one that is brought back writes nothing before the space has heard of that. */
  readonly roleHere: Role;
  readonly members: readonly KnownMember[];
  /** Session keys of the members' devices, in hex, and whose they are. */
  readonly devices: ReadonlyMap<string, IdentityId>;
  /** Whose device has this session key, in hex. */
  identityOf(remote: string): IdentityId | undefined;
  /** How somebody is shown. */
  lookOf(identity: IdentityId): PersonLook;
  /** How somebody is called; `undefined` if nobody of that name was ever here. */
  nameOf(identity: IdentityId): string | undefined;
  /** A member who has the key that reads the mailbox, and not the one that writes there. */
  readonly lacksPosting: boolean;
  /** Not all members read an object; of a closed space nobody knows, so it is true. */
  readonly isPrivate: (object: string) => boolean;
}

/** The facts of an open space, as they are when they are asked for. */
export function factsOf(space: Space): SpaceFacts {
  const { authority } = space;
  return {
    id: space.id,
    me: space.identity,
    get blocks() {
      return space.index.branches.blockCount;
    },
    get objects() {
      return space.database.count();
    },
    get durable() {
      return space.commitState.at === 'durable';
    },
    get myRole() {
      return space.myRole;
    },
    get roleHere() {
      return (space.devices.isStopped ? undefined : space.myRole) ?? 'reader';
    },
    get members() {
      return authority.members().map((member) => ({
        id: member.identity,
        displayName: nameIn(authority, member.identity),
        ...lookOfMember(member),
        role: member.role,
        ...(member.grantedBy === undefined ? {} : { letInBy: member.grantedBy }),
        ...(member.until === undefined ? {} : { untilEpoch: member.until }),
      }));
    },
    get devices() {
      const devices = authority
        .members()
        .flatMap(({ identity }) => authority.identities.devicesOf(identity));
      return new Map(devices.map((device) => [toHex(device.agreementKey), device.identity]));
    },
    identityOf: (remote) => {
      const key = fromHex(remote);
      if (key === undefined) return undefined;
      return authority.identities.byAgreementKey(key)[0]?.identity;
    },
    lookOf: (identity) =>
      lookOf(identity, authority.profileOf(identity), authority.detailsOf(identity)),
    nameOf: (identity) =>
      authority.profileOf(identity) === undefined ? undefined : nameIn(authority, identity),
    get lacksPosting() {
      const newest = space.keys.ring.memberships().at(-1);
      if (newest === undefined || newest.posting !== undefined) return false;
      return authority.isGivenAll(space.identity, 'membership');
    },
    isPrivate: (object) => {
      const zone = zoneOfObject(space.database, object);
      return zone !== undefined && !authority.credentials.zones.isOpen(zone);
    },
  };
}

/** Facts that need no open space: plain data. */
export interface KeptFacts {
  readonly blocks: number;
  readonly objects: number;
  readonly myRole: Role | undefined;
  readonly members: readonly KnownMember[];
  readonly devices: ReadonlyMap<string, IdentityId>;
}

/** Nothing is known yet. */
export const NOTHING_KNOWN: KeptFacts = {
  blocks: 0,
  objects: 0,
  myRole: undefined,
  members: [],
  devices: new Map(),
};

/** A copy of what is to be known when the space is closed. */
export function keptFacts({ blocks, devices, members, myRole, objects }: SpaceFacts): KeptFacts {
  return {
    blocks,
    objects,
    myRole,
    members: members.slice(0, KEPT_MEMBERS_MAX),
    devices: new Map([...devices].slice(0, KEPT_DEVICES_MAX)),
  };
}

/** The facts of a closed space. */
export function closedFacts(id: SpaceId, me: IdentityId, kept: KeptFacts): SpaceFacts {
  const members = new Map(kept.members.map((member) => [member.id, member]));
  return {
    ...kept,
    id,
    me,
    durable: true,
    roleHere: kept.myRole ?? 'reader',
    identityOf: (remote) => kept.devices.get(remote),
    lookOf: (identity) => members.get(identity) ?? { hue: hueOf(identity) },
    nameOf: (identity) => members.get(identity)?.displayName,
    lacksPosting: false,
    isPrivate: () => true,
  };
}

/** Figures of an open space, for people who compare replicas. */
export function infoOf(space: Space, name: string): SpaceInfo {
  const { blocks, members, objects, root } = space.figures();
  // What the space says of itself is nobody's object.
  const own = space.database.query(SpaceProperties).count();
  return { id: space.id, name, objects: objects - own, blocks, members, root: toHex(root) };
}
