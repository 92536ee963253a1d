/**
 * Types of what a door lets in. An object can be made where its type is known: in the program of whoever has opened the
 * door, but maybe in no other that answers it, as long as there is no object of it. So the space is told of it.
 */
import { unrecorded, type Space } from '@atoll/echo';
import type { Door } from '@atoll/halo';

/** Tells the space of types that this program knows and the space does not. Durable when resolved. @throws StoreError. */
export async function publishTypes(space: Space, door: Door | undefined): Promise<void> {
  if (door?.isOpen !== true) return;
  const { database } = space;
  const { types } = database.fold;
  const isPublished = (name: string): boolean =>
    types.byName(name).some(({ publishedIn }) => publishedIn.length > 0);
  const missing = door.types.flatMap((name) =>
    isPublished(name) ? [] : (database.readerOf(name) ?? []),
  );
  if (missing.length === 0) return;
  unrecorded(database, () =>
    database.transaction(() => {
      for (const type of missing) database.mutations.publish(type);
    }),
  );
  await space.flush();
}

/** Types of an open door that nobody knows here: what comes of these waits for a program that does. */
export function unknownTypes(
  { database }: Space,
  door: Door | undefined,
): { readonly unknownTypes?: readonly string[] } {
  if (door?.isOpen !== true) return {};
  const unknown = door.types.filter((name) => database.readerOf(name) === undefined);
  return unknown.length === 0 ? {} : { unknownTypes: unknown };
}
