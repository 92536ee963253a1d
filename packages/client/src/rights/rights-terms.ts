/** Small things that are said about rights: levels compared, paths of teams, subjects as texts. */
import {
  groupPath,
  roleLevelOfRight,
  suffices,
  type Credential,
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

/** A level, or what a role is, and the number of the epoch with which it ends; for good without. */
export interface Lasting {
  readonly level: RoleLevel;
  readonly until: number | undefined;
}

/** What a grant gives, and how long. */
export function lastingOf(credential: Credential): Lasting {
  const { grant, level } = credential;
  const until = grant === undefined || grant.until === 0 ? undefined : grant.until;
  return { level: roleLevelOf(credential) ?? level, until };
}

/** True for just what is meant, for as long. */
export function isAsMeant(has: Lasting, meant: Lasting): boolean {
  return has.level === meant.level && has.until === meant.until;
}

/** True for what is more, or lasts longer, than what is meant. */
export function isMore(has: Lasting, meant: Lasting): boolean {
  if (isAbove(has.level, meant.level)) return true;
  if (meant.until === undefined || !suffices(has.level, meant.level)) return false;
  return has.until === undefined || has.until > meant.until;
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
