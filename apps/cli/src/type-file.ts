/** Types as files say them: JSON Schema. */
import { SchemaError, fromJsonSchema, type TypeData } from '@atoll/schema';
import { CliError } from './cli-error.ts';
import { readText } from './json-lines.ts';

/** The type that a file says; `name` stands above the schema's own. @throws CliError `CLI_FILE`. */
export async function readTypeFile(path: string, name?: string): Promise<TypeData> {
  const text = await readText(path);
  return typeOf(() => JSON.parse(text) as unknown, `"${path}"`, name);
}

/** The type of a schema that `read` gives; `what` names it in a refusal. @throws CliError `CLI_FILE`. */
export function typeOf(read: () => unknown, what: string, name?: string): TypeData {
  try {
    const { type } = fromJsonSchema(read(), name === undefined ? {} : { name });
    return name === undefined ? type : { ...type, name };
  } catch (cause) {
    const why = cause instanceof SchemaError ? cause.message : 'it is not JSON';
    throw new CliError('CLI_FILE', `${what} is no schema of a type: ${why}`, { cause });
  }
}
