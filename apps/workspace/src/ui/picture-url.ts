/** Addresses under which small pictures of people are drawn: their bytes themselves, so that nothing has to be let go. */
import type { Picture } from '@atoll/client';

const urls = new WeakMap<Picture, string>();

/** The address of a picture. */
export function pictureUrl(picture: Picture): string {
  const known = urls.get(picture);
  if (known !== undefined) return known;
  const url = `data:${picture.type};base64,${btoa(String.fromCharCode(...picture.bytes))}`;
  urls.set(picture, url);
  return url;
}
