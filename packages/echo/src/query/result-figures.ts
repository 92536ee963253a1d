/** Counts and groups of live queries. */
import { Groups, sameMember, type Member, type ShowValue } from './groups.ts';
import type { View } from './live-query.ts';
import type { Plan } from './plan.ts';
import type { QueryHost } from './query-host.ts';

/** How many objects match. */
export class ResultCount implements View<number> {
  readonly #rows = new Set<number>();

  /** See {@link View}. */
  fill(rows: Iterable<number>): void {
    for (const row of rows) this.#rows.add(row);
  }

  /** See {@link View}. */
  has(row: number): boolean {
    return this.#rows.has(row);
  }

  /** See {@link View}. */
  put(row: number): void {
    this.#rows.add(row);
  }

  /** See {@link View}. */
  remove(row: number): void {
    this.#rows.delete(row);
  }

  /** See {@link View}. */
  result(): number {
    return this.#rows.size;
  }
}

/** Groups of what matches, in each result another object. */
export interface GroupsNow {
  readonly groups: Groups;
}

/** Groups of what matches. */
export class ResultGroups implements View<GroupsNow> {
  readonly #groups: Groups;
  readonly #memberByRow = new Map<number, Member>();
  #isChanged = true;
  #result: GroupsNow;

  constructor(host: QueryHost, plan: Plan, show: ShowValue) {
    this.#groups = new Groups(host, { type: plan.type, form: plan.form, show, isKept: true });
    this.#result = { groups: this.#groups };
  }

  /** See {@link View}. */
  fill(rows: Iterable<number>): void {
    for (const row of rows) this.put(row);
  }

  /** See {@link View}. */
  has(row: number): boolean {
    return this.#memberByRow.has(row);
  }

  /** See {@link View}. */
  put(row: number): void {
    const before = this.#memberByRow.get(row);
    const after = this.#groups.read(row);
    if (before !== undefined && sameMember(before, after)) return;
    this.remove(row);
    this.#groups.add(after);
    this.#memberByRow.set(row, after);
    this.#isChanged = true;
  }

  /** See {@link View}. */
  remove(row: number): void {
    const before = this.#memberByRow.get(row);
    if (before === undefined) return;
    this.#groups.remove(before);
    this.#memberByRow.delete(row);
    this.#isChanged = true;
  }

  /** See {@link View}. */
  result(): GroupsNow {
    if (this.#isChanged) this.#result = { groups: this.#groups };
    this.#isChanged = false;
    return this.#result;
  }
}
