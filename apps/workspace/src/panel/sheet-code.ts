/** The code of spreadsheets, loaded where a space has some. */
import type { Client } from '@atoll/client';

/** Model of fields that are spreadsheets. */
export const SHEET_MODEL = 'org.atoll.sheet';

const registering = new WeakMap<Client, Promise<void>>();

/** Makes it known to a client, once. */
export function registerSheets(client: Client): Promise<void> {
  const known = registering.get(client);
  if (known !== undefined) return known;
  const made = import('@atoll/model-sheet').then(({ sheetModel }) =>
    client.models.register(sheetModel),
  );
  registering.set(client, made);
  return made;
}
