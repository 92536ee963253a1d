/** Bytes of doors and of what moderators say. Strict, as the rest of a control section. */
import { CodecError, type Reader, type Writer } from '@atoll/codec';
import { compareBytes, idBytes, idFromBytes, utf8 } from '@atoll/kernel';
import {
  AUTHOR_SAYS,
  CONTRIBUTION_FIELDS_BYTES_MAX,
  DOOR_COPIES_MAX,
  DOOR_COPY_BYTES_MAX,
  DOOR_KUBE_BYTES_MAX,
  DOOR_RATE_MAX,
  DOOR_TYPES_MAX,
  DOOR_TYPE_BYTES_MAX,
  ITEM_SAYS,
  type Door,
  type DoorCopy,
  type Moderation,
  type PublicStatement,
} from './statements-public.ts';

const ID_BYTES = 32;
const OBJECT_BYTES = 16;
const NONCE_BYTES = 16;
/** What a door does, as bits. */
const DOES = { open: 1, takesItself: 2 } as const;

/** Fields of a statement. */
export function writePublicFields(writer: Writer, body: PublicStatement): void {
  if (body.kind === 'door') writeDoor(writer, body);
  else if ('object' in body) {
    writer.u8(ITEM_SAYS.indexOf(body.says)).raw(idBytes(body.object));
  } else {
    writer.u8(ITEM_SAYS.length + AUTHOR_SAYS.indexOf(body.says)).raw(idBytes(body.identity));
  }
}

function writeDoor(writer: Writer, door: Door): void {
  writer.raw(door.nonce);
  writer.u8((door.isOpen ? DOES.open : 0) + (door.takesItself ? DOES.takesItself : 0));
  writer.varint(door.types.length);
  for (const type of door.types) writer.text(type);
  writer.varint(door.perAuthor).varint(door.perHour).varint(door.bytesMax);
  writer.raw(door.key).raw(door.lobby).text(door.kube);
  writer.varint(door.copies.length);
  for (const { identity, sealed } of door.copies) writer.raw(idBytes(identity)).bytes(sealed);
}

/** @throws CodecError. */
export function readDoor(reader: Reader): Door {
  const nonce = reader.take(NONCE_BYTES);
  const does = reader.u8();
  if (does > DOES.open + DOES.takesItself) throw malformed('a door does what no door does');
  const types = readTypes(reader);
  const [perAuthor, perHour] = [reader.varint(DOOR_RATE_MAX), reader.varint(DOOR_RATE_MAX)];
  const bytesMax = reader.varint(CONTRIBUTION_FIELDS_BYTES_MAX);
  return {
    kind: 'door',
    ...{ nonce, types, perAuthor, perHour, bytesMax },
    isOpen: (does & DOES.open) !== 0,
    takesItself: (does & DOES.takesItself) !== 0,
    key: reader.take(ID_BYTES),
    lobby: reader.take(ID_BYTES),
    kube: reader.text(DOOR_KUBE_BYTES_MAX),
    copies: readCopies(reader),
  };
}

/** @throws CodecError. */
export function readModeration(reader: Reader): Moderation {
  const number = reader.u8();
  const ofItem = ITEM_SAYS[number];
  if (ofItem !== undefined) {
    const object = idFromBytes('object', reader.raw(OBJECT_BYTES));
    return { kind: 'moderation', says: ofItem, object };
  }
  const ofAuthor = AUTHOR_SAYS[number - ITEM_SAYS.length];
  if (ofAuthor === undefined) throw malformed('a moderator says nothing known');
  const identity = idFromBytes('identity', reader.raw(ID_BYTES));
  return { kind: 'moderation', says: ofAuthor, identity };
}

function readTypes(reader: Reader): readonly string[] {
  const count = reader.varint(DOOR_TYPES_MAX);
  const types: string[] = [];
  for (let at = 0; at < count; at++) {
    const type = reader.text(DOOR_TYPE_BYTES_MAX);
    const before = types.at(-1);
    if (before !== undefined) requireAscending(utf8(before), utf8(type));
    types.push(type);
  }
  return types;
}

function readCopies(reader: Reader): readonly DoorCopy[] {
  const count = reader.varint(DOOR_COPIES_MAX);
  const copies: DoorCopy[] = [];
  let before: Uint8Array | undefined;
  for (let at = 0; at < count; at++) {
    const id = reader.raw(ID_BYTES);
    if (before !== undefined) requireAscending(before, id);
    before = id;
    const sealed = reader.take(reader.varint(DOOR_COPY_BYTES_MAX));
    copies.push({ identity: idFromBytes('identity', id), sealed });
  }
  return copies;
}

function requireAscending(before: Uint8Array, next: Uint8Array): void {
  if (compareBytes(before, next) < 0) return;
  throw new CodecError('CODEC_NOT_CANONICAL', 'entries of a door do not ascend');
}

function malformed(what: string): CodecError {
  return new CodecError('CODEC_MALFORMED', what);
}
