/** A space with one page below the other, for what is asked about an object and all above it. */
import { defineType, s, type Ref, type ScalarField, type TypeDefinition } from '@atoll/schema';
import { Person } from '../../packages/echo/src/space/testing/space-fixture.ts';
import type { Space } from '../../packages/echo/src/space/space.ts';

/** How many levels are above the deepest page; the pages have the rows 0 to this. */
export const DEPTH = 8;

/** What lies in the tree. */
export const Page: TypeDefinition<{
  readonly title: ScalarField<string, string, 'required'>;
  readonly note: ScalarField<string, string, 'optional'>;
  readonly parent: ReturnType<typeof s.tree>;
}> = defineType('bench.Page', {
  title: s.string(),
  note: s.string().default(''),
  parent: s.tree('pages'),
});

/** Ada, and her space with `DEPTH` pages above the deepest. To be disposed of. */
export async function deepSpace(): Promise<{ readonly ada: Person; readonly one: Space }> {
  const ada = await Person.make('Ada', 1);
  const one = await ada.found();
  let parent: Ref<unknown> | undefined;
  for (let depth = 0; depth <= DEPTH; depth++) {
    const place = parent === undefined ? {} : { parent };
    parent = one.database.add(Page, { title: String(depth), ...place });
  }
  await one.flush();
  return { ada, one };
}
