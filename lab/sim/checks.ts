/** What must hold of a replica at any time, whatever was written by whom in which order. */
import { type AnyObject, type Database, type QueryForm, type Space } from '@atoll/echo';
import type { BlockHash } from '@atoll/kernel';
import { referenceRun } from '../../packages/echo/src/testing/reference-query.ts';
import { TREE } from '../../packages/echo/src/testing/random-kinds.ts';
import { SimFailure } from './sim-failure.ts';
import { THING } from './things.ts';

/** Queries that every replica keeps up to date, one for each way of answering. */
export const KEPT_QUERIES: readonly QueryForm[] = [
  { type: THING, orderBy: [{ field: 'title', direction: 'asc' }], limit: 3 },
  { type: THING, where: { amount: { gte: 30 } } },
  { type: THING, where: { done: true, tags: { contains: 'ant' } } },
  { type: THING, where: { title: 'cat' }, deleted: 'include' },
];

/** Queries whose listeners were told what is found now. */
export class KeptQueries {
  readonly #db: Database;
  readonly #found: string[][] = KEPT_QUERIES.map(() => []);

  constructor(db: Database) {
    this.#db = db;
    KEPT_QUERIES.forEach((form, at) => {
      db.queryForm(form).subscribe((objects) => {
        this.#found[at] = objects.map(({ id }) => id);
      });
    });
  }

  /** Compares what was kept, and what a query finds now, with a look at every object. */
  check(): void {
    this.#db.commit();
    KEPT_QUERIES.forEach((form, at) => {
      const query = this.#db.queryForm(form);
      const wanted = referenceRun(this.#db, query.toJSON()).join();
      const found = query.run().map(({ id }) => id);
      if (found.join() !== wanted) throw new SimFailure(`query ${at} finds something else`);
      if (this.#found[at]?.join() !== wanted) throw new SimFailure(`query ${at} was not kept`);
    });
  }
}

/** All objects as applications see them, as text: equal where the state is equal. */
export function shownText(db: Database): string {
  const objects = [...db.typeNames()]
    .sort()
    .flatMap((type) => db.queryForm({ type, deleted: 'include' }).run())
    .map((object) => `${object.id} ${object.$state} ${JSON.stringify(object)}`)
    .sort();
  const trees = db.children(null, TREE).map((top) => childrenText(db, top));
  return [...objects, ...trees].join('\n');
}

function childrenText(db: Database, object: AnyObject): string {
  return `${object.id}(${db
    .children(object, TREE)
    .map((child) => childrenText(db, child))
    .join()})`;
}

/** Whoever goes up a tree comes to its top; a child stands among those of its parent. */
export function checkTree(db: Database): void {
  for (const object of [...db.queryForm({ type: 'test.Kinds' }).run()]) {
    const seen = new Set<string>();
    for (let at: AnyObject | undefined = object; at !== undefined;) {
      if (seen.has(at.id)) throw new SimFailure('a tree has a cycle');
      seen.add(at.id);
      const above: AnyObject | undefined = db.parent(at, TREE);
      // Deleted children are not listed, wherever they hang.
      const isListed = above !== undefined && at.$state !== 'deleted';
      if (isListed && !db.children(above, TREE).some((each) => each.id === at?.id)) {
        throw new SimFailure('a parent does not have its child');
      }
      at = above;
    }
  }
}

/** Nobody here breaks a rule, so nothing may be void or unreadable. */
export function checkNothingVoid(space: Space): void {
  const { sectionsUnreadable, sectionsVoid, statementsMalformed } = space.counters;
  if (sectionsUnreadable + sectionsVoid + statementsMalformed > 0) {
    throw new SimFailure(`something honest does not count: ${JSON.stringify(space.counters)}`);
  }
  for (let no = 0; no < space.index.branches.blockCount; no++) {
    if (space.database.fold.blocks.isVoid(no)) throw new SimFailure('an honest block is void');
  }
}

/** Lets every announcement be compared with what the disk has: nothing leaves before it is durable. */
export function watchDurable(space: Space, has: (hash: BlockHash) => boolean): void {
  space.replica.onAdvance((runs) => {
    for (const { endHash } of runs) {
      if (!has(endHash)) throw new SimFailure('a block was announced that is not durable');
    }
  });
}
