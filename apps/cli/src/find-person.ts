/** Somebody by what a person typed: a contact or a member of any space, by id, the beginning of one, or name. */
import { isCalled, type Client, type Named } from '@atoll/client';
import { CliError } from './cli-error.ts';
import { oneOf } from './find-member.ts';

const IDENTITY = /^[0-9a-f]{64}$/u;

/** Somebody who is known here. @throws CliError `CLI_MEMBER_UNKNOWN`, `CLI_MEMBER_AMBIGUOUS`. */
export function findPerson(client: Client, given: string): Named {
  const contacts = client.halo.contacts.list.get();
  const called = contacts.filter(({ displayName }) => isCalled(displayName, given));
  if (called.length > 0) return oneOf(called, given, 'contact');
  const me = client.halo.identity.get()?.id;
  const people = new Map<string, Named>(contacts.map((contact) => [contact.id, contact]));
  for (const space of client.spaces.list.get()) {
    for (const { displayName, id } of space.members.get()) {
      if (id !== me && !people.has(id)) people.set(id, { id, displayName });
    }
  }
  return oneOf([...people.values()], given, 'contact or member');
}

/** The same, or an id of somebody who is not known here. @throws as {@link findPerson}. */
export function findIdentity(client: Client, given: string): string {
  if (IDENTITY.test(given)) return given;
  const me = client.halo.identity.get();
  if (me !== undefined && given === 'me') return me.id;
  return findPerson(client, given).id;
}

/** Something of which a list has ids, by the beginning of one. @throws CliError `CLI_ATTESTATION_UNKNOWN`. */
export function findId(all: readonly { readonly id: string }[], given: string): string {
  const fits = all.filter(({ id }) => given.length >= PREFIX_MIN && id.startsWith(given));
  const [first] = fits;
  if (first !== undefined && fits.length === 1) return first.id;
  throw new CliError(
    'CLI_ATTESTATION_UNKNOWN',
    `${String(fits.length)} attestations begin with "${given}"; see atoll attest list`,
  );
}

const PREFIX_MIN = 4;
