/**
 * From whatever somebody wrote to the one canonical form of a query: short forms spelled out, keys in
 * order, values as JSON. What is no query is refused with the place where it stops being one. Types are not
 * known here, so names of fields and kinds of values are checked when the query is asked.
 */
import { toHex, type ObjectId } from '@atoll/kernel';
import { EchoError } from '../echo-error.ts';
import {
  AGGREGATES_MAX,
  COMPARISON_ORDER,
  COMPARISONS,
  HOPS_MAX,
  ORDERS_MAX,
  QUERY_CHARACTERS_MAX,
  QUERY_DEPTH_MAX,
  QUERY_PARTS_MAX,
  type Aggregate,
  type Order,
  type QueryForm,
  type RefGoal,
  type TreeGoal,
  type Where,
} from './query-form.ts';

type Plain = { readonly [key: string]: unknown };

const FORM_KEYS = new Set([
  'type',
  'where',
  'refTo',
  'orderBy',
  'offset',
  'limit',
  'after',
  'deleted',
  'hidden',
  'group',
  'aggregate',
]);
const FIGURES = ['sum', 'avg', 'min', 'max'] as const;
/** Characters of a name, a cursor, an id. */
const NAME_CHARACTERS_MAX = 4096;

/** A query written as JSON; `type` is the one that it is for if it names none. @throws EchoError `ECHO_QUERY_MALFORMED`, `ECHO_QUERY_TOO_LARGE`. */
export function parseQuery(json: string, type?: string): QueryForm {
  if (json.length > QUERY_CHARACTERS_MAX) throw tooLarge(`${QUERY_CHARACTERS_MAX} characters`);
  let form: unknown;
  try {
    form = JSON.parse(json);
  } catch (cause) {
    throw new EchoError('ECHO_QUERY_MALFORMED', 'the query is not JSON', { cause });
  }
  const named = record(form, 'the query');
  return canonicalForm(type === undefined ? named : { type, ...named });
}

/** The canonical form. @throws EchoError `ECHO_QUERY_MALFORMED`, `ECHO_QUERY_TOO_LARGE`. */
export function canonicalForm(input: unknown): QueryForm {
  const form = record(input, 'the query');
  for (const key of Object.keys(form)) {
    if (!FORM_KEYS.has(key)) throw malformed(`a query has no ${key}`);
  }
  const check = new FormCheck();
  let where = form['where'] === undefined ? {} : check.where(form['where'], 'where', 0);
  if (form['refTo'] !== undefined) {
    where = bothWheres(where, { $refTo: check.goal(form['refTo'], 'refTo') });
  }
  return {
    type: name(form['type'], 'type'),
    ...(Object.keys(where).length === 0 ? {} : { where }),
    ...listed('orderBy', form, (value) => check.orders(value)),
    ...whole(form, 'offset', 0),
    ...whole(form, 'limit', undefined),
    ...(form['after'] === undefined ? {} : { after: text(form['after'], 'after') }),
    ...mode('deleted', form),
    ...mode('hidden', form),
    ...listed('group', form, (value) => names(value, 'group')),
    ...listed('aggregate', form, (value) => check.aggregates(value)),
  };
}

/** A part that is left out where it says nothing. */
function listed<T extends object>(key: string, form: Plain, read: (value: unknown) => T): object {
  const part = optional(form[key], read) ?? {};
  return Object.keys(part).length === 0 ? {} : { [key]: part };
}

function mode(key: 'deleted' | 'hidden', form: Plain): Pick<QueryForm, 'deleted' | 'hidden'> {
  const asked = optional(form[key], (value) => oneOf(value, MODES, key));
  return asked === undefined || asked === 'exclude' ? {} : { [key]: asked };
}

const MODES = ['exclude', 'include', 'only'] as const;

/** What fulfils both; both are canonical. */
export function bothWheres(a: Where, b: Where): Where {
  const shared = Object.keys(a).some((key) => Object.hasOwn(b, key));
  if (!shared) return sorted({ ...a, ...b });
  const all = Object.keys(a).length === 1 ? a['$and'] : undefined;
  return { $and: Array.isArray(all) ? [...(all as readonly Where[]), b] : [a, b] };
}

class FormCheck {
  #parts = 0;

