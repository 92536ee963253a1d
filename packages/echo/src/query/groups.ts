/** Groups of objects by the values of fields, with counts and figures that follow changes. */
import type { Value } from '@atoll/codec';
import { EchoError } from '../echo-error.ts';
import type { ElementData } from '@atoll/schema';
import type { KnownType } from '../type-registry.ts';
import { comparableNamed, fieldNamed } from './fields.ts';
import { elementOf } from './operand.ts';
import { makeFigure, type Figure, type FigureKind } from './figures.ts';
import type { Aggregate, QueryForm } from './query-form.ts';
import type { QueryHost } from './query-host.ts';
import type { FieldReader } from './row-source.ts';
import { compareValues, valueKey, type Shown } from './value-order.ts';

/** One group. */
export interface Group {
  /** What its objects have in common, by field; refs as id or key. */
  readonly key: { readonly [field: string]: unknown };
  readonly count: number;
  /** Figures by the names that were given to them. */
  readonly figures: { readonly [name: string]: unknown };
}

interface PlannedFigure {
  readonly name: string;
  readonly kind: FigureKind;
  readonly element: ElementData | undefined;
  readonly read: FieldReader;
}

/** What the objects of a group have in common; `text` is equal for equal values. */
interface GroupKey {
  readonly values: readonly Shown[];
  readonly text: string;
}

/** Values of a single field whose keys are made once: many objects share few of them. */
const SINGLE_KEYS_MAX = 4096;
const NOTHING: readonly Shown[] = [undefined];

interface RunningGroup {
  readonly key: GroupKey;
  count: number;
  readonly figures: readonly Figure[];
  /** The last answer, as long as nothing has changed. */
  shown: Group | undefined;
}

/** How values of a field are shown to applications. */
export type ShowValue = (element: ElementData | undefined, value: Shown) => unknown;

