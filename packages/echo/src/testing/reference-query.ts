/**
 * Queries answered the slow and plain way: look at every object as an application sees it. What the engine
 * answers must be the same. For tests.
 */
import type { AnyObject, Database } from '../database.ts';
import type { Condition, HopFrom, Order, QueryForm, RefGoal, Where } from '../query/query-form.ts';
import { wordsOf } from '../query/words.ts';

type Plain = string | number | bigint | boolean | null | undefined;

interface RefLike {
  readonly $id?: string;
  readonly $key?: string;
  readonly $state: string;
  readonly $target: AnyObject | undefined;
}

/** Ids of what a query finds, in order. */
export function referenceRun(db: Database, form: QueryForm): string[] {
  const all = objectsOf(db, form.type);
  const found = all.filter(
    (each) =>
      isAskedFor(form.deleted, each.$state === 'deleted') &&
      isAskedFor(form.hidden, db.hidden.ids.has(each.id)) &&
      fulfils(db, each, form.where ?? {}),
  );
  const orders = form.orderBy ?? [];
  const sorted = found
    .map((object, at) => ({ object, at, keys: orders.map(({ field }) => plain(object, field)) }))
    .sort((a, b) => {
      for (const [no, order] of orders.entries()) {
        const difference = compareOrdered(order, a.keys[no], b.keys[no]);
        if (difference !== 0) return difference;
      }
      return a.at - b.at;
    });
  const { offset = 0, limit = Infinity } = form;
  return sorted.slice(offset, offset + limit).map(({ object }) => object.id);
}

/** Groups as text: key, count, sum and extremes of a field. */
export function referenceGroups(
  db: Database,
  form: QueryForm,
  group: string,
  of: string,
): string[] {
  const groups = new Map<string, AnyObject[]>();
  for (const id of referenceRun(db, { type: form.type, ...pick(form) })) {
    const object = db.getDeleted(id);
    if (object === undefined) continue;
    const value = object[group];
    const keys = isIterable(value) ? [...value] : [value];
    for (const key of keys.length === 0 ? [undefined] : keys) {
      const text = String(key);
      groups.set(text, [...(groups.get(text) ?? []), object]);
    }
  }
  return [...groups]
    .map(([key, objects]) => {
      const values = objects
        .map((each) => plain(each, of))
        .filter((each) => typeof each === 'number');
      const sorted = [...values].sort((a, b) => a - b);
      // Quarters add up exactly in any order.
      const sum = values.reduce((total, each) => total + each, 0);
      return `${key}: ${objects.length} ${sum} ${sorted[0]} ${sorted.at(-1)}`;
    })
    .sort();
}

function isAskedFor(mode: QueryForm['deleted'], is: boolean): boolean {
  return mode === 'include' || is === (mode === 'only');
}

function pick({ where, deleted, hidden }: QueryForm): Partial<QueryForm> {
  return { ...(where && { where }), ...(deleted && { deleted }), ...(hidden && { hidden }) };
}

function objectsOf(db: Database, type: string): AnyObject[] {
  return db.query(type).deleted('include').hidden('include').run();
}

function fulfils(db: Database, object: AnyObject, where: Where): boolean {
  return Object.entries(where).every(([name, given]) => {
    switch (name) {
      case '$and':
        return (given as Where[]).every((each) => fulfils(db, object, each));
      case '$or':
        return (given as Where[]).some((each) => fulfils(db, object, each));
      case '$not':
        return !fulfils(db, object, given as Where);
      case '$id':
        return (given as string[]).includes(object.id);
      case '$text':
        return hasWords([object['title'], object['notes']].map(String).join('\n'), given as string);
      case '$refTo':
        return pointsTo(db, object, given as RefGoal);
      case '$from':
        return isLedTo(db, object, given as HopFrom);
      default:
        return Object.entries(given as Condition).every(([comparison, value]) =>
          holds(db, { object, name, comparison, value, condition: given as Condition }),
        );
    }
  });
}

interface Question {
  readonly object: AnyObject;
  readonly name: string;
  readonly comparison: string;
  readonly value: unknown;
  readonly condition: Condition;
}

function holds(db: Database, { object, name, comparison, value, condition }: Question): boolean {
  const raw = object[name];
  const shown = plain(object, name);
  const goal = operand(name, value);
  if (/^[lg]te?$/.test(comparison)) return isWithin(comparison, shown, goal);
  switch (comparison) {
    case 'eq':
      return goal === null ? shown === undefined || shown === null : shown === goal;
    case 'ne':
      return goal === null ? shown !== undefined && shown !== null : shown !== goal;
    case 'in':
      return (value as unknown[]).some((each) =>
        holds(db, { object, name, comparison: 'eq', value: each, condition }),
      );
    case 'prefix':
      return typeof shown === 'string' && shown.startsWith(String(value));
    case 'contains':
      if (isIterable(raw) && typeof raw !== 'string') return [...raw].includes(value);
      return typeof shown === 'string' && shown.includes(String(value));
    case 'exists':
      if (isIterable(raw) && typeof raw !== 'string') return [...raw].length > 0 === value;
      return (name === 'notes' ? shown !== '' : shown !== undefined) === value;
    case 'text':
      return hasWords(String(shown ?? ''), String(value));
    case 'to':
      return leadsTo(db, object, {
        field: name,
        where: value as Where,
        depth: condition.depth ?? 1,
      });
    default:
      return true;
  }
}

