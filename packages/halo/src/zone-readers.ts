/**
 * Who reads the closed zones of a space: members with a right in the zone, by name or through a group. No right over
 * the space is one, however great.
 */
import type { IdentityId, ZoneId } from '@atoll/kernel';
import { ANYONE, type HeldCredential, type SubjectKey } from './access/acts.ts';
import type { AccessTree } from './access/access-tree.ts';
import type { GroupPaths } from './access/credentials-in-force.ts';
import type { LossList } from './access/losses.ts';
import { isBelow, isInZones } from './access/path-keys.ts';
import { zoneKey } from './statements-zones.ts';

/** What is known of one zone until rights change. */
interface ZoneNow {
  readonly readers: readonly IdentityId[];
  readonly losses: LossList;
}

/** See above; as far as the blocks say that a tree was told of. */
export class ZoneReaders {
  readonly #tree: AccessTree;
  readonly #groups: GroupPaths;
  readonly #space: { members(): readonly IdentityId[] };
  readonly #known = new Map<ZoneId, ZoneNow | undefined>();
  #knownAt = -1;

  /** `space`: who is a member. */
  constructor(tree: AccessTree, groups: GroupPaths, space: { members(): readonly IdentityId[] }) {
    this.#tree = tree;
    this.#groups = groups;
    this.#space = space;
  }

  /** Readers of a zone, ascending; `undefined` for one that was not begun. */
  of(zone: ZoneId): readonly IdentityId[] | undefined {
    return this.#now(zone)?.readers;
  }

  /** What those have lost who may have read a zone and do not any more; `undefined` for one not begun. */
  lossesOf(zone: ZoneId): LossList | undefined {
    return this.#now(zone)?.losses;
  }

  #now(zone: ZoneId): ZoneNow | undefined {
    if (this.#knownAt !== this.#tree.version) {
      this.#knownAt = this.#tree.version;
      this.#known.clear();
    }
    if (!this.#known.has(zone)) this.#known.set(zone, this.#workedOut(zone));
    return this.#known.get(zone);
  }

  #workedOut(zone: ZoneId): ZoneNow | undefined {
    const { credentials } = this.#tree;
    const above = zoneKey(zone);
    const given: HeldCredential[] = [];
    for (const held of credentials.all()) if (isBelow(held.path, above)) given.push(held);
    if (given.length === 0) return undefined;
    const subjects = new Set(given.map(({ subject }) => subject));
    const now = new Set(
      given.filter((held) => credentials.judge(held, undefined).counts).map((held) => held.subject),
    );
    const members = this.#space.members();
    const readers = members.filter((identity) => this.#isAmong(identity, now));
    return { readers, losses: this.#losses(subjects, new Set(readers)) };
  }

  #isAmong(identity: IdentityId, subjects: ReadonlySet<SubjectKey>): boolean {
    if (subjects.has(identity)) return true;
    return [...subjects].some(
      (subject) =>
        this.#groups.isGroup(subject) &&
        this.#tree.credentials.isHolder(identity, subject, undefined),
    );
  }

  /** Of everybody who could ever read it: more than need be cost a change of keys, fewer would leak. */
  #losses(subjects: ReadonlySet<SubjectKey>, readers: ReadonlySet<string>): LossList {
    const lost = new Set<SubjectKey>();
    let isThroughGroups = false;
    for (const subject of subjects) {
      if (subject === ANYONE || readers.has(subject)) continue;
      lost.add(subject);
      isThroughGroups ||= this.#groups.isGroup(subject);
    }
    if (isThroughGroups) {
      for (const { path, subject } of this.#tree.credentials.all()) {
        if (isInZones(path) || this.#groups.groupOf(path) === undefined) continue;
        if (!readers.has(subject)) lost.add(subject);
      }
    }
    return this.#tree.lossesOfAll([...lost]);
  }
}
