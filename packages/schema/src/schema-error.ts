/** Refusals of the schema package. */
import { AtollError } from '@atoll/kernel';

/** Why a type or a value was refused. */
export type SchemaErrorCode =
  | 'SCHEMA_DEFINITION' // A type is defined in a way that has no canonical form. Change the definition.
  | 'SCHEMA_MALFORMED' // Bytes or data given as a type are not one. Ask for it again.
  | 'SCHEMA_TOO_LARGE' // A type has more fields, or deeper ones, than allowed. Split the type.
  | 'SCHEMA_VALUE'; // A value does not fit its field. Give one that does.

/** Error of the schema package. */
export class SchemaError extends AtollError<SchemaErrorCode> {
  override readonly name = 'SchemaError';
}
