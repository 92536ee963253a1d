/** Code of the data models that are shipped, loaded where a space has fields of them. */
import type { Client, Space } from '@atoll/client';

/** Makes models known that types of a space name: so their fields are shown and exported as data. */
export async function registerModels(client: Client, space: Space): Promise<void> {
  const wanted = new Set(
    space.db
      .types()
      .flatMap((type) => Object.values(type.fields))
      .flatMap((data) => (data.kind === 'model' ? [data.model] : [])),
  );
  if (wanted.has('org.yjs.document')) {
    const { yjsModel } = await import('@atoll/model-yjs');
    client.models.register(yjsModel);
  }
  if (wanted.has('org.atoll.sheet')) {
    const { sheetModel } = await import('@atoll/model-sheet');
    client.models.register(sheetModel);
  }
}
