/** Queries: a builder over plain data, answered from indexes, kept up to date while somebody listens. */
import type { Value } from '@atoll/codec';
import { fromHex, type ObjectId } from '@atoll/kernel';
import type { ElementData, Ref } from '@atoll/schema';
import { shownValue, StoredRef } from '../stored-value.ts';
import { answer, matches } from './answer.ts';
import { encodeCursor } from './cursor.ts';
import { explain, nothingKnown, type Explanation } from './explain.ts';
import { bothWheres, canonicalForm } from './form-check.ts';
import { Groups, type Group, type ShowValue } from './groups.ts';
import { Plan } from './plan.ts';
import type { Aggregate, HopFrom, Order, QueryForm, RefGoal, TreeGoal } from './query-form.ts';
import type { QueryHost } from './query-host.ts';
import type { FieldName, WhereFor } from './query-types.ts';
import { ResultCount, ResultGroups, type GroupsNow } from './result-figures.ts';
import { ResultList } from './result-list.ts';
import { wordsOf } from './words.ts';
import { searchedFields } from './fields.ts';
import { markedForm, markUnions } from './mark-unions.ts';

/** A page of a result. */
export interface Page<T> {
  readonly objects: readonly T[];
  /** Where the next page begins; absent behind the last one. */
  readonly next?: string;
}

/** An object with how well it fits a search: greater is better, only within one answer. */
export interface Hit<T> {
  readonly object: T;
  readonly score: number;
}

/** A query; each method answers with a new one. */
export class Query<T> {
  readonly #host: QueryHost;
  readonly #form: QueryForm;

  constructor(host: QueryHost, form: QueryForm) {
    this.#host = host;
    this.#form = canonicalForm(markedForm(host, form));
  }

