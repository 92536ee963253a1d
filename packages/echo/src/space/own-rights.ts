/**
 * Which of the own rights each change exercises: the least that suffices. What one right does not allow goes into a
 * section of its own, so one transaction may exercise several.
 */
import { levelNumberOf, type SpaceAuthority } from '@atoll/halo';
import type { CredentialId, IdentityId, ZoneId } from '@atoll/kernel';
import { EchoError } from '../echo-error.ts';
import type { OpMoment, OpTarget } from '../rights/op-target.ts';
import { pathInZone, type Reach } from '../rights/reach.ts';
import type { RightsChoice } from '../rights/rights-choice.ts';
import { coversSide, sidesOf } from '../rights/section-rights.ts';
import type { SectionJudge } from './section-judge.ts';
import { SpaceError } from './space-error.ts';
import type { SpaceKeys } from './space-keys.ts';

/** Rights that one block exercises by itself: each is a section, and blocks have few. */
const SECTIONS_FULL = 16;

/** A right that something may be written by. */
interface OwnRight {
  readonly credential: CredentialId;
  readonly reach: Reach;
  readonly level: number;
  /** The closed zone that it is of. */
  readonly zone: ZoneId | undefined;
}

/** A right that a section cites, and the section's zone. */
export interface CitedRight {
  readonly credential: CredentialId;
  readonly zone: ZoneId | undefined;
}

/** What choosing needs of its space. */
export interface OwnRightsParts {
  readonly authority: SpaceAuthority;
  readonly identity: IdentityId;
  readonly judge: SectionJudge;
  readonly keys: SpaceKeys;
}

/** Chooses for the transactions of one space. */
export class OwnRights implements RightsChoice {
  readonly #parts: OwnRightsParts;
  #rights: readonly OwnRight[] = [];
  #version = -1;
  /** Each right is one over all there is. */
  #isOfAll = true;
  /** Of each section of the open transaction, the rights that allow all that is in it. */
  #sections: (readonly OwnRight[])[] = [];
  /** Rights of which the block has to cite one, whatever its sections say. */
  #sides: (readonly OwnRight[])[] = [];

  constructor(parts: OwnRightsParts) {
    this.#parts = parts;
  }

