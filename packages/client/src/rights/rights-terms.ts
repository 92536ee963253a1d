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
