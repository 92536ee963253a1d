/** Objects by the value of a key field: what keyed refs lead to. */
import type { Fold } from '../fold.ts';
import { shownRegister } from '../shown.ts';
import type { QueryHost } from './query-host.ts';

/** The live object of a type with this key that was created first, or -1. */
export function rowOfKey(
  host: Pick<QueryHost, 'readerOf' | 'indexes' | 'source'>,
  type: string,
  fieldName: string,
  key: string,
): number {
  const { source, indexes } = host;
  const reader = host.readerOf(type);
  const leaf = reader?.compiled.leafByName.get(fieldName);
  if (reader === undefined || leaf === undefined) return -1;
  let first = -1;
  for (const row of indexes.rowsWith(
    type,
    { field: reader.fields[leaf.index] as number, leaf },
    key,
  )) {
    if (!source.isLive(row)) continue;
    if (first < 0 || source.compare(row, first) < 0) first = row;
  }
  return first;
}

/** What a key field of a row shows, if the row is of the type. */
export function keyOfRow(
  host: { readonly fold: Fold },
  row: number,
  by: { readonly type: string | undefined; readonly field: string },
): string | undefined {
  if (row < 0) return undefined;
  const { compiled, fields } = host.fold.typeOf(row);
  const leaf = compiled.leafByName.get(by.field);
  if (leaf === undefined || (by.type !== undefined && compiled.name !== by.type)) return undefined;
  const value = shownRegister(host.fold, row, fields[leaf.index] as number, leaf);
  return typeof value === 'string' ? value : undefined;
}
