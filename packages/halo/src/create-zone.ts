/** Beginning a zone: the statement and, of a closed one, its first keys with a copy of them for its founder. */
import type { CredentialId, IdentityId, Rng, SpaceId, ZoneId } from '@atoll/kernel';
import { createGeneration, type Generation } from './generation.ts';
import { zoneCredentialOf, zoneIdOf, type Zone } from './statements-zones.ts';
import { NONCE_BYTES, type Exercised, type Reader } from './statements.ts';

/** An open zone that is to be stated: it has no keys. */
export interface NewOpenZone {
  readonly zone: ZoneId;
  /** Own over the zone. */
  readonly credential: CredentialId;
  readonly statement: Zone;
}

/** A closed zone that is to be stated. */
export interface NewZone extends NewOpenZone {
  /** Its first keys, to be stated right behind it. */
  readonly keys: Generation;
}

/** Who begins a zone. `by`: a right to write over the whole space. */
interface Founding {
  readonly rng: Rng;
  readonly space: SpaceId;
  readonly founder: IdentityId;
  readonly by: Exercised;
}

/** A zone of which its founder is the only reader. `reader`: the founder, with the reading key of now. */
export function createZone(input: Founding & { readonly reader: Reader }): NewZone {
  const { reader, rng, space } = input;
  const begun = begin(input, 'zone');
  const keys = createGeneration({ rng, space, of: begun.zone, readers: [reader] });
  return { ...begun, keys };
}

/** A zone that all read who read the space, and in which its founder alone has rights. */
export function createOpenZone(input: Founding): NewOpenZone {
  return begin(input, 'open-zone');
}

function begin({ by, founder, rng, space }: Founding, kind: Zone['kind']): NewOpenZone {
  const { parent, through } = by;
  const nonce = rng.bytes(NONCE_BYTES);
  const statement: Zone = { kind, space, founder, nonce, parent, through };
  return { zone: zoneIdOf(statement), credential: zoneCredentialOf(statement), statement };
}
