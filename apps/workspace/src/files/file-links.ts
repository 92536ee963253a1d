/** Addresses under which this page shows bytes of files, shared by whoever shows the same and kept a while. */
import type { Space } from '@atoll/client';
import type { BlobPart } from '@atoll/schema';
import { shownType } from './picture.ts';

/** Addresses that nobody uses, kept for whoever comes back to the same picture. */
const UNUSED_MAX = 48;

interface Link {
  readonly url: Promise<string>;
  readonly stop: AbortController;
  users: number;
}

const linkByBlob = new Map<string, Link>();

/** Takes an address of a file's bytes, which are fetched if need be; {@link dropLink} when it is not shown. */
export function takeLink(space: Space, part: BlobPart): Promise<string> {
  const name = nameOf(space, part);
  const known = linkByBlob.get(name);
  // The one that was used last is the last to go.
  if (known !== undefined) linkByBlob.delete(name);
  const link = known ?? makeLink(space, part, name);
  linkByBlob.set(name, link);
  link.users++;
  return link.url;
}

/** See {@link takeLink}. */
export function dropLink(space: Space, part: BlobPart): void {
  const name = nameOf(space, part);
  const link = linkByBlob.get(name);
  if (link === undefined) return;
  link.users--;
  let unused = 0;
  for (const [other, each] of [...linkByBlob].reverse()) {
    if (each.users > 0) continue;
    unused++;
    if (unused > UNUSED_MAX) forget(other, each);
  }
}

/** All bytes of a file, as something that can be saved. @throws BlobError. */
export async function contentOf(
  space: Space,
  part: BlobPart,
  options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (have: number, of: number) => void;
  } = {},
): Promise<Blob> {
  const parts: Bytes[] = [];
  const { signal, onProgress } = options;
  const content = space.blobs.get(part, {
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined
      ? {}
      : { onProgress: ({ have, of }) => onProgress(have, of ?? part.size) }),
  });
  for await (const bytes of content) parts.push(bytes as Bytes);
  return new Blob(parts, { type: shownType(part.type) });
}

type Bytes = Uint8Array<ArrayBuffer>;

function makeLink(space: Space, part: BlobPart, name: string): Link {
  const stop = new AbortController();
  const url = contentOf(space, part, { signal: stop.signal }).then((blob) =>
    URL.createObjectURL(blob),
  );
  const link: Link = { url, stop, users: 0 };
  url.catch(() => {
    if (linkByBlob.get(name) === link) linkByBlob.delete(name);
  });
  return link;
}

function forget(name: string, link: Link): void {
  linkByBlob.delete(name);
  link.stop.abort();
  link.url.then(
    (url) => URL.revokeObjectURL(url),
    () => undefined,
  );
}

function nameOf(space: Space, part: BlobPart): string {
  return `${space.id}/${part.type}/${[...part.id].join()}`;
}
