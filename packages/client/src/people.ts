/** How people look: what they say of it, or else the colour that follows from an identity, the same for everyone. */
import { hash } from '@atoll/crypto';
import { pictureFacts, type Member, type ShownDetails, type ShownProfile } from '@atoll/halo';
import { toHex } from '@atoll/kernel';
import type { Hue } from './api.ts';
import type { PersonLook, Picture } from './profile-api.ts';
import { shownWords } from './shown-name.ts';

const HUES: readonly Hue[] = [1, 2, 3, 4, 5, 6, 7];
/** Bytes of a picture's name: so many that nobody finds two pictures of one. */
const NAME_BYTES = 16;

/** Colour of an identity that has chosen none, from its id. */
export function hueOf(identity: string): Hue {
  return HUES[Number.parseInt(identity.slice(0, 8), 16) % HUES.length] ?? 1;
}

/** How somebody is shown who has said this of himself. */
export function lookOf(
  identity: string,
  profile: ShownProfile | undefined,
  details: ShownDetails | undefined,
): PersonLook {
  const hue = HUES.find((each) => each === profile?.colour) ?? hueOf(identity);
  const { picture: bytes, text = '' } = details ?? {};
  const about = shownWords(text);
  const picture = bytes === undefined ? undefined : pictureOf(bytes);
  return {
    hue,
    ...(about === '' ? {} : { about }),
    ...(picture === undefined ? {} : { picture }),
  };
}

/** How a member is shown. */
export function lookOfMember({ details, identity, profile }: Member): PersonLook {
  return lookOf(identity, profile, details);
}

/** The same bytes give the same picture, which is looked at once. */
const pictures = new WeakMap<Uint8Array, Picture | 'none'>();

/** What these bytes show; `undefined` for none, and for what must not be shown. */
export function pictureOf(bytes: Uint8Array): Picture | undefined {
  const known = pictures.get(bytes) ?? lookAt(bytes);
  pictures.set(bytes, known);
  return known === 'none' ? undefined : known;
}

function lookAt(bytes: Uint8Array): Picture | 'none' {
  const facts = pictureFacts(bytes);
  if (facts === undefined) return 'none';
  const name = toHex(hash('profile-picture', bytes).subarray(0, NAME_BYTES));
  return { ...facts, bytes, toJSON: () => name };
}
