/** The program of a cheat: a device that believes to hold a right over everything, and cites it. For tests. */
import type { HeldRight } from '@atoll/halo';
import type { CredentialId } from '@atoll/kernel';
import type { Space } from '../space.ts';

/** Versions of rights that no honest tree has, so that what was chosen from is looked up again. */
let version = -2;

/**
 * Lets a space cite a credential for whatever it writes, until the function it gives is called; as if it were held at
 * this path.
 */
export function pretend(
  { authority, identity }: Space,
  credential: CredentialId,
  path = '',
): () => void {
  const { credentials } = authority;
  const { people } = credentials;
  const honest = people.rightsOf.bind(people);
  const right = { credential: { id: credential, level: 'write', path } } as HeldRight;
  const rightsOf: typeof honest = (subject) =>
    subject.to === 'identity' && subject.identity === identity ? [right] : honest(subject);
  const lie = version--;
  Object.assign(people, { rightsOf });
  Object.assign(authority, { credentialFor: () => credential });
  Object.defineProperty(credentials, 'version', { configurable: true, get: () => lie });
  return () => {
    Reflect.deleteProperty(people, 'rightsOf');
    Reflect.deleteProperty(authority, 'credentialFor');
    Reflect.deleteProperty(credentials, 'version');
  };
}
