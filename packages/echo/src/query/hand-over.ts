/** What listens to a database goes on with another one of the same space: it was closed and opened again. */
import { defineDynamic } from '@atoll/schema';
import type { Database } from '../database.ts';

/** Lets the live queries of a database go on with another one, which reads the same types. */
export function handOver(from: Database, to: Database): void {
  if (from.live.listeners === 0) return;
  to.hidden.replace(from.hidden.ids);
  for (const type of from.types()) to.register(defineDynamic(type));
  to.live.takeFrom(from.live);
}
