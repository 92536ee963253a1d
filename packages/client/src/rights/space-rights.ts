/** {@link SpaceRights} of a space: what it says now, and the way to change it. Of a closed space, what was last known. */
import type { Space } from '@atoll/echo';
import type { IdentityId, Rng, Signer } from '@atoll/kernel';
import type { Role } from '../api.ts';
import { ClientError } from '../client-error.ts';
import { DerivedCell, sameData, type Live } from '../live.ts';
import type {
  OwnRemoval,
  PartChange,
  PartRight,
  PartRole,
  PersonRights,
  PlaceRights,
  Removal,
  RemovalPlan,
  RemoveOptions,
  RightsChange,
  RightsLimits,
  RightsPlace,
  RightsSubject,
  SpaceRights,
  SpaceRoot,
  Team,
} from '../members-api.ts';
import type { PartActs } from './part-acts.ts';
import { partsOf, whoCanAt } from './part-view.ts';
import type { RightsActs } from './rights-acts.ts';
import type { ActsParts } from './rights-actor.ts';
import { SpaceZones } from '../zones/space-zones.ts';
import {
  everybodysRights,
  ownRemoval,
  personRights,
  removalsOf,
  spaceRoot,
  teamsOf,
} from './rights-view.ts';
import type { TeamActs } from './team-acts.ts';

/** What it is made of. */
export interface RightsParts {
  /** The space, while it is open. */
  readonly now: () => Space | undefined;
  /** The space, opened if it was closed. */
  readonly opened: () => Promise<Space>;
  /** Whose rights are exercised. */
  readonly by: { readonly deviceSigner: Signer; readonly platform: { readonly rng: Rng } };
}

/** See above. */
export class SpaceRightsView implements SpaceRights {
  readonly #parts: RightsParts;
  /** Private parts of the space. */
  readonly zones: SpaceZones;
  readonly #teams: DerivedCell<readonly Team[]>;
  readonly #removals: DerivedCell<readonly Removal[]>;
  readonly #removed: DerivedCell<OwnRemoval | undefined>;
  readonly #parted: DerivedCell<readonly PartRight[]>;
  readonly #root: DerivedCell<SpaceRoot | undefined>;

  constructor(parts: RightsParts) {
    this.#parts = parts;
    this.zones = new SpaceZones(parts);
    this.#teams = this.#cell<readonly Team[]>(teamsOf, []);
    this.#removals = this.#cell<readonly Removal[]>(removalsOf, []);
    this.#removed = this.#cell<OwnRemoval | undefined>(ownRemoval, undefined);
    this.#parted = this.#cell<readonly PartRight[]>(partsOf, []);
    this.#root = this.#cell<SpaceRoot | undefined>(spaceRoot, undefined);
  }

  get teams(): Live<readonly Team[]> {
    return this.#teams;
  }

  get removals(): Live<readonly Removal[]> {
    return this.#removals;
  }

  get removed(): Live<OwnRemoval | undefined> {
    return this.#removed;
  }

  get root(): Live<SpaceRoot | undefined> {
    return this.#root;
  }

  get parts(): Live<readonly PartRight[]> {
    return this.#parted;
  }

  /** What is worked out anew when the space has changed. */
  get cells(): readonly Pick<DerivedCell<unknown>, 'stale' | 'tell'>[] {
    return [this.#teams, this.#removals, this.#removed, this.#parted, this.#root, this.zones.cell];
  }

  async whoCanSee(): Promise<readonly PersonRights[]> {
    return everybodysRights(await this.#settled());
  }

  async whatCan(member: string): Promise<PersonRights> {
    const rights = personRights(await this.#settled(), member as IdentityId);
    if (rights.role !== undefined) return rights;
    throw new ClientError('CLIENT_UNKNOWN_MEMBER', 'nobody of that name is in this space');
  }

  async whoCan(place: RightsPlace): Promise<readonly PlaceRights[]> {
    const space = await this.#settled();
    return whoCanAt(space, space.rights.pathOf(place));
  }

  mayChange(object: { readonly id: string } | string): boolean {
    const id = typeof object === 'string' ? object : object.id;
    const space = this.#parts.now();
    if (space === undefined || space.devices.isStopped) return false;
    return space.rights.mayChange(space.identity, id);
  }

  async give(
    place: RightsPlace,
    subject: RightsSubject,
    role: PartRole,
    limits: RightsLimits = {},
  ): Promise<PartChange> {
    return (await this.#partActs()).give(place, subject, { role, ...limits });
  }

  async takeBack(place: RightsPlace, subject: RightsSubject): Promise<PartChange> {
    return (await this.#partActs()).takeBack(place, subject);
  }

  async planRemoval(member: string): Promise<RemovalPlan> {
    return (await this.#acts()).planRemoval(member);
  }

  async setRole(
    subject: RightsSubject,
    role: Role,
    limits: RightsLimits = {},
  ): Promise<RightsChange> {
    return (await this.#acts()).setRole(subject, role, limits);
  }

  async clearRole(team: string): Promise<RightsChange> {
    return (await this.#acts()).clearRole(team);
  }

  async remove(member: string, options: RemoveOptions = {}): Promise<RightsChange> {
    return (await this.#acts()).remove(member, options);
  }

  async handOver(member: string): Promise<void> {
    await (await this.#acts()).handOver(member);
  }

  async restore(removal: string): Promise<void> {
    await (await this.#acts()).restore(removal);
  }

  async agree(removal: string): Promise<void> {
    await (await this.#acts()).agree(removal);
  }

  async createTeam(name: string): Promise<Team> {
    return (await this.#teamActs()).createTeam(name);
  }

  async renameTeam(team: string, name: string): Promise<void> {
    await (await this.#teamActs()).renameTeam(team, name);
  }

  async addToTeam(
    team: string,
    subject: RightsSubject,
    { leads = false }: { readonly leads?: boolean } = {},
  ): Promise<void> {
    await (await this.#teamActs()).addToTeam(team, subject, leads);
  }

  async removeFromTeam(team: string, subject: RightsSubject): Promise<void> {
    await (await this.#teamActs()).removeFromTeam(team, subject);
  }

  async endTeam(team: string): Promise<void> {
    await (await this.#teamActs()).endTeam(team);
  }

  /** With everything that has come so far. */
  async #settled(): Promise<Space> {
    const space = await this.#parts.opened();
    await space.settled();
    return space;
  }

  async #acts(): Promise<RightsActs> {
    const { RightsActs: Acts } = await import('./rights-acts.ts');
    return new Acts(await this.#actor());
  }

  async #teamActs(): Promise<TeamActs> {
    const { TeamActs: Acts } = await import('./team-acts.ts');
    return new Acts(await this.#actor());
  }

  async #partActs(): Promise<PartActs> {
    const { PartActs: Acts } = await import('./part-acts.ts');
    return new Acts(await this.#actor());
  }

  async #actor(): Promise<ActsParts> {
    const { deviceSigner, platform } = this.#parts.by;
    return { space: await this.#settled(), rng: platform.rng, deviceSigner };
  }

  #cell<T>(look: (space: Space) => T, nothing: T): DerivedCell<T> {
    const { now } = this.#parts;
    let last = nothing;
    return new DerivedCell(() => {
      const space = now();
      if (space !== undefined) last = look(space);
      return last;
    }, sameData);
  }
}
