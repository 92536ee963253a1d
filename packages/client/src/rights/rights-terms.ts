/** Small things that are said about rights: levels compared, paths of teams, subjects as texts. */
import {
  groupPath,
  pathKey,
  roleLevelOfRight,
  suffices,
  type Credential,
  type GrantPremise,
  type GrantSubject,
  type GroupId,
  type RoleLevel,
} from '@atoll/halo';
import { fromHex } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';

/** A refusal for a role that is too low. */
export function notAllowed(why: string): ClientError {
  return new ClientError('CLIENT_NOT_ALLOWED', why);
}

/** What a grant gives over the whole space; `undefined` for one over a part of it. */
export function roleLevelOf({
  level,
  path,
}: Pick<Credential, 'level' | 'path'>): RoleLevel | undefined {
  return roleLevelOfRight(level, path);
}

/** True for what is more than another. */
export function isAbove(a: RoleLevel, b: RoleLevel): boolean {
  return a !== b && suffices(a, b);
}

/** What somebody is to have somewhere. */
export interface Meant {
  readonly level: RoleLevel;
  readonly premise: GrantPremise | undefined;
  /** Number of the epoch with which it ends. */
  readonly until: number | undefined;
}

/** A grant that gives just that. */
export function isAsMeant(given: Given, meant: Meant): boolean {
  return (
    levelOf(given) === meant.level &&
    (given.grant?.until ?? 0) === (meant.until ?? 0) &&
    isSamePremise(given.grant?.premise, meant.premise)
  );
}

/** True for one that gives more, lasts longer, or depends on less. */
export function isMore(given: Given, meant: Meant): boolean {
  const level = levelOf(given);
  if (isAbove(level, meant.level)) return true;
  if (!suffices(level, meant.level)) return false;
  const { premise, until = 0 } = given.grant ?? {};
  if (meant.premise !== undefined && !isSamePremise(premise, meant.premise)) return true;
  return meant.until !== undefined && (until === 0 || until > meant.until);
}

type Given = Pick<Credential, 'grant' | 'level' | 'path'>;

/** As a role where it is one. */
function levelOf(given: Given): RoleLevel {
  return roleLevelOf(given) ?? given.level;
}

function isSamePremise(a: GrantPremise | undefined, b: GrantPremise | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const isOfOne = keyOf(a.subject) === keyOf(b.subject) && a.level === b.level;
  return isOfOne && pathKey(a.path) === pathKey(b.path);
}

/** Path at which the members of a team are granted. */
export function pathOf(group: GroupId): readonly Uint8Array<ArrayBuffer>[] {
  return idsOf(groupPath(group));
}

/** Ids of a path in hex, 16 bytes each. */
export function idsOf(path: string): readonly Uint8Array<ArrayBuffer>[] {
  return (path.match(/.{32}/gu) ?? []).map((id) => fromHex(id) ?? new Uint8Array(0));
}

/** A subject as one text. */
export function keyOf(subject: GrantSubject): string {
  if (subject.to === 'identity') return subject.identity;
  return subject.to === 'group' ? subject.group : 'anyone';
}

/** Each subject once. */
export function distinct(subjects: readonly GrantSubject[]): readonly GrantSubject[] {
  return [...new Map(subjects.map((one) => [keyOf(one), one])).values()];
}
