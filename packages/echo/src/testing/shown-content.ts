/** What the objects of a space show, whatever their ids: to compare spaces that hold copies of the same. */
import type { Database } from '../database.ts';
import { isContent } from '../history/compare.ts';
import { TREE } from './random-kinds.ts';

/** What live objects show, without ids: two spaces that hold copies of the same look the same. */
export function shown({ database }: { readonly database: Database }): string[] {
  const { fold } = database;
  const all: string[] = [];
  for (let row = 0; row < fold.rows.count; row++) {
    const object = database.get(fold.rows.id(row));
    if (object === undefined || !isContent(object.$type)) continue;
    const plain = database.plain(row) as Record<string, unknown>;
    const { id: _id, other, parent: _parent, up: _up, ...fields } = plain;
    const { page } = object as unknown as { readonly page?: { toDocument(): unknown } };
    const target =
      typeof other === 'string' && !other.includes('/') ? database.get(other) : undefined;
    // Where it stands: below these, or nowhere if one of them is deleted.
    const above = database.trees.ancestors(object, TREE);
    const isHidden = above.some(({ $state }) => $state === 'deleted');
    const place = isHidden ? 'hidden' : above.map((each) => [each['text'], each['label']]);
    all.push(sortedText([fields, page?.toDocument(), target?.['title'], place]));
  }
  return all.sort();
}

function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
