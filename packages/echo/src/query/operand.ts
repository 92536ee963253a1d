/** Values that a query compares with, from their JSON form to what registers hold. */
import type { Value } from '@atoll/codec';
import { fromHex, toHex, type ObjectId } from '@atoll/kernel';
import { fromJsonForm, isScalar, type ElementData, type Leaf } from '@atoll/schema';
import { EchoError } from '../echo-error.ts';
import { OBJECT_ID_BYTES } from '../op-ids.ts';
import { storedValue, type RefResolver } from '../stored-value.ts';

/** Bytes of a space's id. */
const SPACE_ID_BYTES = 32;
/** A big integer in JSON, as long as one in a field may be. */
const DECIMAL = /^-?\d{1,2470}$/;

/** What a field holds itself, or what its elements are. */
export function elementOf(leaf: Leaf): ElementData | undefined {
  const { data } = leaf;
  if (isScalar(data)) return data;
  return 'of' in data ? data.of : undefined;
}

/**
 * A compared value as it is stored; `undefined` when nothing can have it, such as the key of an object
 * that has none. @throws EchoError `ECHO_QUERY` when the field is of another kind.
 */
export function storedOperand(host: RefResolver, leaf: Leaf, given: unknown): Value | undefined {
  const element = elementOf(leaf);
  if (element === undefined) return freeOperand(leaf, given);
  try {
    return elementOperand(host, element, given, leaf.name);
  } catch (cause) {
    if (cause instanceof EchoError && cause.code === 'ECHO_QUERY') throw cause;
    throw misfit(leaf, cause);
  }
}

function elementOperand(
  host: RefResolver,
  element: ElementData,
  given: unknown,
  name: string,
): Value | undefined {
  if (given === null) return null;
  switch (element.kind) {
    case 'date':
      if (typeof given === 'number') return given;
      break;
    case 'bigint':
      // A fraction equals none of them, but lies between two.
      if (Number.isFinite(given))
        return Number.isInteger(given) ? BigInt(given as number) : (given as Value);
      break;
    case 'number':
    case 'integer':
      return numberOperand(given) ?? storedValue(element, given, host, name);
    case 'enum':
    case 'literal':
    case 'day':
      // Another version of the type may know it.
      if (['string', 'number', 'boolean'].includes(typeof given)) return given as Value;
      break;
    case 'ref':
      return refOperand(host, element, given);
    case 'json':
      return given as Value;
    default:
      break;
  }
  return storedValue(element, fromJsonForm(name, element, given), host, name);
}

/** Counters and texts have values of their own kind only. */
function freeOperand(leaf: Leaf, given: unknown): Value {
  if (given === null) return null;
  const isText = leaf.data.kind !== 'counter';
  const value = isText && typeof given === 'string' ? given : undefined;
  const found = isText ? value : numberOperand(given);
  if (found === undefined) throw misfit(leaf);
  return found;
}

/**
 * A number, or a big integer, also as decimal text: as the number that equals it, or as itself if none does,
 * for it can be more or less than all of them.
 */
function numberOperand(given: unknown): number | bigint | undefined {
  if (typeof given === 'number') return given;
  const isText = typeof given === 'string' && DECIMAL.test(given);
  if (typeof given !== 'bigint' && !isText) return undefined;
  const big = BigInt(given);
  const near = Number(big);
  return Number.isFinite(near) && BigInt(near) === big ? near : big;
}

/** A ref by what it leads to: `{ id }`, `{ id, space }`, `{ key }`; a text is an id or a key. */
function refOperand(
  host: RefResolver,
  element: Extract<ElementData, { readonly kind: 'ref' }>,
  given: unknown,
): Value | undefined {
  const goal = goalOf(given);
  if (element.by === undefined) {
    if (goal.id === undefined) return undefined;
    if (goal.space === undefined) return goal.id;
    const bytes = new Uint8Array(SPACE_ID_BYTES + OBJECT_ID_BYTES);
    bytes.set(goal.space);
    bytes.set(goal.id, SPACE_ID_BYTES);
    return bytes;
  }
  if (goal.key !== undefined) return goal.key;
  if (goal.id === undefined) return undefined;
  return host.keyOfObject(toHex(goal.id) as ObjectId, element.type, element.by);
}

interface RefOperand {
  readonly id?: Uint8Array;
  readonly space?: Uint8Array;
  readonly key?: string;
}

function goalOf(given: unknown): RefOperand {
  if (typeof given === 'string') {
    const [space = '', id = ''] = given.includes('/') ? given.split('/', 2) : ['', given];
    return { ...idParts(id, space), key: given };
  }
  const goal = (typeof given === 'object' ? given : undefined) as
    { readonly id?: unknown; readonly key?: unknown; readonly space?: unknown } | null | undefined;
  const { id, key, space } = goal ?? {};
  if (typeof key === 'string') return { key };
  if (typeof id === 'string') return idParts(id, typeof space === 'string' ? space : '');
  throw new EchoError('ECHO_QUERY', 'a ref is compared with an id, a key, or an object');
}

function idParts(id: string, space: string): RefOperand {
  const idBytes = fromHex(id);
  const spaceBytes = space === '' ? undefined : fromHex(space);
  if (idBytes?.length !== OBJECT_ID_BYTES) return {};
  if (space !== '' && spaceBytes?.length !== SPACE_ID_BYTES) return {};
  return { id: idBytes, ...(spaceBytes === undefined ? {} : { space: spaceBytes }) };
}

function misfit(leaf: Leaf, cause?: unknown): EchoError {
  const message = `the value does not fit the field ${leaf.name}, which is of the kind ${leaf.data.kind}`;
  return new EchoError('ECHO_QUERY', message, { cause });
}
