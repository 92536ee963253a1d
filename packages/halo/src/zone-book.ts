/** Zones that a space knows, and the credentials that their founding gives. */
import { ROOT_ZONE, type CredentialId, type SpaceId, type ZoneId } from '@atoll/kernel';
import type { AccessTree } from './access/access-tree.ts';
import type { GrantInput } from './access/act-inputs.ts';
import type { ActPlace } from './access/acts.ts';
import { zoneCredentialOf, zoneIdOf, zoneKey, type Zone } from './statements-zones.ts';
import type { VoidCode } from './verdict.ts';

const OWN = 4;

/** Zones of one space. */
export class ZoneBook {
  readonly #space: SpaceId;
  readonly #zones = new Map<ZoneId, CredentialId>();
  readonly #open = new Set<ZoneId>();

  constructor(space: SpaceId) {
    this.#space = space;
  }

  /** Takes the founding of a zone by an author who is known: what it grants him. Others cannot found it for him. */
  enter(zone: Zone, place: ActPlace): GrantInput | VoidCode {
    if (zone.space !== this.#space) return 'other-space';
    if (zone.founder !== place.author) return 'issuer-wrong';
    const id = zoneIdOf(zone);
    const credential = zoneCredentialOf(zone);
    this.#zones.set(id, credential);
    if (zone.kind === 'open-zone') this.#open.add(id);
    const by = [zone.parent, ...zone.through];
    const right = { subject: zone.founder, path: zoneKey(id), level: OWN };
    return { place, credential, by, ...right, isZone: true };
  }

  /** Zones that were begun, whether that counts or not, ascending; each with its founder's credential. */
  get all(): readonly (readonly [ZoneId, CredentialId])[] {
    return [...this.#zones].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** The closed ones of them. */
  get closed(): readonly ZoneId[] {
    return this.all.flatMap(([zone]) => (this.#open.has(zone) ? [] : [zone]));
  }

  /** True where any was begun. */
  get isAny(): boolean {
    return this.#zones.size > 0;
  }

  /** True for an open one: who reads the space reads it. */
  isOpen(zone: string): boolean {
    return this.#open.has(zone as ZoneId);
  }

  /** True for a zone that was begun, and for what all members read. */
  isKnown(zone: ZoneId): boolean {
    return zone === ROOT_ZONE || this.#zones.has(zone);
  }

  /** True if a block knows that a zone was begun, or that any was. */
  isKnownIn(tree: AccessTree, block: number, zone?: ZoneId): boolean {
    const foundings = zone === undefined ? [...this.#zones.values()] : [this.#zones.get(zone)];
    return foundings.some((id) => id !== undefined && tree.isKnownIn(block, id));
  }
}
