/** {@link Zones} of a space: what it says now, and the way to change it. Of a closed space, what was last known. */
import { loadZoneActs, zoneOfObject, type Space, type ZoneActs } from '@atoll/echo';
import type { GrantSubject, GroupId, Level } from '@atoll/halo';
import type { IdentityId, ZoneId } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import { DerivedCell, sameData, type Live } from '../live.ts';
import type { RightsSubject } from '../members-api.ts';
import type { RightsParts } from '../rights/space-rights.ts';
import type { Zone, ZoneRole, Zones } from '../zones-api.ts';
import { refuseLastOwner } from './zone-owners.ts';
import { ZoneProperties } from './zone-properties.ts';
import { zonesOf } from './zones-view.ts';

/** Characters of a name. */
const NAME_CHARACTERS_MAX = 200;

const LEVELS: Readonly<Record<ZoneRole, Level>> = { reader: 'read', writer: 'write', owner: 'own' };

/** See above. */
export class SpaceZones implements Zones {
  readonly cell: DerivedCell<readonly Zone[]>;
  readonly #parts: RightsParts;
  #last: readonly Zone[] = [];

  constructor(parts: RightsParts) {
    this.#parts = parts;
    this.cell = new DerivedCell(() => {
      const space = parts.now();
      if (space !== undefined) this.#last = zonesOf(space);
      return this.#last;
    }, sameData);
  }

  get list(): Live<readonly Zone[]> {
    return this.cell;
  }

  async create(options: { readonly name: string; readonly open?: boolean }): Promise<Zone> {
    const { name, open: isOpen = false } = options;
    requireName(name);
    const { acts, ...actor } = await this.#actor();
    const zone = await acts.beginZone(actor, { isOpen });
    actor.space.database.add(ZoneProperties, { name }, { zone });
    await actor.space.flush();
    return this.#zone(actor.space, zone);
  }

  async rename(zone: string, name: string): Promise<void> {
    requireName(name);
    const { space } = await this.#actor();
    const { database } = space;
    const { id } = this.#zone(space, zone);
    const all = database.query(ZoneProperties).run();
    const own = all.filter((one) => zoneOfObject(database, one.id) === id);
    database.transaction(() => {
      if (own.length === 0) database.add(ZoneProperties, { name }, { zone: id as ZoneId });
      for (const one of own) one.name = name;
    });
    await space.flush();
  }

  async grant(
    zone: string,
    subject: RightsSubject,
    options: { readonly role?: ZoneRole; readonly withHistory?: boolean } = {},
  ): Promise<void> {
    const { acts, ...actor } = await this.#actor();
    const { id, isOpen, name } = this.#zone(actor.space, zone);
    const { role = 'writer', withHistory } = options;
    const to = subjectIn(actor.space, subject);
    if (role !== 'owner') refuseLastOwner(actor.space, id as ZoneId, to);
    const right = { subject: to, level: LEVELS[role], withHistory };
    await acts.openZone(actor, id as ZoneId, right);
    const given = to.to === 'identity' ? to.identity : to.to === 'group' ? to.group : undefined;
    const { members } = this.#zone(actor.space, zone);
    const readsAll = members.find((one) => one.id === given)?.withHistory !== false;
    if (readsAll || isOpen || name === undefined) return;
    // What it is called was said before, under keys that he does not have.
    actor.space.database.add(ZoneProperties, { name }, { zone: id as ZoneId });
    await actor.space.flush();
  }

  async revoke(zone: string, subject: RightsSubject): Promise<void> {
    const { acts, ...actor } = await this.#actor();
    const { id } = this.#zone(actor.space, zone);
    const from = subjectIn(actor.space, subject);
    refuseLastOwner(actor.space, id as ZoneId, from);
    await acts.closeZone(actor, id as ZoneId, from);
  }

  of(object: { readonly id: string } | string): Zone | undefined {
    const space = this.#parts.now();
    if (space === undefined) return undefined;
    const zone = zoneOfObject(space.database, typeof object === 'string' ? object : object.id);
    return zone === undefined ? undefined : this.cell.get().find(({ id }) => id === zone);
  }

  #zone(space: Space, id: string): Zone {
    const found = zonesOf(space).find((one) => one.id === id);
    if (found !== undefined) return found;
    throw new ClientError('CLIENT_UNKNOWN_ZONE', 'there is no such private zone in this space');
  }

  /** With everything that has come so far. */
  async #actor(): Promise<Parameters<ZoneActs['openZone']>[0] & { readonly acts: ZoneActs }> {
    const { deviceSigner, platform } = this.#parts.by;
    const acts = await loadZoneActs();
    const space = await this.#parts.opened();
    await space.settled();
    return { acts, space, rng: platform.rng, deviceSigner };
  }
}

function subjectIn({ authority }: Space, { member, team }: RightsSubject): GrantSubject {
  if (member === undefined) {
    const group = authority.groups().find((one) => one === team);
    if (group !== undefined) return { to: 'group', group: group as GroupId };
    throw new ClientError('CLIENT_UNKNOWN_TEAM', 'there is no such team in this space');
  }
  const identity = member as IdentityId;
  if (authority.roleOf(identity) !== undefined) return { to: 'identity', identity };
  throw new ClientError('CLIENT_UNKNOWN_MEMBER', 'nobody of that name is in this space');
}

function requireName(name: string): void {
  if (name.trim() !== '' && name.length <= NAME_CHARACTERS_MAX) return;
  const what = `a zone is called something, in at most ${String(NAME_CHARACTERS_MAX)} characters`;
  throw new ClientError('CLIENT_ZONE_NAME', what);
}
