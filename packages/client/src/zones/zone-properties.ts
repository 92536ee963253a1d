/** How a zone is called: an object in it, so that only its readers know. */
import { defineType, s, type ScalarField, type TypeDefinition } from '@atoll/schema';

type Required<T> = ScalarField<T, T, 'required'>;

/** Properties of a zone; the oldest object of the zone counts, and there may be more for who came later. */
export const ZoneProperties: TypeDefinition<{ readonly name: Required<string> }> = defineType(
  'org.atoll.zone.Properties',
  { name: s.string() },
);
