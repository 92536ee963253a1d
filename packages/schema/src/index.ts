/** Types of objects: builder, canonical form, field ids, validation. No cryptography, no storage. @packageDocumentation */
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
  ENUM_VALUES_MAX,
  FIELDS_MAX,
  NAME_CHARACTERS_MAX,
  RECORD_DEPTH_MAX,
  TYPE_BYTES_MAX,
  isScalar,
  type CollectionData,
  type FieldData,
  type FieldsData,
  type ScalarData,
  type ScalarKind,
  type TypeData,
} from './field-data.ts';
export {
  type CounterField,
  type Json,
  type ListField,
  type MapField,
  type Ref,
  type RefState,
  type SetField,
  type TextChange,
  type TextField,
} from './instance.ts';
export {
  compileType,
  compileTypeBytes,
  type CompiledType,
  type Leaf,
  type LeafData,
  type TaggedHash,
} from './compiled-type.ts';
export { decodeType, encodeType, typeForm } from './type-form.ts';
export { COUNT_MAX, acceptsInitial, acceptsScalar } from './accepts.ts';
export { inferType, isFieldName, type InferOptions } from './infer-type.ts';
export { isGiven, scalarTest, type Issue, type StandardSchema } from './validate.ts';
export { SchemaError, type SchemaErrorCode } from './schema-error.ts';