  /** Itself where there is anything to choose; `undefined` where one right allows all there is. */
  get choice(): RightsChoice | undefined {
    this.#now();
    if (this.#parts.authority.credentials.zones.isAny) return this;
    return this.#isOfAll ? undefined : this;
  }

  /** True if there is any right to write something. */
  get isAny(): boolean {
    return this.#now().length > 0;
  }

  get isFull(): boolean {
    return this.#sections.length >= SECTIONS_FULL;
  }

  check(target: OpTarget): void {
    this.#allowing(target);
    this.#sidesOf(target);
    this.#checkParents(target);
  }

  enter(target: OpTarget): number {
    const allowing = this.#allowing(target);
    this.#sides.push(...this.#sidesOf(target));
    const last = this.#sections.at(-1);
    const both = last?.filter((right) => allowing.includes(right)) ?? [];
    if (both.length === 0) this.#sections.push(allowing);
    else this.#sections[this.#sections.length - 1] = both;
    return this.#sections.length - 1;
  }

  /**
   * Ends the choice for a block: what each of its sections cites, and then rights that it has to cite besides.
   * Without changes that were chosen for, the one right that allows all.
   */
  take(): readonly CitedRight[] {
    const sections = this.#sections;
    const sides = this.#sides;
    this.#sections = [];
    this.#sides = [];
    if (sections.length === 0) {
      const here = this.#now().filter(({ zone }) => zone === undefined);
      const whole = here.find(({ reach }) => reach.isWhole) ?? here[0];
      return whole === undefined ? [] : [whole];
    }
    const cited = sections.map((rights) => rights[0] as OwnRight);
    for (const side of sides) {
      if (!side.some((right) => cited.includes(right))) cited.push(side[0] as OwnRight);
    }
    return cited;
  }

  /** The rights in force, the least first. */
  #now(): readonly OwnRight[] {
    const { authority, identity, judge } = this.#parts;
    const { credentials } = authority;
    if (credentials.version === this.#version) return this.#rights;
    this.#version = credentials.version;
    const zones = credentials.zones.all.map(([zone]) => zone);
    this.#rights = credentials.people
      .rightsOf({ to: 'identity', identity })
      .map(({ credential: { id, level, path } }) => {
        const zone = zones.find((one) => pathInZone(path, one) !== undefined);
        const reach = judge.reach(pathInZone(path, zone) ?? path);
        return { credential: id, level: levelNumberOf(level), reach, zone };
      })
      .filter(({ level, reach: { isGroup } }) => level >= levelNumberOf('write') && !isGroup)
      .sort((a, b) => b.reach.depth - a.reach.depth || a.level - b.level);
    this.#isOfAll = this.#rights.every(({ reach }) => reach.isWhole);
    return this.#rights;
  }

  #allowing(target: OpTarget): readonly OwnRight[] {
    const fold = this.#parts.judge.fold;
    const moment = this.#momentFor(target);
    const found = this.#in(moment.zone).filter(({ reach }) => reach.covers(fold, target, moment));
    if (found.length === 0) throw noRight();
    if (moment.zone !== undefined && !this.#canSeal(moment.zone)) throw keyMissing();
    return found;
  }

  /** Whoever reads something can read what it stands below: else it would be gone from the tree for others. */
  #checkParents(target: OpTarget): void {
    const { authority, judge } = this.#parts;
    const { zone } = this.#momentFor(target);
    for (const parent of [...(target.creation?.parents ?? []), target.to ?? null]) {
      if (parent === null) continue;
      const above = judge.fold.zoneOf(judge.fold.rows.find(parent));
      if (above === undefined || above === zone) continue;
      if (!authority.credentials.zones.isOpen(above)) throw otherReaders();
    }
  }

  #sidesOf(target: OpTarget): (readonly OwnRight[])[] {
    const fold = this.#parts.judge.fold;
    const moment = this.#momentFor(target);
    const rights = this.#in(moment.zone);
    return sidesOf(fold, target, moment).map((side) => {
      const at = { side, target, moment };
      const found = rights.filter(({ reach }) => coversSide(fold, reach, at));
      if (found.length === 0) throw noRight();
      return found;
    });
  }

  /** What is known now is known to whatever is written next. */
  #momentFor({ row, zone }: OpTarget): OpMoment {
    const { identity, judge } = this.#parts;
    const of = zone ?? (row === undefined ? undefined : judge.fold.zoneOf(row));
    return { block: undefined, op: 0, author: identity, zone: of };
  }

  /** False for a zone for which this device has no keys, and may make none. */
  #canSeal(of: ZoneId): boolean {
    const { authority, identity, keys } = this.#parts;
    const zone = authority.keyedBy(of);
    if (!authority.keys.isReader(identity, zone)) return false;
    return authority.keys.generations(zone).some((id) => keys.ring.get(id) !== undefined);
  }

  /** Rights in a closed zone, or elsewhere. */
  #in(zone: ZoneId | undefined): readonly OwnRight[] {
    return this.#now().filter((right) => right.zone === zone);
  }
}

function otherReaders(): EchoError {
  return new EchoError(
    'ECHO_TREE_ZONE',
    'an object stands below one that all who read it can read: make a copy in that private zone instead',
  );
}

function keyMissing(): SpaceError {
  return new SpaceError('SPACE_KEY_MISSING', 'the keys of this zone are not on this device yet');
}

function noRight(): SpaceError {
  return new SpaceError(
    'SPACE_NO_RIGHT',
    'your rights in this space do not reach this; ask somebody who has control over it for one',
  );
}
