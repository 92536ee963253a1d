/** Making, changing and ending teams. */
import {
  GROUPS_PATH,
  groupPath,
  revokeAccess,
  type GrantSubject,
  type GroupId,
  type Revocation,
  type Statement,
} from '@atoll/halo';
import { toHex, utf8 } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { RightsSubject, Team } from '../members-api.ts';
import { unmarkedName } from '../shown-name.ts';
import { distinct, notAllowed, pathOf } from './rights-terms.ts';
import { teamOf, teamsOf } from './rights-view.ts';

import { RightsActor } from './rights-actor.ts';

/** Bytes of the name of a team; what statements hold. */
const TEAM_NAME_BYTES_MAX = 256;

/** See above. */
export class TeamActs extends RightsActor {
  /** See `SpaceRights.createTeam`. */
  async createTeam(name: string): Promise<Team> {
    const own = this.right('control');
    const group = toHex(this.parts.rng.bytes(GROUPS_PATH.length)) as GroupId;
    await this.change(own, [{ kind: 'group-name', group, name: this.#freeName(name) }]);
    return teamOf(this.space, group);
  }

  /** See `SpaceRights.renameTeam`. */
  async renameTeam(team: string, name: string): Promise<void> {
    const { group } = this.team(team);
    const own = this.right('control', groupPath(group));
    await this.change(own, [{ kind: 'group-name', group, name: this.#freeName(name, group) }]);
  }

  /** See `SpaceRights.addToTeam`. */
  async addToTeam(team: string, of: RightsSubject, leads = false): Promise<void> {
    const { group } = this.team(team);
    const subject = this.subject(of);
    const own = this.right('control', groupPath(group));
    if (subject.to === 'group' && this.#isWithin(group, subject.group)) {
      throw new ClientError('CLIENT_TEAM_CIRCLE', 'this team is in the other one already');
    }
    const level = leads ? 'control' : 'read';
    if (leads && own.credential.level !== 'own') {
      throw notAllowed('only owners can say who leads a team');
    }
    await this.change(own, [
      await this.grant(own, { subject, level, path: pathOf(group) }),
      ...this.copies(subject),
    ]);
  }

  /** See `SpaceRights.removeFromTeam`. */
  async removeFromTeam(team: string, of: RightsSubject): Promise<void> {
    const { group } = this.team(team);
    const subject = this.subject(of);
    const own = this.right('control', groupPath(group));
    const by = own.exercised;
    const path = groupPath(group);
    const { ends, stays } = this.space.authority.credentials.people.plan({ subject, path, by });
    if (ends.length === 0) {
      if (stays.length > 0) throw this.senior(subject);
      throw new ClientError('CLIENT_UNKNOWN_MEMBER', 'he is not in this team');
    }
    const { id } = this.space;
    await this.change(own, [revokeAccess({ space: id, subject, path: pathOf(group), ...by })]);
  }

  /** See `SpaceRights.endTeam`. */
  async endTeam(team: string): Promise<void> {
    const subject = this.team(team);
    const { group } = subject;
    const own = this.right('control');
    const { authority, id } = this.space;
    const { people } = authority.credentials;
    const inTeam = people.givenAt(groupPath(group)).map((one) => one.subject);
    const revoke = (of: GrantSubject, path = pathOf(group)): Revocation =>
      revokeAccess({ space: id, subject: of, path, ...own.exercised });
    const { stays } = people.plan({ subject, path: '', by: own.exercised });
    if (stays.length > 0) throw this.senior(subject);
    const statements: Statement[] = [{ kind: 'group-name', group, name: '' }, revoke(subject, [])];
    for (const one of distinct(inTeam)) statements.push(revoke(one));
    await this.change(own, statements);
  }

  /** True if a team is another one or somewhere within it. */
  #isWithin(team: GroupId, outer: GroupId): boolean {
    const seen = new Set<GroupId>([outer]);
    for (const at of seen) {
      if (at === team) return true;
      for (const { subject } of this.space.authority.credentials.people.givenAt(groupPath(at))) {
        if (subject.to === 'group') seen.add(subject.group);
      }
    }
    return false;
  }

  #freeName(name: string, own?: GroupId): string {
    const trimmed = name.trim();
    const isTaken = teamsOf(this.space).some(
      (team) => team.id !== own && unmarkedName(team.name).toLowerCase() === trimmed.toLowerCase(),
    );
    if (trimmed === '' || utf8(trimmed).length > TEAM_NAME_BYTES_MAX || isTaken) {
      throw new ClientError(
        'CLIENT_TEAM_NAME',
        isTaken ? 'another team here has this name' : 'a team needs a name of at most 256 bytes',
      );
    }
    return trimmed;
  }
}
