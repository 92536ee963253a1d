/**
 * Who reads what, as keys ask for it: the space and its root zone are read by whoever has a right by name, a closed
 * zone by those of them who have one there. An open zone has no keys: what is in it lies under those of the space.
 */
import {
  ROOT_ZONE,
  type CredentialId,
  type IdentityId,
  type KeyId,
  type ZoneId,
} from '@atoll/kernel';
import type { PathKey } from './access/acts.ts';
import { isBy } from './access/losses.ts';
import { isBelow, isInZones } from './access/path-keys.ts';
import type { CredentialBook } from './credential-book.ts';
import type { IdentityBook } from './identity-book.ts';
import type { KeyBook, KeyRights } from './key-book.ts';
import type { Credential } from './people-rights.ts';
import { compareRank } from './rank.ts';
import type { KeysOf, Reader } from './statements.ts';
import { zoneKey } from './statements-zones.ts';

/** Answers from the rights of a space. */
export function keyRightsOf(credentials: CredentialBook, identities: IdentityBook): KeyRights {
  const isHere = (of: KeysOf): of is 'membership' => of === 'membership' || of === ROOT_ZONE;
  const readersOf = (of: KeysOf, block: number | undefined): readonly IdentityId[] | undefined => {
    if (credentials.zones.isOpen(of)) return undefined;
    const rights = credentials.asOf(block);
    return isHere(of) ? rights.members() : rights.zones.of(of);
  };
  return {
    rankOf: (credential) => credentials.rankOf(credential),
    readersOf,
    losses: (of, block) => {
      const rights = credentials.asOf(block);
      const lost = isHere(of) ? rights.losses() : rights.zones.lossesOf(of);
      const readers = readersOf(of, block) ?? [];
      return [
        ...((block === undefined ? lost?.last : lost?.before(block)) ?? []),
        ...identities.stoppedAmong(readers, block).map((of) => [{ is: 'devices', of } as const]),
      ];
    },
    isLostBy: (identity, block) =>
      credentials
        .asOf(block)
        .lossesOf(identity)
        .some((loss) => isBy(loss, block)),
    knows: (block, reason, asOf) => {
      if (reason.is === 'epoch') return credentials.epochs.isSealedIn(reason.epoch, block);
      return reason.is === 'devices' && identities.coversStops(reason.of, block, asOf);
    },
    endingTo: (block) => credentials.epochs.endingTo(block),
    isStopped: (identity, device, block) => identities.isStopped(identity, device, block),
    knowsStops: (identity, block, at) => identities.knowsStops(identity, block, at),
    get version() {
      return credentials.version + identities.version;
    },
  };
}

/** True for somebody who gets all of a generation: see `SpaceAuthority.isGivenAll`. */
export function isGivenAll(
  of: { readonly credentials: CredentialBook; readonly identities: IdentityBook },
  identity: IdentityId,
  keys: KeysOf,
): boolean {
  if (keys === 'membership') return !of.identities.isLink(identity);
  return readsHistory(of.credentials, identity, keys);
}

/** True for somebody to whom history is given, of the space or of a closed zone. */
function readsHistory(credentials: CredentialBook, identity: IdentityId, of: ZoneId): boolean {
  const isWith = ({ grant }: Credential): boolean => grant?.withoutHistory !== true;
  if (of === ROOT_ZONE) {
    const held = credentials.heldBy(identity);
    return held.some((credential) => !isInZones(credential.path) && isWith(credential));
  }
  const rights = credentials.people.rightsOf({ to: 'identity', identity });
  const isOf = ({ path }: Credential): boolean => isBelow(path, zoneKey(of));
  return rights.some(({ credential }) => isOf(credential) && isWith(credential));
}

/** What is asked about somebody who lacks keys. */
export interface NeedRights {
  /** True for somebody who gets all of a generation, and not only what is left of it by `inPart`. */
  isGivenAll(identity: IdentityId, of: KeysOf): boolean;
  /** Blocks of the grants by which somebody reads: of a zone, in person or through a team. */
  readsBy(identity: IdentityId, of: KeysOf): readonly number[];
}

/** Answers to that from the rights of a space. */
export function needRightsOf(space: Parameters<typeof isGivenAll>[0]): NeedRights {
  return {
    isGivenAll: (identity, of) => isGivenAll(space, identity, of),
    readsBy: (identity, of) => {
      // Of the space it is who is listed.
      if (of === 'membership' || of === ROOT_ZONE) return [];
      const above = zoneKey(of);
      return space.credentials.people
        .rightsOf({ to: 'identity', identity })
        .flatMap(({ block, credential: { path } }) => (isBelow(path, above) ? (block ?? []) : []));
    },
  };
}

/** The zone under whose keys lies what is in a zone. */
export function keyedBy(credentials: CredentialBook, zone: ZoneId): ZoneId {
  return credentials.zones.isOpen(zone) ? ROOT_ZONE : zone;
}

/**
 * Whether a data section lies under keys of its zone, as its block knows them: for good. What lies under others opens
 * for some of the zone's readers and not for all, so nobody opens it.
 */
export function isUnderItsKeys(
  { credentials, keys }: { readonly credentials: CredentialBook; readonly keys: KeyBook },
  section: { readonly block: number; readonly zone: ZoneId; readonly keyId: KeyId },
): boolean {
  const { block, keyId, zone } = section;
  if (zone !== ROOT_ZONE && !credentials.isZonedIn(block, zone)) return false;
  return keys.maySeal(keyedBy(credentials, zone), keyId, block).counts;
}

/** What is had in a zone is exercised there, and nothing else is. */
export function isOfZone(
  credentials: CredentialBook,
  credential: CredentialId,
  zone: ZoneId,
): boolean {
  const path = credentials.pathOf(credential);
  if (path === undefined) return true;
  return zone === ROOT_ZONE ? !isInZones(path) : isBelow(path, zoneKey(zone));
}

/** What of a credential's path lies within a zone. */
export function pathWithin(
  credentials: CredentialBook,
  credential: CredentialId,
  zone: ZoneId,
): PathKey {
  const path = credentials.pathOf(credential) ?? '';
  return zone === ROOT_ZONE ? path : path.slice(zoneKey(zone).length);
}

/** Place of an identity among readers, most senior first. */
export function placeAmong(
  credentials: CredentialBook,
  readers: readonly Reader[],
  identity: IdentityId,
): number | undefined {
  const ranked = readers.map((reader) => ({
    identity: reader.identity,
    rank: credentials.seniority(reader.identity),
  }));
  ranked.sort((a, b) => compareRank(a.rank, b.rank) || (a.identity < b.identity ? -1 : 1));
  const place = ranked.findIndex((reader) => reader.identity === identity);
  return place < 0 ? undefined : place;
}
