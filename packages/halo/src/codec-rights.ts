/** Reading what statements say of rights: to whom, where and how much. */
import { CodecError, type Reader } from '@atoll/codec';
import type { IdentityId } from '@atoll/kernel';
import { PATH_ID_BYTES } from './access-path.ts';
import type { PathKey } from './access/acts.ts';
import { levelOfNumber, type Level } from './access-level.ts';
import { SUBJECT } from './statement-body.ts';
import {
  PATH_MAX,
  type Bytes,
  type GrantPremise,
  type GrantSubject,
  type GroupId,
} from './statements.ts';

/** Whom a right is given to, or taken from. @throws CodecError. */
export function readSubject(reader: Reader): GrantSubject {
  const kind = reader.u8();
  if (kind === SUBJECT.group) {
    return { to: 'group', group: reader.hex(PATH_ID_BYTES) as GroupId };
  }
  if (kind === SUBJECT.anyone) return { to: 'anyone' };
  if (kind === SUBJECT.identity) return { to: 'identity', identity: reader.id() as IdentityId };
  throw malformed('a grant has an unknown kind of subject');
}

/** Ids from the space downwards. @throws CodecError. */
export function readPath(reader: Reader): readonly Bytes[] {
  const path: Bytes[] = [];
  const depth = reader.varint(PATH_MAX);
  for (let at = 0; at < depth; at++) path.push(reader.take(PATH_ID_BYTES));
  return path;
}

/** The same as one text. @throws CodecError. */
export function readPathKey(reader: Reader): PathKey {
  const depth = reader.varint(PATH_MAX);
  return depth === 0 ? '' : reader.hex(depth * PATH_ID_BYTES);
}

/** How much may be done. @throws CodecError. */
export function readLevel(reader: Reader): Level {
  const level = levelOfNumber(reader.u8());
  if (level === undefined) throw malformed('a level is unknown');
  return level;
}

/** What somebody must have for a grant to be in force. @throws CodecError. */
export function readPremise(reader: Reader): GrantPremise {
  return { subject: readSubject(reader), path: readPath(reader), level: readLevel(reader) };
}

function malformed(what: string): CodecError {
  return new CodecError('CODEC_MALFORMED', what);
}
