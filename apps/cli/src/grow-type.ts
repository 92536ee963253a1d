/** Types of a space that get further fields, because a command line or a file brings them. */
import type { Database } from '@atoll/client';
import {
  defineDynamic,
  isFieldName,
  type FieldsData,
  type TypeData,
  type TypeDefinition,
} from '@atoll/schema';
import { CliError } from './cli-error.ts';

/** Properties that every object has; a field of such a name could not be read. */
const RESERVED: ReadonlySet<string> = new Set(['id', 'constructor', 'toJSON']);

/**
 * The type with at least these fields. Fields that it has keep their kind, so that what is in the space
 * stays readable; where nothing is new, it is the type as the space has it.
 * A type that is made here joins the types of `relation`, if that is given.
 * @throws CliError `CLI_FIELD` for a name that no field can have.
 */
export function growType(
  database: Database,
  name: string,
  fields: FieldsData,
  relation?: TypeData['relation'],
): TypeDefinition {
  const known = knownType(database, name);
  const fresh = Object.keys(fields).filter((field) => known?.fields[field] === undefined);
  for (const field of fresh) {
    if (RESERVED.has(field) || field.startsWith('$') || !isFieldName(field)) {
      throw new CliError('CLI_FIELD', `a field cannot be called "${field}"; rename it`);
    }
  }
  if (known !== undefined && fresh.length === 0) return defineDynamic(known);
  // The order of fields is that of display: what was there stays in front.
  return defineDynamic({
    ...(relation === undefined ? {} : { relation }),
    ...known,
    name,
    fields: { ...known?.fields, ...fields, ...known?.fields },
  });
}

/** A type as data. */
export function knownType(database: Database, name: string): TypeData | undefined {
  return database.definitionOf(name)?.data();
}
