/** Adds a file to a space: looks at it, seals it on this device, and names it in an object. */
import type { AnyObject, BlobProgress, Space } from '@atoll/client';
import { Attachment, type AttachmentObject } from '../data/workspace-types.ts';
import { placeWith } from '../private/private-words.ts';
import { lookAtPicture, type Picture } from './picture.ts';

const TYPE_OF_BYTES = 'application/octet-stream';

/** How a file is added. */
export interface AddOptions {
  /** What it belongs to. */
  readonly of?: AnyObject | undefined;
  readonly onProgress?: (progress: BlobProgress) => void;
  readonly signal?: AbortSignal;
}

/** The object that holds the file, when it is durable here. @throws BlobError, StoreError. */
export async function addFile(
  space: Space,
  file: File,
  options: AddOptions = {},
): Promise<AttachmentObject> {
  const { of, onProgress, signal } = options;
  const picture = await lookAtPicture(file);
  const place = of === undefined ? {} : placeWith(space, of.id);
  const ref = await space.blobs.put(file, {
    ...place,
    type: file.type === '' ? TYPE_OF_BYTES : file.type,
    name: file.name,
    ...(picture === undefined ? {} : { width: picture.width, height: picture.height }),
    ...(await smallPart(space, picture, place)),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  });
  const said = { title: file.name, file: ref, ...(of === undefined ? {} : { of }) };
  return space.db.add(Attachment, said, place);
}

async function smallPart(
  space: Space,
  picture: Picture | undefined,
  place: { readonly zone?: string },
): Promise<object> {
  if (picture?.small === undefined) return {};
  const { content, width, height } = picture.small;
  const thumbnail = await space.blobs.put(content, {
    ...place,
    type: content.type,
    width,
    height,
  });
  return { thumbnail };
}
