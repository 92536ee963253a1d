/** Beginning a zone: the statement, its first keys, and a copy of them for its founder. */
import type { CredentialId, IdentityId, Rng, SpaceId, ZoneId } from '@atoll/kernel';
import { createGeneration, type Generation } from './generation.ts';
import { zoneCredentialOf, zoneIdOf, type Zone } from './statements-zones.ts';
import { NONCE_BYTES, type Exercised, type Reader } from './statements.ts';

/** A zone that is to be stated. */
export interface NewZone {
  readonly zone: ZoneId;
  /** Own over the zone. */
  readonly credential: CredentialId;
  readonly statement: Zone;
  /** Its first keys, to be stated right behind it. */
  readonly keys: Generation;
}

/** A zone of which its founder is the only reader. `by`: a right to write over the whole space. */
export function createZone(input: {
  readonly rng: Rng;
  readonly space: SpaceId;
  readonly founder: IdentityId;
  readonly by: Exercised;
  /** The founder, with the reading key of now. */
  readonly reader: Reader;
}): NewZone {
  const { by, founder, reader, rng, space } = input;
  const { parent, through } = by;
  const nonce = rng.bytes(NONCE_BYTES);
  const statement: Zone = { kind: 'zone', space, founder, nonce, parent, through };
  const zone = zoneIdOf(statement);
  const keys = createGeneration({ rng, space, of: zone, readers: [reader] });
  return { zone, credential: zoneCredentialOf(statement), statement, keys };
}