function isWithin(comparison: string, shown: Plain, goal: Plain): boolean {
  if (typeof shown !== typeof goal) return false;
  const order = compare(shown, goal);
  return order === 0 ? comparison.endsWith('e') : order < 0 === comparison.startsWith('l');
}

function operand(name: string, value: unknown): Plain {
  if (value === null) return null;
  if (name === 'due') return Date.parse(String(value));
  if (name === 'big') return BigInt(String(value));
  if (typeof value === 'object') {
    const goal = value as { readonly id?: string; readonly key?: string };
    return goal.key ?? goal.id;
  }
  return value as Plain;
}

/** What a property shows, as one value. */
function plain(object: AnyObject, name: string): Plain {
  const value = object[name];
  if (value instanceof Date) return value.getTime();
  if (typeof value !== 'object' || value === null) return value as Plain;
  if ('increment' in value) return (value as unknown as { readonly value: number }).value;
  if ('$state' in value) return (value as RefLike).$key ?? (value as RefLike).$id;
  return String(value as { toString(): string });
}

function refsOf(object: AnyObject, field: string): RefLike[] {
  const value = object[field];
  if (value === undefined || value === null) return [];
  if ('$state' in (value as object)) return [value as RefLike];
  return isIterable(value) ? [...(value as Iterable<RefLike>)] : [];
}

/** Objects that a field leads to within so many steps. */
function reached(object: AnyObject, field: string, depth: number): AnyObject[] {
  const found = new Map<string, AnyObject>();
  let border = [object];
  for (let step = 0; step < depth; step++) {
    const next: AnyObject[] = [];
    for (const from of border) {
      for (const ref of refsOf(from, field)) {
        const target = ref.$state === 'present' ? ref.$target : undefined;
        if (target === undefined || found.has(target.id)) continue;
        found.set(target.id, target);
        next.push(target);
      }
    }
    border = next;
  }
  return [...found.values()];
}

function leadsTo(
  db: Database,
  object: AnyObject,
  hop: { readonly field: string; readonly where: Where; readonly depth: number },
): boolean {
  return reached(object, hop.field, hop.depth).some((end) => fulfils(db, end, hop.where));
}

function isLedTo(db: Database, object: AnyObject, from: HopFrom): boolean {
  return objectsOf(db, from.type).some(
    (each) =>
      each.$state === 'present' &&
      fulfils(db, each, from.where ?? {}) &&
      reached(each, from.field, from.depth ?? 1).some(({ id }) => id === object.id),
  );
}

const REF_FIELDS = ['assignee', 'owner', 'blocks', 'after'];

function pointsTo(db: Database, object: AnyObject, goal: RefGoal): boolean {
  const fields = goal.field === undefined ? REF_FIELDS : [goal.field];
  const target = goal.id === undefined ? undefined : db.getDeleted(goal.id);
  return fields.some((field) => {
    const key =
      field === 'owner' && target?.$type.endsWith('Person') === true
        ? String(target['name'])
        : goal.key;
    const points = (each: AnyObject): boolean =>
      refsOf(each, field).some((ref) =>
        ref.$key === undefined ? ref.$id === goal.id : ref.$key === key,
      );
    if (points(object)) return true;
    return reached(object, field, (goal.depth ?? 1) - 1).some(points);
  });
}

function hasWords(text: string, asked: string): boolean {
  const words = wordsOf(text);
  return wordsOf(asked).every((start) => words.some((word) => word.startsWith(start)));
}

function compareOrdered(order: Order, a: Plain, b: Plain): number {
  const isNone = (value: Plain): boolean => value === undefined || value === null;
  if (order.nulls !== undefined && isNone(a) !== isNone(b)) {
    return isNone(a) === (order.nulls === 'first') ? -1 : 1;
  }
  return order.direction === 'desc' ? compare(b, a) : compare(a, b);
}

function compare(a: Plain, b: Plain): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  if (a === null || b === null) return a === null ? -1 : 1;
  if (typeof a === 'string' && typeof b === 'string') {
    const left = Array.from(a, (character) => character.codePointAt(0) as number);
    const right = Array.from(b, (character) => character.codePointAt(0) as number);
    for (let at = 0; at < Math.min(left.length, right.length); at++) {
      const difference = (left[at] as number) - (right[at] as number);
      if (difference !== 0) return difference;
    }
    return left.length - right.length;
  }
  return a < b ? -1 : 1;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
