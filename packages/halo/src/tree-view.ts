/** Who has what, as far as some blocks say: now, or as one block knows it. */
import type { CredentialId, IdentityId } from '@atoll/kernel';
import type { AccessTree } from './access/access-tree.ts';
import { ANYONE } from './access/acts.ts';
import type { GroupPaths } from './access/credentials-in-force.ts';
import type { Loss, LossList } from './access/losses.ts';
import { isInZones } from './access/path-keys.ts';
import { rightsNow } from './access/rights-now.ts';
import { levelNumber, levelOfNumber, type Level } from './access-level.ts';
import type { ToldRights } from './told-rights.ts';
import type { Verdict } from './verdict.ts';
import { ZoneReaders } from './zone-readers.ts';

const READ = 1;

/** What a block wants to do with a credential. */
export interface Exercise {
  readonly credential: CredentialId;
  readonly identity: IdentityId;
  readonly level: Level;
  /** Block that exercises it; absent for a block still to be written. */
  readonly block: number | undefined;
}

/** Who has what, as far as some blocks say. */
export interface RightsView {
  /** Identities that have a right by name, or are in a group, ascending. */
  members(): readonly IdentityId[];
  /**
   * Greatest level over the whole space that an identity has, by name or through groups; at least reading for
   * whoever is a member.
   */
  levelOf(identity: IdentityId): Level | undefined;
  /** True if an identity has a right by name. */
  isMember(identity: IdentityId): boolean;
  /** True for somebody who had a right by name and has none any more. */
  wasRemoved(identity: IdentityId): boolean;
  /** What those have lost who were in and are not any more. */
  losses(): LossList;
  /** The same of one of them. */
  lossesOf(identity: IdentityId): readonly Loss[];
  /** Whether a credential allows something to an identity. */
  judge(exercise: Exercise): Verdict;
  /** Who reads which zones. */
  readonly zones: ZoneReaders;
}

/** The same of what a tree was told. */
export class TreeView implements RightsView {
  readonly #tree: AccessTree;
  readonly #told: ToldRights;
  readonly #groups: GroupPaths;
  readonly zones: ZoneReaders;
  #losses: LossList | undefined;
  #lossesAt = -1;

  constructor(tree: AccessTree, told: ToldRights, groups: GroupPaths) {
    this.#tree = tree;
    this.#told = told;
    this.#groups = groups;
    this.zones = new ZoneReaders(tree, groups, this);
  }

  members(): readonly IdentityId[] {
    return [...this.#told.identities()].filter((identity) => this.isMember(identity)).sort();
  }

  isMember(identity: IdentityId): boolean {
    return this.#tree.credentials.holds(identity, ({ path }) => !isInZones(path));
  }

  wasRemoved(identity: IdentityId): boolean {
    return this.#tree.wasGiven(identity) && !this.isMember(identity);
  }

  losses(): LossList {
    if (this.#losses === undefined || this.#lossesAt !== this.#tree.version) {
      this.#lossesAt = this.#tree.version;
      // Whoever was named at all: also what never counted may have been believed.
      const out = [...this.#told.identities()].filter((identity) => !this.isMember(identity));
      this.#losses = this.#tree.lossesOfAll(out);
    }
    return this.#losses;
  }

  lossesOf(identity: IdentityId): readonly Loss[] {
    return this.#tree.lossesOf(identity);
  }

  levelOf(identity: IdentityId): Level | undefined {
    let greatest = 0;
    for (const { held, through } of rightsNow(this.#tree.credentials, this.#groups, {
      subject: identity,
    })) {
      // What everybody may do makes nobody a member.
      if (held.subject === ANYONE && through.length === 0) continue;
      if (isInZones(held.path)) continue;
      greatest = Math.max(greatest, held.path === '' ? held.level : READ);
    }
    return levelOfNumber(greatest);
  }

  judge({ credential, identity, level, block }: Exercise): Verdict {
    return this.#tree.judge({ credential, identity, level: levelNumber(level), block });
  }
}
