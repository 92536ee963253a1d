/**
 * Objects as records of files that other programs read, and that `atoll import` brings back. A delta says all
 * of a rich text; where there is nothing but words, they stand for themselves.
 */
import { deltaOfDocument, type AnyObject, type Database, type RichTextField } from '@atoll/client';
import { toJsonSchema, type RichDocument, type TypeData } from '@atoll/schema';

/** A record of a file. */
export type PlainRecord = Readonly<Record<string, unknown>>;

/** Where a record says what type it is of, in files of several types. */
export const TYPE_OF = '$type';

/** What is in a space, as one list. */
export interface SpaceRecords {
  /** Types as JSON Schema, then the objects, each with its type's name. */
  readonly records: readonly PlainRecord[];
  /** How many of the records are objects. */
  readonly objects: number;
}

/** The objects of several types as one list, behind the types themselves. */
export function spaceRecords(db: Database, types: readonly TypeData[]): SpaceRecords {
  const objects = types.flatMap((type) =>
    recordsOf(db, type).map((record) => ({ [TYPE_OF]: type.name, ...record })),
  );
  const schemas = types.map((type) => toJsonSchema(type) as PlainRecord);
  return { records: [...schemas, ...objects], objects: objects.length };
}

/**
 * The objects of a type as they were created; those of a tree as they stand in it, so that siblings keep
 * their order. `write` says what stands for a rich text.
 */
export function recordsOf(
  db: Database,
  type: TypeData,
  write: (document: RichDocument) => unknown = dataOfDocument,
): PlainRecord[] {
  const rich = richFieldsOf(type);
  return inOrder(db, type).map((object) => {
    const texts = rich.map((name) => [name, write((object[name] as RichTextField).toDocument())]);
    return {
      ...(JSON.parse(JSON.stringify(object)) as PlainRecord),
      ...(Object.fromEntries(texts) as PlainRecord),
    };
  });
}

/** Fields of a type that are rich texts. */
export function richFieldsOf({ fields }: TypeData): string[] {
  return Object.entries(fields).flatMap(([name, { kind }]) => (kind === 'rich' ? [name] : []));
}

/** A rich text as data: its words if there is nothing else, or its delta. */
export function dataOfDocument(document: RichDocument): unknown {
  const isPlain = document.every(
    ({ block, runs }) =>
      block.kind === 'paragraph' && runs.every(({ marks }) => Object.keys(marks).length === 0),
  );
  const words = document.map(({ runs }) => runs.map(({ text }) => text).join('')).join('\n');
  return isPlain && !looksLikeDelta(words) ? words : deltaOfDocument(document);
}

/** True for the text of a delta: cells of tables are text, deltas too. */
export function looksLikeDelta(text: string): boolean {
  if (!text.startsWith('[{"')) return false;
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

function inOrder(db: Database, type: TypeData): readonly AnyObject[] {
  const objects = db.query(type.name).run() as readonly AnyObject[];
  const tree = Object.values(type.fields).find((field) => field.kind === 'tree');
  if (tree?.kind !== 'tree') return objects;
  const places = new Map<string, number>();
  for (const { object } of db.trees.subtree(null, tree.tree)) places.set(object.id, places.size);
  const placeOf = ({ id }: AnyObject): number => places.get(id) ?? places.size;
  return [...objects].sort((a, b) => placeOf(a) - placeOf(b));
}
