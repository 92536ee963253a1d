/** Types of objects: builder, canonical form, field ids, validation. No cryptography, no storage. @packageDocumentation */
export { isBlobField, type BlobPart, type BlobRef } from './blob.ts';
export {
  s,
  ScalarField,
  type Field,
  type FieldMode,
  type Fields,
  type Input,
  type Instance,
  type RecordField,
  type RefTarget,
  type WrittenField,
} from './builder.ts';
export {
  defineDynamic,
  defineRelation,
  defineType,
  type AnyTypeDefinition,
  type InputOf,
  type InstanceOf,
  type ObjectBase,
  type ObjectOf,
  type RelationFields,
  type SelfRef,
  type TypeDefinition,
} from './define.ts';
export {
  BIGINT_BITS_MAX,
  ENUM_VALUES_MAX,
  FIELDS_MAX,
  INHERITED_NAMES,
  MODEL_VERSION_MAX,
  NAME_CHARACTERS_MAX,
  RECORD_DEPTH_MAX,
  TYPE_BYTES_MAX,
  UNION_MEMBERS_MAX,
  acceptsNull,
  isRequired,
  isScalar,
  type CollectionData,
  type ElementData,
  type FieldData,
  type FieldsData,
  type LiteralValue,
  type RegisterData,
  type RegisterOptions,
  type ScalarData,
  type ScalarKind,
  type TypeData,
  type ValueFields,
} from './field-data.ts';
export {
  type CounterField,
  type Json,
  type ListField,
  type MapField,
  type ModelField,
  type ModelStatus,
  type RecordsField,
  type Ref,
  type RefState,
  type SetField,
  type TextChange,
  type TextField,
} from './instance.ts';
export {
  type Block,
  type Marks,
  type MarkValue,
  type RichBlock,
  type RichChange,
  type RichDelta,
  type RichDeltaOp,
  type RichDocument,
  type RichRun,
  type RichTextField,
} from './rich-text.ts';
export {
  EACH_ENTRY,
  compileType,
  compileTypeBytes,
  type CompiledType,
  type Leaf,
  type LeafData,
  type TaggedHash,
} from './compiled-type.ts';
export { fromJsonSchema, toJsonSchema, type ImportedType, type SchemaLoss } from './json-schema.ts';
export { decodeType, encodeType, typeForm } from './type-form.ts';
export { COUNT_MAX, POSITION_BYTES_MAX, acceptsInitial, acceptsScalar } from './accepts.ts';
export { isDay } from './day.ts';
export { inferType, isFieldName, type InferOptions } from './infer-type.ts';
export { elementFromJson, fromJsonForm, refOf, toJsonForm } from './json-form.ts';
export { refinementIssues, schemaIssues, type Refinement, type Refining } from './refinement.ts';
export { expected, scalarTest } from './scalar-test.ts';
export { isGiven, isMapKey, type Issue, type StandardSchema } from './validate.ts';
export { SchemaError, type SchemaErrorCode } from './schema-error.ts';
