/** Who reads what, as keys ask for it: the space and its root zone are read by whoever has a right by name. */
import { ROOT_ZONE } from '@atoll/kernel';
import type { CredentialBook } from './credential-book.ts';
import type { IdentityBook } from './identity-book.ts';
import type { KeyRights } from './key-book.ts';
import type { KeysOf } from './statements.ts';

/** Answers from the rights of a space. A zone with readers of its own is to be asked for here. */
export function keyRightsOf(credentials: CredentialBook, identities: IdentityBook): KeyRights {
  const isHere = (of: KeysOf): boolean => of === 'membership' || of === ROOT_ZONE;
  return {
    rankOf: (credential) => credentials.rankOf(credential),
    readersOf: (of, block) => (isHere(of) ? credentials.asOf(block).members() : undefined),
    removals: (of, block) => {
      if (!isHere(of)) return [];
      const rights = credentials.asOf(block);
      return [...rights.removals(), ...identities.stops(rights.members(), block)];
    },
    isStopped: (identity, device, block) => identities.isStopped(identity, device, block),
    knowsStops: (identity, block, at) => identities.knowsStops(identity, block, at),
    get version() {
      return credentials.version + identities.version;
    },
  };
}
