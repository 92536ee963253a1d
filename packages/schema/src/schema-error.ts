/** Refusals of the schema package. */
import { AtollError } from '@atoll/kernel';

/** Why a type or a value was refused. */
export type SchemaErrorCode =
  | 'SCHEMA_DEFINITION' // A type is defined in a way that has no canonical form.
  | 'SCHEMA_MALFORMED' // Bytes or data given as a type are not one.
  | 'SCHEMA_TOO_LARGE' // A type has more fields, or deeper ones, than allowed.
  | 'SCHEMA_VALUE'; // A value does not fit its field.

/** Error of the schema package. */
export class SchemaError extends AtollError<SchemaErrorCode> {
  override readonly name = 'SchemaError';
}
