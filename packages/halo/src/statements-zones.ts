/**
 * A zone: objects of a space with rights of their own; of a closed one with readers and keys of its own, too. What it says is here, its bytes are in
 * codec-zones.ts and spec/credentials.md, why it is so in docs/decisions/0160.
 */
import { hash } from '@atoll/crypto';
import {
  fromHex,
  idFromBytes,
  type CredentialId,
  type IdentityId,
  type SpaceId,
  type ZoneId,
} from '@atoll/kernel';
import { ZONES_PATH, pathKey, type AccessPath } from './access-path.ts';
import type { PathKey } from './access/acts.ts';
import { bodyBytes } from './statement-body.ts';
import type { Bytes, Exercised } from './statements.ts';

/** Bytes of a zone's name. */
const ZONE_BYTES = 16;

/**
 * Begins a zone. Its name follows from all of this, so nobody else can begin the same. Whoever does holds
 * `own` over the zone, and every other right over it follows from that one.
 */
export interface Zone extends Exercised {
  /** An open zone has no keys: who reads the space reads it, for good. The kind is part of its name. */
  readonly kind: 'zone' | 'open-zone';
  readonly space: SpaceId;
  /** Author of the block that it counts in. */
  readonly founder: IdentityId;
  /** 16 random bytes. */
  readonly nonce: Bytes;
}

/** Name of the zone that a statement begins: the first 16 bytes of a hash. */
export function zoneIdOf(zone: Zone): ZoneId {
  return idFromBytes('zone', hash('zone', bodyBytes(zone)).slice(0, ZONE_BYTES));
}

/** Name of the credential that such a statement gives: own over the zone, to its founder. */
export function zoneCredentialOf(zone: Zone): CredentialId {
  return idFromBytes('credential', hash('zone-credential', bodyBytes(zone)));
}

/** Path of a zone: what is granted there or below is to be had from nowhere above. */
export function zonePath(zone: ZoneId): AccessPath {
  return [ZONES_PATH, (fromHex(zone) ?? new Uint8Array(ZONE_BYTES)) as Bytes];
}

/** The same as one text. */
export function zoneKey(zone: ZoneId): PathKey {
  return pathKey(zonePath(zone));
}
