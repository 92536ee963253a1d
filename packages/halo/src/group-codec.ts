/** How teams are called in a space: the statement and its bytes. What teams may do is in grants. */
import type { Reader, Writer } from '@atoll/codec';
import { idBytes, toHex } from '@atoll/kernel';
import { NAME_BYTES_MAX, NONCE_BYTES, type GroupId } from './statements.ts';

/** Names a team. Counts by the section's right, which is control over the space or over the team; the latest counts. */
export interface GroupName {
  readonly kind: 'group-name';
  readonly group: GroupId;
  /** Empty for a team that is no more. */
  readonly name: string;
}

/** Fields of the statement. */
export function writeGroupName(writer: Writer, { group, name }: GroupName): void {
  writer.raw(idBytes(group as never)).text(name);
}

/** @throws CodecError. */
export function readGroupName(reader: Reader): GroupName {
  const group = toHex(reader.raw(NONCE_BYTES)) as GroupId;
  return { kind: 'group-name', group, name: reader.text(NAME_BYTES_MAX) };
}
