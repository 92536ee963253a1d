/** Fields of a type by name, and what queries may do with them. */
import { isScalar, type ElementData, type Leaf } from '@atoll/schema';
import { EchoError } from '../echo-error.ts';
import type { KnownType } from '../type-registry.ts';
import type { QueryField } from './row-source.ts';

/** A field by name. @throws EchoError `ECHO_QUERY`. */
export function fieldNamed(type: KnownType, name: string): QueryField {
  const field = anyNamed(type, name);
  if (field.leaf.records !== undefined) {
    const what = 'holds records: ask for entries with "some"';
    throw new EchoError('ECHO_QUERY', `${name} ${what}`);
  }
  return field;
}

/** The same, maps of records included: those have keys. @throws EchoError `ECHO_QUERY`. */
export function keyedNamed(type: KnownType, name: string): QueryField {
  const field = anyNamed(type, name);
  return field.leaf.records === 'entries' ? field : fieldNamed(type, name);
}

function anyNamed(type: KnownType, name: string): QueryField {
  const leaf = type.compiled.leafByName.get(name);
  if (leaf === undefined) {
    throw new EchoError('ECHO_QUERY', `${type.compiled.name} has no field ${name}`);
  }
  return { leaf, field: type.fields[leaf.index] as number };
}

/** The same for what has one value to compare. @throws EchoError `ECHO_QUERY`. */
export function comparableNamed(type: KnownType, name: string): QueryField {
  const field = fieldNamed(type, name);
  const { data } = field.leaf;
  if (isScalar(data) || data.kind === 'counter' || isWritten(field.leaf)) return field;
  throw new EchoError('ECHO_QUERY', `${name} is a ${data.kind} and cannot be compared`);
}

/** The ref that a field holds, itself or in a set or list. */
export function refOf(leaf: Leaf): Extract<ElementData, { readonly kind: 'ref' }> | undefined {
  if (leaf.records !== undefined) return undefined;
  if (leaf.data.kind === 'ref') return leaf.data;
  const isSeveral = leaf.data.kind === 'set' || leaf.data.kind === 'list';
  return isSeveral && leaf.data.of.kind === 'ref' ? leaf.data.of : undefined;
}

/** True for texts that people write together. */
export function isWritten(leaf: Leaf): boolean {
  return leaf.data.kind === 'text' || leaf.data.kind === 'rich';
}

/** True if the type declares an ordered index. */
export function isIndexed({ leaf }: QueryField): boolean {
  return isScalar(leaf.data) && leaf.data.index === true;
}

/** Fields for which the type declares an ordered index. */
export function indexedFields(type: KnownType): QueryField[] {
  return type.compiled.leaves
    .map((leaf) => ({ leaf, field: type.fields[leaf.index] as number }))
    .filter((of) => of.leaf.records === undefined && isIndexed(of));
}

/** Fields whose words the type declares to be searched. */
export function searchedFields(type: KnownType): QueryField[] {
  return type.compiled.leaves.flatMap((leaf) =>
    leaf.records === undefined && 'search' in leaf.data && leaf.data.search === true
      ? [{ leaf, field: type.fields[leaf.index] as number }]
      : [],
  );
}
