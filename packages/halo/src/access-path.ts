/**
 * Paths of rights: ids of 16 bytes from the space downwards, which say nothing to who does not know what they are
 * ids of. Bytes in spec/credentials.md, why they are as they are in docs/decisions/0152.
 */
import { hash } from '@atoll/crypto';
import { toHex, utf8 } from '@atoll/kernel';
import type { PathKey } from './access/acts.ts';
import type { Bytes } from './statements.ts';

/** Ids from the space downwards; none for the whole space. */
export type AccessPath = readonly Bytes[];

/** Bytes of each id. */
export const PATH_ID_BYTES = 16;
/** First id of the paths at which members of groups are granted; the group's name follows. */
export const GROUPS_PATH: Bytes = new Uint8Array(PATH_ID_BYTES).fill(0xff);
/** First id of the paths of types; the id of the type's name follows. */
export const TYPES_PATH: Bytes = new Uint8Array(PATH_ID_BYTES).fill(0xfe);
/** Third id of a type's path: those of its objects that whoever exercises the right has made. */
export const OWN_OBJECTS: Bytes = new Uint8Array(PATH_ID_BYTES).fill(0xfd);
/** First id of the paths of zones; the zone's name follows. */
export const ZONES_PATH: Bytes = new Uint8Array(PATH_ID_BYTES).fill(0xfc);
/** The type of comments: who may make these and change his own is a commenter. */
export const COMMENT_TYPE = 'Comment';

const ID_CHARACTERS = 2 * PATH_ID_BYTES;

/** All objects of the type of a name, those still to be made included. */
export function typePath(type: string): AccessPath {
  return [TYPES_PATH, pathId('path-type', type)];
}

/** Objects of a type that whoever exercises the right makes, and no others. */
export function ownObjectsPath(type: string): AccessPath {
  return [...typePath(type), OWN_OBJECTS];
}

/** Id of a key of a map, as paths have it. */
export function mapKeyId(key: string): Bytes {
  return pathId('path-key', key);
}

/**
 * Id of a list's element: the feed that has put it in, and its number among all that feed has put into the list.
 * Of a feed that has forked, elements of both sides may have one id: they are of one writer.
 */
export function elementPathId(feed: Uint8Array, counter: number): Bytes {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, counter);
  return hash('path-element', feed, number).slice(0, PATH_ID_BYTES);
}

/** A path as one text: ids in hex without gaps. */
export function pathKey(path: AccessPath): PathKey {
  const [first] = path;
  if (first === undefined) return '';
  return path.length === 1 ? toHex(first) : path.map((id) => toHex(id)).join('');
}

/** Ids of such a text, in hex. */
export function pathIds(key: PathKey): readonly string[] {
  const ids: string[] = [];
  for (let at = 0; at < key.length; at += ID_CHARACTERS)
    ids.push(key.slice(at, at + ID_CHARACTERS));
  return ids;
}

function pathId(tag: 'path-type' | 'path-key', name: string): Bytes {
  return hash(tag, utf8(name)).slice(0, PATH_ID_BYTES);
}