  /**
   * Only objects that also fulfil this: `{ done: false, votes: { gt: 3 } }`. See docs/queries.md.
   * @throws EchoError `ECHO_QUERY_MALFORMED`.
   */
  where(where: WhereFor<T>): Query<T> {
    const { type } = this.#form;
    const marked = markUnions(this.#host, type, where);
    const added = canonicalForm({ type, where: marked }).where ?? {};
    return this.#with({ where: bothWheres(this.#form.where ?? {}, added) });
  }

  /** Only objects with a ref to this object, or to this key. */
  refTo(target: Ref<unknown> | RefGoal | string, field?: string): Query<T> {
    const goal = { ...goalOf(target), ...(field === undefined ? {} : { field }) };
    const added = canonicalForm({ type: this.#form.type, refTo: goal }).where ?? {};
    return this.#with({ where: bothWheres(this.#form.where ?? {}, added) });
  }

  /** Only objects that an object of this type leads to. */
  ledToBy(
    type: string | { readonly name: string },
    field: string,
    options: Omit<HopFrom, 'type' | 'field'> = {},
  ): Query<T> {
    const $from = { type: typeof type === 'string' ? type : type.name, field, ...options };
    return this.#with({
      where: bothWheres(
        this.#form.where ?? {},
        canonicalForm({ type: this.#form.type, where: { $from } }).where ?? {},
      ),
    });
  }

  /** Only what stands below an object in a tree, at any depth or at most so deep; `null`: in the tree. */
  under(object: Ref<unknown> | null, options: Omit<TreeGoal, 'id'> = {}): Query<T> {
    return this.#inTree('$under', object, options);
  }

  /** Only what stands above an object in a tree: its parent, the parent of that, and so on. */
  above(object: Ref<unknown>, options: Omit<TreeGoal, 'id'> = {}): Query<T> {
    return this.#inTree('$above', object, options);
  }

  /** Orders by a field, after those given before. */
  orderBy(
    field: FieldName<T>,
    direction: Order['direction'] = 'asc',
    options: Pick<Order, 'nulls'> = {},
  ): Query<T> {
    const order = { field: field as string, direction, ...options };
    return this.#with({ orderBy: [...(this.#form.orderBy ?? []), order] });
  }

  /** At most so many. */
  limit(limit: number): Query<T> {
    return this.#with({ limit });
  }

  /** Leaves out the first ones. */
  offset(offset: number): Query<T> {
    return this.#with({ offset });
  }

  /** Begins behind a cursor, or behind an object, wherever it stands in the order. */
  after(place: Ref<unknown> | string): Query<T> {
    const after = typeof place === 'string' ? place : place.$id;
    return after === undefined ? this : this.#with({ after });
  }

  /** Deleted objects too, or only them. */
  deleted(mode: 'exclude' | 'include' | 'only'): Query<T> {
    return this.#with({ deleted: mode });
  }

  /** Objects that moderators have hidden too, or only them. */
  hidden(mode: 'exclude' | 'include' | 'only'): Query<T> {
    return this.#with({ hidden: mode });
  }

  /** Makes groups of objects with equal values; those of a set count in the group of each element. */
  groupBy(...fields: readonly FieldName<T>[]): Query<T> {
    return this.#with({ group: [...(this.#form.group ?? []), ...fields] });
  }

  /** Figures of each group: `{ total: { sum: 'size' }, newest: { max: 'at' } }`. */
  aggregate(figures: { readonly [name: string]: Aggregate }): Query<T> {
    return this.#with({ aggregate: { ...this.#form.aggregate, ...figures } });
  }

  /** The query as plain data, in its canonical form. */
  toJSON(): QueryForm {
    return this.#form;
  }

  /** The objects now. @throws EchoError `ECHO_QUERY`, `ECHO_CURSOR`. */
  run(): T[] {
    const plan = Plan.of(this.#host, this.#form);
    if (plan === undefined) return [];
    return answer(this.#host, plan).placed.map(({ row }) => this.#show(row));
  }

  /** The objects now, and where the next page begins: the way through a long result, page by page. */
  page(): Page<T> {
    const objects = this.run();
    const last = objects.at(-1);
    const { limit } = this.#form;
    if (last === undefined || limit === undefined || objects.length < limit) return { objects };
    const next = this.cursorOf(last as Ref<unknown>);
    return next === undefined ? { objects } : { objects, next };
  }

  /** The place of an object in this order, as text that outlives the object. */
  cursorOf(object: Ref<unknown>): string | undefined {
    const plan = Plan.of(this.#host, this.#form);
    const id = object.$id === undefined ? undefined : fromHex(object.$id);
    const row = id === undefined ? -1 : this.#host.source.find(id);
    if (plan === undefined || row < 0) return undefined;
    return encodeCursor(this.#form.orderBy ?? [], plan.cursorOf(row));
  }

  /** The first object. */
  first(): T | undefined {
    return this.limit(1).run()[0];
  }

  /** How many there are, whatever the limit. */
  count(): number {
    const plan = Plan.of(this.#host, this.#form);
    if (plan === undefined) return 0;
    let count = 0;
    for (const _ of matches(plan)) count++;
    return count;
  }

  /** The groups now, whatever the limit, in the order of their keys; without `groupBy`, one of all. */
  groups(): readonly Group[] {
    return this.runningGroups()?.shown() ?? [];
  }

  /** The sum of a field, a big integer if all values are. Objects without a value do not count. */
  sum(field: FieldName<T>): number | bigint {
    return (this.#figure('sum', field) ?? 0) as number | bigint;
  }

  /** The mean of a field; `undefined` of no values. */
  avg(field: FieldName<T>): number | undefined {
    return this.#figure('avg', field) as number | undefined;
  }

  /** The least value of a field. */
  min(field: FieldName<T>): unknown {
    return this.#figure('min', field);
  }

  /** The greatest value of a field. */
  max(field: FieldName<T>): unknown {
    return this.#figure('max', field);
  }

  /**
   * Objects that fulfil the query and have these words in searchable fields, the best fit first; all fit
   * alike as long as the index of words is not loaded, which it is once a space with such a type is open.
   */
  search(words: string): readonly Hit<T>[] {
    const plan = Plan.of(this.#host, this.where({ $text: words } as WhereFor<T>).toJSON());
    if (plan === undefined) return [];
    const { type } = plan;
    const index = this.#host.indexes.text(type.compiled.name, searchedFields(type));
    const ranked = index?.search(wordsOf(words)).filter(({ row }) => plan.accepts(row));
    const hits = ranked ?? [...matches(plan)].map((row) => ({ row, score: 1 }));
    return hits
      .slice(0, this.#form.limit)
      .map(({ row, score }) => ({ object: this.#show(row), score }));
  }

  /** Runs the query and tells how: where it looked, how many objects it tested. */
  explain(): Explanation {
    const plan = Plan.of(this.#host, this.#form);
    if (plan === undefined) return nothingKnown(this.#form.type);
    return explain(plan, answer(this.#host, plan));
  }

  /**
   * Calls back with the objects at once, and again after each tick that changes them: another array if
   * anything in it is new, so the same array means the same objects in the same state. The work is in
   * proportion to the change. Returns the way to stop.
   */
  subscribe(listener: (objects: readonly T[]) => void): () => void {
    return this.#host.live.listen<readonly T[]>(
      {
        kind: 'list',
        form: this.#form,
        makeView: (plan, host) => new ResultList(plan, (row) => host.handle(row) as T),
        empty: [],
      },
      listener,
    );
  }

  /** Calls back with the number of objects, whatever the limit, at once and when it changes. */
  subscribeCount(listener: (count: number) => void): () => void {
    const { type, where, deleted, hidden } = this.#form;
    const form = canonicalForm({ type, where, deleted, hidden });
    return this.#host.live.listen(
      { kind: 'count', form, makeView: () => new ResultCount(), empty: 0 },
      listener,
    );
  }

  /** Calls back with the groups at once and when any changes; unchanged ones stay the same objects. */
  subscribeGroups(listener: (groups: readonly Group[]) => void): () => void {
    return this.keepGroups((now) => listener(now?.groups.shown() ?? []));
  }

  /** Calls back with running groups, for adding them to those of other spaces. */
  keepGroups(listener: (now: GroupsNow | undefined) => void): () => void {
    const { type, where, deleted, hidden, group, aggregate } = this.#form;
    const form = canonicalForm({ type, where, deleted, hidden, group, aggregate });
    return this.#host.live.listen<GroupsNow | undefined>(
      {
        kind: 'groups',
        form,
        makeView: (plan, host) => new ResultGroups(host, plan, showingOf(host)),
        empty: undefined,
      },
      listener,
    );
  }

  /** Running groups, to which those of other spaces can be added; `undefined` without such a type. */
  runningGroups(withObjects = true): Groups | undefined {
    const plan = Plan.of(this.#host, this.#form);
    if (plan === undefined) return undefined;
    const groups = new Groups(this.#host, {
      type: plan.type,
      form: this.#form,
      show: showingOf(this.#host),
      isKept: false,
    });
    if (withObjects) for (const row of matches(plan)) groups.add(groups.read(row));
    return groups;
  }

  /** The plan of the query as it is now; `undefined` without such a type. */
  plan(): Plan | undefined {
    return Plan.of(this.#host, this.#form);
  }

  #inTree(
    where: '$under' | '$above',
    object: Ref<unknown> | null,
    options: Omit<TreeGoal, 'id'>,
  ): Query<T> {
    const goal = { [where]: { ...options, id: object } };
    const added = canonicalForm({ type: this.#form.type, where: goal }).where ?? {};
    return this.#with({ where: bothWheres(this.#form.where ?? {}, added) });
  }

  #figure(kind: 'sum' | 'avg' | 'min' | 'max', field: string): unknown {
    const figure = { figure: { [kind]: field } };
    const { type, where, deleted, hidden } = this.#form;
    const form = canonicalForm({ type, where, deleted, hidden, aggregate: figure });
    return new Query<T>(this.#host, form).groups()[0]?.figures['figure'];
  }

  #show(row: number): T {
    return this.#host.handle(row) as T;
  }

  #with(part: Partial<QueryForm>): Query<T> {
    return new Query<T>(this.#host, { ...this.#form, ...part });
  }
}

function showingOf(host: QueryHost): ShowValue {
  return (element, value) => showPlain(host, element, value);
}

/** A value as applications see it; refs as id or key. */
function showPlain(
  host: QueryHost,
  element: ElementData | undefined,
  value: Value | undefined,
): unknown {
  if (element === undefined) return value;
  const shown = shownValue(element, value, host);
  return shown instanceof StoredRef ? shown.toJSON() : shown;
}

/** Text stands for an id when it looks like one, and for a key too. */
function goalOf(target: Ref<unknown> | RefGoal | string): RefGoal {
  if (typeof target === 'string') {
    const isId = target.length === 32 && fromHex(target) !== undefined;
    return isId ? { id: target as ObjectId, key: target } : { key: target };
  }
  if (!('$state' in target)) return target;
  const { $id, $key } = target;
  return {
    ...($id === undefined ? {} : { id: $id }),
    ...($key === undefined ? {} : { key: $key }),
  };
}