/** Groups that objects are put into and taken out of. */
export class Groups {
  readonly #fields: readonly {
    readonly name: string;
    readonly element: ElementData | undefined;
    readonly items: (row: number) => readonly Value[];
  }[];
  readonly #figures: readonly PlannedFigure[];
  readonly #groups = new Map<string, RunningGroup>();
  readonly #show: ShowValue;
  readonly #isKept: boolean;
  readonly #keysBySingle = new Map<Shown, readonly GroupKey[]>();

  /** @throws EchoError `ECHO_QUERY`. */
  constructor(
    host: QueryHost,
    input: {
      readonly type: KnownType;
      readonly form: QueryForm;
      readonly show: ShowValue;
      /** Objects will be taken out again. */
      readonly isKept: boolean;
    },
  ) {
    const { type, form, show } = input;
    this.#show = show;
    this.#isKept = input.isKept;
    this.#fields = (form.group ?? []).map((name) => {
      const field = fieldNamed(type, name);
      return { name, element: elementOf(field.leaf), items: host.source.items(field) };
    });
    this.#figures = Object.entries(form.aggregate ?? {}).map(([name, asked]) =>
      planFigure(host, type, name, asked),
    );
    if (this.#fields.length === 0) this.#ensure(groupKey([]));
  }

  /** What an object adds, to be given back to {@link Groups.remove}. */
  read(row: number): Member {
    return { keys: this.#keysOf(row), values: this.#figures.map(({ read }) => read(row)) };
  }

  /** Puts an object into its groups. */
  add(member: Member): void {
    for (const key of member.keys) {
      const group = this.#ensure(key);
      group.count++;
      group.shown = undefined;
      for (let at = 0; at < group.figures.length; at++) {
        group.figures[at]?.add(member.values[at]);
      }
    }
  }

  /** Takes an object out of the groups that it was put into. */
  remove(member: Member): void {
    for (const key of member.keys) {
      const group = this.#ensure(key);
      group.count--;
      group.shown = undefined;
      group.figures.forEach((figure, at) => figure.remove(member.values[at]));
      if (group.count === 0 && this.#fields.length > 0) this.#groups.delete(key.text);
    }
  }

  /** Adds the groups of the same query over other objects. */
  absorb(other: Groups): void {
    for (const from of other.#groups.values()) {
      const group = this.#ensure(from.key);
      group.count += from.count;
      group.shown = undefined;
      group.figures.forEach((figure, at) => figure.absorb(from.figures[at] as Figure));
    }
  }

  /** The groups in the order of their keys; those that have not changed are the same objects as before. */
  shown(): readonly Group[] {
    return [...this.#groups.values()].sort(compareGroups).map((group) => this.#showGroup(group));
  }

  #showGroup(group: RunningGroup): Group {
    group.shown ??= {
      key: Object.fromEntries(
        this.#fields.map(({ name, element }, at) => [
          name,
          this.#show(element, group.key.values[at]),
        ]),
      ),
      count: group.count,
      figures: Object.fromEntries(
        this.#figures.map(({ name, kind, element }, at) => {
          const value = group.figures[at]?.value();
          const isSum = kind === 'sum' || kind === 'avg';
          return [name, isSum ? value : this.#show(element, value)];
        }),
      ),
    };
    return group.shown;
  }

  #keysOf(row: number): readonly GroupKey[] {
    const [first, second] = this.#fields;
    if (first === undefined || second !== undefined) return this.#combinedKeys(row);
    const found = first.items(row);
    if (found.length > 1) return found.map((value) => groupKey([value]));
    const [value] = found;
    let keys = this.#keysBySingle.get(value);
    if (keys !== undefined) return keys;
    keys = [groupKey([value])];
    // Bytes and lists are never the same object twice.
    if (typeof value !== 'object' && this.#keysBySingle.size < SINGLE_KEYS_MAX) {
      this.#keysBySingle.set(value, keys);
    }
    return keys;
  }

  #combinedKeys(row: number): readonly GroupKey[] {
    let above: readonly (readonly Shown[])[] = [[]];
    for (const { items } of this.#fields) {
      const found = items(row);
      const values: readonly Shown[] = found.length === 0 ? NOTHING : found;
      above = above.flatMap((key) => values.map((value) => [...key, value]));
    }
    return above.map((values) => groupKey(values));
  }

  #ensure(key: GroupKey): RunningGroup {
    let group = this.#groups.get(key.text);
    if (group === undefined) {
      const figures = this.#figures.map(({ kind }) => makeFigure(kind, this.#isKept));
      group = { key, count: 0, figures, shown: undefined };
      this.#groups.set(key.text, group);
    }
    return group;
  }
}

/** What one object adds to which groups. */
export interface Member {
  readonly keys: readonly GroupKey[];
  readonly values: readonly Shown[];
}

/** True if an object is where it was, and adds what it added. */
export function sameMember(a: Member, b: Member): boolean {
  return (
    a.keys.length === b.keys.length &&
    a.keys.every((key, at) => key.text === b.keys[at]?.text) &&
    a.values.every((value, at) => compareValues(value, b.values[at]) === 0)
  );
}

function planFigure(
  host: QueryHost,
  type: KnownType,
  name: string,
  asked: Aggregate,
): PlannedFigure {
  const [kind, fieldName] = Object.entries(asked)[0] as [FigureKind, string];
  const field = comparableNamed(type, fieldName);
  const { data } = field.leaf;
  const isNumber = ['number', 'integer', 'bigint', 'counter', 'json', 'union'].includes(data.kind);
  if ((kind === 'sum' || kind === 'avg') && !isNumber) {
    throw new EchoError('ECHO_QUERY', `${fieldName} is a ${data.kind} and cannot be added up`);
  }
  return { name, kind, element: elementOf(field.leaf), read: host.source.reader(field) };
}

function compareGroups(a: RunningGroup, b: RunningGroup): number {
  for (let at = 0; at < a.key.values.length; at++) {
    const order = compareValues(a.key.values[at], b.key.values[at]);
    if (order !== 0) return order;
  }
  return 0;
}

function groupKey(values: readonly Shown[]): GroupKey {
  const texts = values.map((value) => {
    const text = value === undefined ? '' : valueKey(value);
    return `${text.length}:${text}`;
  });
  return { values, text: texts.join('') };
}
