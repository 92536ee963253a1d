/**
 * Making new keys and sealing them to every reader: a part of its own, which is loaded when keys that there are may
 * not be used any more.
 */
import {
  beginGeneration,
  copyKeys,
  copyKeysBy,
  inPart,
  type BegunGeneration,
  type CopyInput,
  type Generation,
  type KeyCopy,
  type KeysOf,
  type Reader,
  type SpaceAuthority,
} from '@atoll/halo';
import { equalBytes, type Clock, type KeyPlatform, type Rng, type SpaceId } from '@atoll/kernel';
import { turnsOf } from '../take-turns.ts';
import type { OwnDevices } from './own-devices.ts';
import type { SpaceKeys } from './space-keys.ts';

/** Generations that a rotation follows at most; of more, those that are highest. */
const PREVIOUS_MAX = 8;

/** What making keys needs of a space. */
export interface RotationPlace {
  readonly space: SpaceId;
  readonly authority: SpaceAuthority;
  readonly keys: SpaceKeys;
  readonly rng: Rng;
  readonly devices: OwnDevices;
  /** Seals to many in a tenth of the time; absent: ours does. */
  readonly platform?: KeyPlatform | undefined;
}

/** New keys in one go, for a writer who waits for them. */
export function rotationNow(place: RotationPlace, of: KeysOf): Generation {
  const begun = begin(place, of);
  return {
    ...begun,
    copies: begun.rotation.readers.map((reader) => copyKeys(copyFor(place, begun, reader))),
  };
}

/** The same with turns for others in between. `undefined` where readers have changed meanwhile. */
export async function rotationInTurns(
  place: RotationPlace,
  of: KeysOf,
  clock: Clock,
): Promise<Generation | undefined> {
  const turn = turnsOf(clock);
  const begun = begin(place, of);
  const { platform } = place;
  const copies: KeyCopy[] = [];
  for (const reader of readersOf(place, begun)) {
    await turn();
    const input = copyFor(place, begun, reader);
    copies.push(platform === undefined ? copyKeys(input) : await copyKeysBy(platform, input));
  }
  const { readers } = begun.rotation;
  return isSame(readers, place.authority.readers(of)) ? { ...begun, copies } : undefined;
}

function begin({ authority, keys, rng, space }: RotationPlace, of: KeysOf): BegunGeneration {
  const held = authority.keys.latest(of).flatMap((id) => keys.ring.get(id) ?? []);
  // Where the newest are withheld from this device, its own follow the newest that it has.
  const last = authority.keys.generations(of).flatMap((id) => keys.ring.get(id) ?? []);
  const previous = held.length > 0 ? held.slice(-PREVIOUS_MAX) : last.slice(-1);
  return beginGeneration({ rng, space, of, readers: authority.readers(of), previous });
}

/** All readers; in a private space each device that acts, too. */
function readersOf({ devices }: RotationPlace, { rotation }: BegunGeneration): readonly Reader[] {
  return [...rotation.readers, ...devices.readers];
}

/** Who was let in without history gets nothing that opens what was before, and no follower what writes the mailbox. */
function copyFor(
  { authority, rng, space }: RotationPlace,
  { rotation, secret }: BegunGeneration,
  reader: Reader,
): CopyInput {
  const isWhole = authority.isGivenAll(reader.identity, rotation.of);
  return { rng, space, secret: isWhole ? secret : inPart(secret), reader };
}

function isSame(a: readonly Reader[], b: readonly Reader[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ identity, key }, at) => {
      const other = b[at];
      return other?.identity === identity && equalBytes(other.key, key);
    })
  );
}
