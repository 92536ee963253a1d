/** Grants below the space, for tests: what the client's members will write. */
import {
  credentialIdOf,
  grantAccess,
  pathKey,
  revokeAccess,
  type AccessPath,
  type Grant,
  type GrantSubject,
  type Level,
} from '@atoll/halo';
import type { CredentialId } from '@atoll/kernel';
import type { AnyTypeDefinition } from '@atoll/schema';
import type { Space } from '../space.ts';
import { Person, exchangeAll } from './space-fixture.ts';

/** Gives a right. @throws RangeError if the giver has none to give. */
export async function grant(
  by: { readonly person: Person; readonly space: Space },
  to: GrantSubject,
  what: {
    readonly path: AccessPath;
    readonly level: Level;
    readonly until?: number;
    readonly premise?: Grant['premise'];
  },
): Promise<CredentialId> {
  const { person, space } = by;
  const parent = space.authority.credentialFor(person.identity, 'control', pathKey(what.path));
  if (parent === undefined) throw new RangeError('there is no right to give this');
  const statement = await grantAccess({
    ...{ rng: person.ports.rng, space: space.id, subject: to, parent, ...what },
    ...{ issuer: person.identity, deviceSigner: person.deviceSigner },
  });
  await space.publish({ statements: [statement], credential: parent });
  return credentialIdOf(statement);
}

/** Ends rights of somebody at a path and below. */
export async function revoke(
  by: { readonly person: Person; readonly space: Space },
  of: Person,
  path: AccessPath,
): Promise<void> {
  const { person, space } = by;
  const parent = space.authority.credentialFor(person.identity, 'control', pathKey(path));
  if (parent === undefined) throw new RangeError('there is no right to end this');
  const subject = { to: 'identity', identity: of.identity } as const;
  const statements = [revokeAccess({ space: space.id, subject, path, parent })];
  await space.publish({ statements, credential: parent });
  await space.settled();
}

/** Somebody by name. */
export function named(person: Person): GrantSubject {
  return { to: 'identity', identity: person.identity };
}

/** People and their copies of one space: Ada has founded it, Jun and Kim may read. */
export interface Town {
  readonly ada: Person;
  readonly jun: Person;
  readonly kim: Person;
  readonly one: Space;
  readonly two: Space;
  readonly three: Space;
  readonly all: readonly Space[];
  share(): Promise<void>;
}

/** See {@link Town}. */
export async function readersTown(
  seed: number,
  of: { readonly types: readonly AnyTypeDefinition[]; begin(one: Space): void },
): Promise<Town> {
  const [ada, jun, kim] = (await Promise.all(
    ['Ada', 'Jun', 'Kim'].map((name, at) => Person.make(name, seed + at)),
  )) as [Person, Person, Person];
  const one = await ada.found();
  of.begin(one);
  await one.flush();
  const two = await jun.join(one, ada.deviceSigner, 'reader');
  const three = await kim.join(one, ada.deviceSigner, 'reader');
  const all = [one, two, three];
  for (const { database } of all) for (const type of of.types) database.register(type);
  await exchangeAll(all);
  return { ada, jun, kim, one, two, three, all, share: () => exchangeAll(all) };
}
