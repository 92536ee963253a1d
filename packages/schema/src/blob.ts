/**
 * A file as a field holds it: where its sealed pieces are, the key to them, and what can be said of it
 * before they are here. An ordinary record that is written as a whole, so that every engine knows it.
 */
import type { FieldData, ValueFields } from './field-data.ts';

/** A file or a picture of it. */
export interface BlobPart {
  /** Name of its first sealed chunk, 32 bytes. Found as such in the log, it keeps the chunks. */
  readonly id: Uint8Array;
  /** Key of that chunk, 32 bytes: whoever has it can read the file. */
  readonly key: Uint8Array;
  /** Bytes of content. */
  readonly size: number;
  /** Media type, such as `image/png`; a claim of whoever put it. */
  readonly type: string;
  /** Of an image, in pixels. */
  readonly width?: number;
  readonly height?: number;
}

/** A file in a field. */
export interface BlobRef extends BlobPart {
  /** File name; a claim. */
  readonly name?: string;
  /** What an image shows, in words. */
  readonly alt?: string;
  /** A small image of it, which is a blob of its own. */
  readonly thumbnail?: BlobPart;
}

const PART_FIELDS: ValueFields = {
  id: { kind: 'bytes' },
  key: { kind: 'bytes' },
  size: { kind: 'integer' },
  type: { kind: 'string' },
  width: { kind: 'integer', optional: true },
  height: { kind: 'integer', optional: true },
};

/** Parts of a blob field. */
export const BLOB_FIELDS: ValueFields = {
  ...PART_FIELDS,
  name: { kind: 'string', optional: true },
  alt: { kind: 'string', optional: true },
  thumbnail: { kind: 'value', fields: PART_FIELDS, optional: true },
};

/** True for a field that holds a file. */
export function isBlobField(field: FieldData): boolean {
  if (field.kind !== 'value') return false;
  const { fields } = field;
  const names = Object.keys(fields);
  return (
    names.length === Object.keys(BLOB_FIELDS).length &&
    names.every((name) => fields[name]?.kind === BLOB_FIELDS[name]?.kind)
  );
}
