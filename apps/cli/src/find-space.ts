/** A space, an object or a type by what a person typed. */
import type { AnyObject, Client, Database, LeftSpace, Space } from '@atoll/client';
import type { TypeDefinition } from '@atoll/schema';
import { CliError } from './cli-error.ts';
import { requireWriterIn } from './find-zone.ts';
import { registerModels } from './known-models.ts';

/** Shortest beginning of an id that is taken for one. */
const PREFIX_MIN = 4;

/** A space by id, by the beginning of its id, or by name: open, and kept open for this run. @throws CliError. */
export async function findSpace(client: Client, given: string): Promise<Space> {
  const space = spaceNamed(client, given);
  space.hold();
  await space.open();
  await registerModels(client, space);
  return space;
}

function spaceNamed(client: Client, given: string): Space {
  const spaces = client.spaces.list.get();
  return theOne(spaces, (space) => space.name.get(), { given, list: 'atoll space list' });
}

/** A space that was left, by id, by the beginning of its id, or by name. @throws CliError. */
export function findLeft(client: Client, given: string): LeftSpace {
  const spaces = client.spaces.left.get();
  return theOne(spaces, ({ name }) => name, { given, list: 'atoll space list --left' });
}

function theOne<T extends { readonly id: string }>(
  spaces: readonly T[],
  nameOf: (space: T) => string,
  { given, list }: { readonly given: string; readonly list: string },
): T {
  const exact = spaces.find(({ id }) => id === given);
  if (exact !== undefined) return exact;
  const named = spaces.filter((space) => nameOf(space) === given);
  const begun = spaces.filter(({ id }) => given.length >= PREFIX_MIN && id.startsWith(given));
  const fits = [...new Set([...named, ...begun])];
  const [first] = fits;
  if (first === undefined) {
    throw new CliError('CLI_SPACE_UNKNOWN', `no space here is "${given}"; see ${list}`);
  }
  if (fits.length > 1) {
    const ids = fits.map(({ id }) => id.slice(0, 8)).join(', ');
    throw new CliError('CLI_SPACE_AMBIGUOUS', `"${given}" may be ${ids}: give one of these`);
  }
  return first;
}

/** An object by id. @throws CliError. */
export function findObject(database: Database, id: string): AnyObject {
  const object = database.get(id);
  if (object !== undefined) return object;
  const isDeleted = database.getDeleted(id) !== undefined;
  throw new CliError(
    'CLI_OBJECT_UNKNOWN',
    isDeleted ? `${id} is deleted; atoll restore brings it back` : `there is no object ${id}`,
  );
}

/** The definition of a type that the space has objects of. @throws CliError. */
export function findType(database: Database, name: string): TypeDefinition {
  const type = database.definitionOf(name);
  if (type !== undefined) return type;
  const known = database
    .types()
    .map((each) => each.name)
    .filter((each) => !isOwnType(each));
  const list = known.length === 0 ? 'there are none yet' : `there are ${known.join(', ')}`;
  throw new CliError('CLI_TYPE_UNKNOWN', `the space has no type "${name}"; ${list}`);
}

/** True for types that the engine keeps for itself. */
export function isOwnType(name: string): boolean {
  return name.startsWith('org.atoll.');
}

/** Refuses early what every replica would refuse later; an object's zone says who writes it. @throws CliError. */
export function requireWriter(space: Space, object?: string): void {
  requireWriterIn(space, object === undefined ? undefined : space.zones.of(object));
}
