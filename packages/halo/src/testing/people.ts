/** People of tests: identities with keys from a seed, made once each. */
import { simAgreer, simSigner, SimRng } from '@atoll/testkit';
import type { IdentityId, Signer } from '@atoll/kernel';
import { createIdentity } from '../create-identity.ts';
import type { IdentityLog } from '../identity.ts';
import type { Bytes } from '../statements.ts';

/** Somebody with one device and the secrets of a HALO space. */
export interface Person {
  readonly name: string;
  readonly identity: IdentityId;
  readonly log: IdentityLog;
  readonly words: readonly string[];
  readonly locatorSecret: Bytes;
  readonly deviceSigner: Signer;
  readonly deviceAgreementKey: Bytes;
  readonly haloSecret: Bytes;
}

const people = new Map<string, Promise<Person>>();

/** The person of that name; the same in every test. */
export function person(name: string): Promise<Person> {
  const known = people.get(name);
  if (known !== undefined) return known;
  const made = makePerson(name);
  people.set(name, made);
  return made;
}

async function makePerson(name: string): Promise<Person> {
  let seed = 7;
  for (const unit of name) seed = (seed * 31 + (unit.codePointAt(0) ?? 0)) % 1_000_003;
  const rng = new SimRng(seed);
  const deviceSigner = simSigner(rng.bytes(32));
  const deviceAgreementKey = simAgreer(rng.bytes(32)).publicKey;
  const made = await createIdentity({ rng, deviceSigner, deviceAgreementKey });
  return { name, ...made, deviceSigner, deviceAgreementKey, haloSecret: rng.bytes(32) };
}
