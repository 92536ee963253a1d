/** Terms of a door: what may be asked, and the statement that says it. */
import type { Space } from '@atoll/echo';
import {
  CONTRIBUTION_FIELDS_BYTES_MAX,
  DOOR_RATE_MAX,
  DOOR_TYPES_MAX,
  suffices,
  type Contributions,
  type Door as DoorStatement,
} from '@atoll/halo';
import { compareBytes, utf8, type IdentityId, type Rng } from '@atoll/kernel';
import { ClientError } from '../client-error.ts';
import type { DoorTerms } from '../contributions-api.ts';

const PER_AUTHOR = 6;
const PER_HOUR = 60;
const BYTES = 4096;
const TYPE_CHARACTERS_MAX = 120;

/** All of the terms. @throws ClientError `CLIENT_DOOR_TERMS`. */
export function wholeTerms(terms: DoorTerms): Required<DoorTerms> {
  const { bytesMax = BYTES, perAuthor = PER_AUTHOR, perHour = PER_HOUR, takesItself } = terms;
  const types = [...new Set(terms.types)].sort((a, b) => compareBytes(utf8(a), utf8(b)));
  if (types.length === 0 || types.length > DOOR_TYPES_MAX) {
    throw refused(`a door is for one to ${DOOR_TYPES_MAX} types`);
  }
  const isNamed = (type: string): boolean => type !== '' && type.length <= TYPE_CHARACTERS_MAX;
  // What the space says of itself is nobody's to contribute.
  if (!types.every((type) => isNamed(type) && !type.startsWith('org.atoll.'))) {
    throw refused('there is no such type');
  }
  if (!isWithin(perAuthor, DOOR_RATE_MAX) || !isWithin(perHour, DOOR_RATE_MAX)) {
    throw refused(`a number for an hour is 1 to ${DOOR_RATE_MAX}`);
  }
  if (!isWithin(bytesMax, CONTRIBUTION_FIELDS_BYTES_MAX)) {
    throw refused(`the longest is 1 to ${CONTRIBUTION_FIELDS_BYTES_MAX} bytes`);
  }
  return { types, takesItself, perAuthor, perHour, bytesMax };
}

/** What a door says of its terms. */
export function termsOf(door: DoorStatement): Required<DoorTerms> {
  const { bytesMax, perAuthor, perHour, takesItself, types } = door;
  return { types, takesItself, perAuthor, perHour, bytesMax };
}

/** A door that is open: that of before with other terms or copies, or, without one, a new one. */
export function openedDoor(
  { halo, rng }: { readonly halo: Contributions; readonly rng: Rng },
  space: Space,
  terms: Required<DoorTerms>,
  of: { readonly kube: string; readonly before?: DoorStatement; readonly secret?: Uint8Array },
): DoorStatement {
  const { before, kube } = of;
  const isKept = before !== undefined && of.secret !== undefined;
  const secret = of.secret ?? rng.bytes(32);
  const nonce = isKept ? before.nonce : rng.bytes(16);
  const readers = space.authority
    .readers('membership')
    .filter(({ identity }) => isModerator(space, identity));
  return {
    ...{ kind: 'door', ...terms, isOpen: true, nonce },
    key: halo.doorKey(secret),
    lobby: isKept ? before.lobby : rng.bytes(32),
    kube: isKept ? before.kube : kube,
    copies: halo.sealDoor(rng, { nonce, secret, space: space.id }, readers),
  };
}

/** Who may open a door and moderate. */
export function isModerator({ authority }: Space, identity: IdentityId): boolean {
  const level = authority.levelOf(identity);
  return level !== undefined && suffices(level, 'control');
}

function isWithin(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max;
}

function refused(why: string): ClientError {
  return new ClientError('CLIENT_DOOR_TERMS', why);
}