  where(input: unknown, at: string, depth: number): Where {
    if (depth > QUERY_DEPTH_MAX) throw tooLarge(`${QUERY_DEPTH_MAX} levels`);
    const given = record(input, at);
    const entries = Object.entries(given).flatMap(([key, value]) =>
      value === undefined
        ? []
        : [[key, this.#part(key, value, { at: `${at}.${key}`, depth })] as const],
    );
    return sorted(Object.fromEntries(entries));
  }

  goal(input: unknown, at: string): RefGoal {
    this.#count();
    const goal = only(record(input, at), ['id', 'key', 'field', 'depth'], at);
    if (goal['id'] === undefined && goal['key'] === undefined)
      throw malformed(`${at} names nothing`);
    return {
      ...(goal['id'] === undefined ? {} : { id: name(goal['id'], at) as RefGoal['id'] & string }),
      ...(goal['key'] === undefined ? {} : { key: name(goal['key'], at) }),
      ...(goal['field'] === undefined ? {} : { field: name(goal['field'], at) }),
      ...depthOf(goal, at),
    };
  }

  orders(input: unknown): Order[] {
    return list(input, 'orderBy', ORDERS_MAX).map((each) => {
      const order = only(record(each, 'orderBy'), ['field', 'direction', 'nulls'], 'orderBy');
      const direction = oneOf(order['direction'] ?? 'asc', ['asc', 'desc'] as const, 'direction');
      const nulls = optional(order['nulls'], (value) =>
        oneOf(value, ['first', 'last'] as const, 'nulls'),
      );
      const usual = direction === 'asc' ? 'first' : 'last';
      return {
        field: name(order['field'], 'orderBy'),
        direction,
        ...(nulls === undefined || nulls === usual ? {} : { nulls }),
      };
    });
  }

  aggregates(input: unknown): { readonly [name: string]: Aggregate } {
    const given = Object.entries(record(input, 'aggregate'));
    if (given.length > AGGREGATES_MAX) throw tooLarge(`${AGGREGATES_MAX} figures`);
    return Object.fromEntries(
      given.map(([title, value]) => {
        const figure = only(record(value, title), FIGURES, title);
        const [kind, ...others] = FIGURES.filter((each) => figure[each] !== undefined);
        if (kind === undefined || others.length > 0) throw malformed(`${title} is not one figure`);
        return [name(title, 'aggregate'), { [kind]: name(figure[kind], title) }];
      }),
    );
  }

  #part(
    key: string,
    value: unknown,
    place: { readonly at: string; readonly depth: number },
  ): unknown {
    this.#count();
    const { at, depth } = place;
    if (!key.startsWith('$')) return this.#condition(value, place);
    switch (key) {
      case '$and':
      case '$or':
        return list(value, at, QUERY_PARTS_MAX).map((each) => this.where(each, at, depth + 1));
      case '$not':
        return this.where(value, at, depth + 1);
      case '$id':
        return (Array.isArray(value) ? list(value, at, QUERY_PARTS_MAX) : [value]).map((id) =>
          this.#id(id, at),
        );
      case '$text':
        return text(value, at);
      case '$refTo':
        return this.goal(value, at);
      case '$from':
        return this.#from(value, place);
      case '$under':
      case '$above':
        return this.#treeGoal(value, at, key === '$under');
      default:
        throw malformed(`${at} is not known`);
    }
  }

  #treeGoal(input: unknown, at: string, mayBeNone: boolean): TreeGoal {
    const goal = only(record(input, at), ['id', 'tree', 'depth'], at);
    const { depth, id } = goal;
    if (depth !== undefined && (!Number.isSafeInteger(depth) || (depth as number) < 1)) {
      throw malformed(`${at}: depth is a count of steps`);
    }
    return {
      id: id === null && mayBeNone ? null : (this.#id(id, at) as ObjectId),
      ...(goal['tree'] === undefined ? {} : { tree: name(goal['tree'], at) }),
      ...(depth === undefined ? {} : { depth: depth as number }),
    };
  }

  #from(input: unknown, place: { readonly at: string; readonly depth: number }): unknown {
    const { at, depth } = place;
    const from = only(record(input, at), ['type', 'field', 'where', 'depth'], at);
    const where = this.where(from['where'] ?? {}, at, depth + 1);
    return {
      type: name(from['type'], at),
      field: name(from['field'], at),
      ...(Object.keys(where).length === 0 ? {} : { where }),
      ...depthOf(from, at),
    };
  }

  #condition(given: unknown, place: { readonly at: string; readonly depth: number }): unknown {
    if (!isCondition(given)) return { eq: this.#value(given, place.at, 0) };
    const found: Record<string, unknown> = {};
    for (const comparison of COMPARISON_ORDER) {
      const value = given[comparison];
      if (value === undefined) continue;
      this.#count();
      found[comparison] = this.#compared(comparison, value, place);
    }
    if (found['depth'] === 1) delete found['depth'];
    if (found['to'] === undefined && (found['type'] ?? found['depth']) !== undefined) {
      throw malformed(`${place.at} has a type or depth but nothing to lead to`);
    }
    return found;
  }

