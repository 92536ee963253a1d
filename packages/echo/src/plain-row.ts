/** A row as plain data, through the type that the application reads it with. */
import { isScalar, toJsonForm, type ElementData, type Leaf } from '@atoll/schema';
import type { ObjectHost } from './object-host.ts';
import { plainEntries } from './records-view.ts';
import { shownCount, shownMap, shownRegister, shownSet } from './shown.ts';
import { shownValue } from './stored-value.ts';

/** What reading a row as data needs besides the host. */
interface PlainHost extends ObjectHost {
  readerOf(name: string): ReturnType<ObjectHost['fold']['typeOf']> | undefined;
}

/** Id and fields in their JSON form, except that dates stay dates; absent values are left out. */
export function plainRow(host: PlainHost, row: number): { readonly [name: string]: unknown } {
  const own = host.fold.typeOf(row);
  const type = host.readerOf(own.compiled.name) ?? own;
  const plain: Record<string, unknown> = { id: host.fold.rows.id(row) };
  type.compiled.leaves.forEach((leaf, at) => {
    if (leaf.records === 'column') return;
    const value = plainLeaf(host, row, type.fields[at] as number, leaf);
    if (value === undefined) return;
    let into = plain;
    for (const name of leaf.path.slice(0, -1)) {
      into = (into[name] ??= {}) as Record<string, unknown>;
    }
    into[leaf.path.at(-1) as string] = value;
  });
  return plain;
}

function plainLeaf(host: PlainHost, row: number, field: number, leaf: Leaf): unknown {
  const { fold, sequences } = host;
  const { data } = leaf;
  if (leaf.records === 'entries') {
    const own = fold.typeOf(row);
    return plainEntries(host, { row, type: host.readerOf(own.compiled.name) ?? own, leaf });
  }
  switch (data.kind) {
    case 'set':
      return shownSet(fold, row, field).map((item) =>
        plainValue(data.of, shownValue(data.of, item, host)),
      );
    case 'map':
      return Object.fromEntries(
        [...shownMap(fold, row, field)]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, item]) => [key, plainValue(data.of, shownValue(data.of, item, host))]),
      );
    case 'counter':
      return shownCount(fold, row, field);
    case 'text':
    case 'rich':
      return sequences.text(row, field)?.text.toString() ?? '';
    case 'model': {
      const own = fold.typeOf(row);
      const type = host.readerOf(own.compiled.name) ?? own;
      return host.models.field({ row, type, leaf }, data).toJSON();
    }
    case 'list': {
      const list = sequences.list(row, field);
      if (list === undefined) return [];
      return list.list
        .elements()
        .map((element) =>
          plainValue(data.of, shownValue(data.of, sequences.itemValue(list, element), host)),
        );
    }
    default:
      return isScalar(data)
        ? plainValue(data, shownValue(data, shownRegister(fold, row, field, leaf), host))
        : undefined;
  }
}

/** As in files, except that dates stay dates. */
function plainValue(element: ElementData, value: unknown): unknown {
  return element.kind === 'date' ? value : toJsonForm(element, value);
}
