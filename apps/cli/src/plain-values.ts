/** JSON of values that are to be written, and the ids of objects in them. */
import {
  toJsonForm,
  type ElementData,
  type FieldData,
  type FieldsData,
  type ScalarData,
} from '@atoll/schema';

type Plain = Readonly<Record<string, unknown>>;

/** The JSON of what `add` takes for a field: what the object shows once it was written. */
export function jsonOfField(field: FieldData, value: unknown): unknown {
  switch (field.kind) {
    case 'set':
    case 'list':
      return (value as readonly unknown[]).map((item) => toJsonForm(field.of, item));
    case 'map':
      return mapped(value, (item) => toJsonForm(field.of, item));
    case 'records':
      return mapped(value, (entry) => jsonOfRecord(field.fields, entry));
    case 'record':
      return jsonOfRecord(field.fields, value);
    case 'counter':
    case 'text':
    case 'rich':
    case 'model':
      return value;
    default:
      return toJsonForm(field, value);
  }
}

/** The text of JSON that does not depend on the order of keys, or of what stands in a set. */
export function comparable(kind: string, json: unknown): string {
  const sorted = (value: unknown): string =>
    JSON.stringify(value ?? null, (_, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    );
  if (kind !== 'set' || !Array.isArray(json)) return sorted(json);
  return JSON.stringify([...new Set(json.map(sorted))].sort());
}

/** Ids of objects of this space in the JSON of a field, made others by `rename`. */
export function withIds(field: FieldData, json: unknown, rename: (id: string) => string): unknown {
  if (json === null || json === undefined) return json;
  switch (field.kind) {
    case 'set':
    case 'list':
      return Array.isArray(json) ? json.map((item) => elementIds(field.of, item, rename)) : json;
    case 'map':
      return isPlain(json) ? mapped(json, (item) => elementIds(field.of, item, rename)) : json;
    case 'records':
      return mapped(json, (entry) => recordIds(field.fields, entry, rename));
    case 'record':
      return recordIds(field.fields, json, rename);
    case 'counter':
    case 'text':
    case 'rich':
    case 'model':
      return json;
    default:
      return elementIds(field, json, rename);
  }
}

function elementIds(element: ElementData | ScalarData, json: unknown, rename: Rename): unknown {
  switch (element.kind) {
    case 'ref':
      return typeof json === 'string' && element.by === undefined ? rename(json) : json;
    case 'tree':
      return typeof json === 'string' ? rename(json) : json;
    case 'value':
      return recordIds(element.fields, json, rename);
    case 'union': {
      if (isPlain(json) && typeof json['$ref'] === 'string') return { $ref: rename(json['$ref']) };
      const records = element.of.filter((each) => each.kind === 'value');
      return records.reduce((known, each) => elementIds(each, known, rename), json);
    }
    default:
      return json;
  }
}

type Rename = (id: string) => string;

function recordIds(fields: FieldsData, json: unknown, rename: Rename): unknown {
  if (!isPlain(json)) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, part]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return [name, field === undefined ? part : withIds(field, part, rename)];
    }),
  );
}

function jsonOfRecord(fields: FieldsData, value: unknown): unknown {
  return Object.fromEntries(
    Object.entries(value as Plain).map(([name, part]) => {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return [name, field === undefined || part === undefined ? part : jsonOfField(field, part)];
    }),
  );
}

function mapped(value: unknown, change: (item: unknown) => unknown): unknown {
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]));
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
