/** The blobs that an object's fields hold, small pictures of them included. */
import type { AnyObject } from '@atoll/echo';
import {
  isBlobField,
  type BlobPart,
  type BlobRef,
  type ElementData,
  type FieldData,
  type FieldsData,
} from '@atoll/schema';

type AnyField = FieldData | ElementData;

/** Fields of a type that can hold blobs, in whatever they are in. */
export function blobFieldsOf(fields: FieldsData): readonly (readonly [string, FieldData])[] {
  return Object.entries(fields).filter(([, field]) => mayHoldBlobs(field));
}

/** The blobs in those fields of an object. */
export function blobsIn(
  object: AnyObject,
  fields: readonly (readonly [string, FieldData])[],
): readonly BlobPart[] {
  const found: BlobPart[] = [];
  for (const [name, field] of fields) collect(object[name], field, found);
  return found;
}

function mayHoldBlobs(field: AnyField): boolean {
  if (isBlobField(field)) return true;
  switch (field.kind) {
    case 'value':
    case 'record':
    case 'records':
      return Object.values(field.fields).some((part: AnyField) => mayHoldBlobs(part));
    case 'set':
    case 'list':
    case 'map':
      return mayHoldBlobs(field.of);
    case 'union':
      return field.of.some(mayHoldBlobs);
    default:
      return false;
  }
}

function collect(value: unknown, field: AnyField, found: BlobPart[]): void {
  if (value === undefined || value === null || !mayHoldBlobs(field)) return;
  if (isBlobField(field)) {
    const ref = value as BlobRef;
    found.push(ref);
    if (ref.thumbnail !== undefined) found.push(ref.thumbnail);
    return;
  }
  switch (field.kind) {
    case 'value':
    case 'record':
      collectParts(value, field.fields, found);
      return;
    case 'records':
      for (const [, entry] of value as Iterable<[string, unknown]>) {
        collectParts(entry, field.fields, found);
      }
      return;
    case 'map':
      for (const [, entry] of value as Iterable<[string, unknown]>) collect(entry, field.of, found);
      return;
    case 'set':
    case 'list':
      for (const entry of value as Iterable<unknown>) collect(entry, field.of, found);
      return;
    case 'union':
      // The member whose parts are there; the others find nothing.
      for (const member of field.of) if (isRecord(value)) collect(value, member, found);
      return;
    default:
  }
}

function collectParts(value: unknown, fields: FieldsData, found: BlobPart[]): void {
  if (!isRecord(value)) return;
  for (const [name, part] of Object.entries(fields)) collect(value[name], part, found);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