  #compared(
    comparison: string,
    value: unknown,
    { at, depth }: { readonly at: string; readonly depth: number },
  ): unknown {
    switch (comparison) {
      case 'in':
        return list(value, at, QUERY_PARTS_MAX).map((each) => this.#value(each, at, 0));
      case 'prefix':
      case 'text':
        return text(value, at);
      case 'exists':
        if (typeof value !== 'boolean') throw malformed(`${at}: exists is true or false`);
        return value;
      case 'some':
      case 'to':
        return this.where(value, at, depth + 1);
      case 'type':
        return name(value, at);
      case 'depth':
        return depthOf({ depth: value }, at).depth ?? 1;
      default:
        return this.#value(value, at, 0);
    }
  }

  #id(value: unknown, at: string): string {
    this.#count();
    return isRef(value) && typeof value['$id'] === 'string' ? value['$id'] : name(value, at);
  }

  /** A compared value as JSON: moments, big integers and bytes as text, refs by id or key. */
  #value(value: unknown, at: string, depth: number): unknown {
    this.#count();
    if (depth > QUERY_DEPTH_MAX) throw tooLarge(`${QUERY_DEPTH_MAX} levels`);
    switch (typeof value) {
      case 'boolean':
        return value;
      case 'string':
        return text(value, at);
      case 'number':
        if (!Number.isFinite(value)) throw malformed(`${at} has a number that is none`);
        return value;
      case 'bigint':
        return String(value);
      case 'object':
        return value === null ? null : this.#object(value, at, depth);
      default:
        throw malformed(`${at} has a value that is no data`);
    }
  }

  #object(value: object, at: string, depth: number): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#value(each, at, depth + 1));
    if (value instanceof Uint8Array) return toHex(value);
    if (Object.prototype.toString.call(value) === '[object Date]') {
      if (Number.isNaN((value as Date).getTime()))
        throw malformed(`${at} has a moment that is none`);
      return (value as Date).toISOString();
    }
    if (isRef(value)) {
      const { $id, $key, $space } = value;
      if (typeof $key === 'string') return { key: $key };
      if (typeof $id !== 'string') throw malformed(`${at} has a ref that leads nowhere`);
      return { id: $id, ...(typeof $space === 'string' ? { space: $space } : {}) };
    }
    const entries = Object.entries(record(value, at)).filter(([, each]) => each !== undefined);
    return sorted(
      Object.fromEntries(entries.map(([key, each]) => [key, this.#value(each, at, depth + 1)])),
    );
  }

  #count(): void {
    if (++this.#parts > QUERY_PARTS_MAX) throw tooLarge(`${QUERY_PARTS_MAX} parts`);
  }
}

/** True for comparisons, in contrast to a value that is compared with. */
export function isCondition(given: unknown): given is Plain {
  if (typeof given !== 'object' || given === null) return false;
  if (Object.getPrototypeOf(given) !== Object.prototype) return false;
  const keys = Object.keys(given);
  return keys.length > 0 && keys.every((key) => COMPARISONS.has(key));
}

/** True for objects and refs, as applications hold them. */
export function isRef(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && '$state' in value;
}

function record(value: unknown, at: string): Plain {
  const isRecord =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null);
  if (!isRecord) throw malformed(`${at} is not an object`);
  return value as Plain;
}

function only(given: Plain, allowed: readonly string[], at: string): Plain {
  for (const key of Object.keys(given)) {
    if (!allowed.includes(key)) throw malformed(`${at} has no ${key}`);
  }
  return given;
}

function list(value: unknown, at: string, max: number): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(`${at} is not a list`);
  if (value.length > max) throw tooLarge(`${max} in ${at}`);
  return value as readonly unknown[];
}

function names(value: unknown, at: string): string[] {
  return list(value, at, ORDERS_MAX).map((each) => name(each, at));
}

function name(value: unknown, at: string): string {
  if (typeof value !== 'string' || value === '') throw malformed(`${at} is not a name`);
  if (value.length > NAME_CHARACTERS_MAX) throw tooLarge(`${NAME_CHARACTERS_MAX} characters`);
  return text(value, at);
}

function text(value: unknown, at: string): string {
  if (typeof value !== 'string') throw malformed(`${at} is not a text`);
  if (value.length > QUERY_CHARACTERS_MAX) throw tooLarge(`${QUERY_CHARACTERS_MAX} characters`);
  if (!value.isWellFormed()) throw malformed(`${at} is not well-formed text`);
  return value;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], at: string): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw malformed(`${at} is one of ${allowed.join(', ')}`);
  return found;
}

function whole(
  form: Plain,
  key: 'offset' | 'limit',
  usual: number | undefined,
): Partial<QueryForm> {
  const value = form[key];
  if (value === undefined || value === usual) return {};
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw malformed(`${key} is a count`);
  }
  return { [key]: value };
}

function depthOf(given: Plain, at: string): { readonly depth?: number } {
  const { depth } = given;
  if (depth === undefined || depth === 1) return {};
  if (typeof depth !== 'number' || !Number.isSafeInteger(depth) || depth < 1) {
    throw malformed(`${at}: depth is a count of steps`);
  }
  if (depth > HOPS_MAX) throw tooLarge(`${HOPS_MAX} steps`);
  return { depth };
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}

function sorted(where: Plain): Plain {
  const keys = Object.keys(where).sort();
  return Object.fromEntries(keys.map((key) => [key, where[key]]));
}

function malformed(what: string): EchoError {
  return new EchoError('ECHO_QUERY_MALFORMED', what);
}

function tooLarge(what: string): EchoError {
  return new EchoError('ECHO_QUERY_TOO_LARGE', `a query has at most ${what}`);
}
