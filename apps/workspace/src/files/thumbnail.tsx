/** A small picture of a picture: its own small one, or itself where it is small or here anyway. */
import type { Space } from '@atoll/client';
import type { BlobPart, BlobRef } from '@atoll/schema';
import type { ReactElement } from 'react';
import { Icon } from '../ui/icon.tsx';
import { useFileLink } from './use-file.ts';

/** Without a small picture beside it, a picture up to this size is fetched to be seen. */
const FETCHED_BYTES_MAX = 256 * 1024;

/** What is shown of a picture before anybody opens it. */
export function smallPartOf(file: BlobRef, isHere = false): BlobPart | undefined {
  if (file.thumbnail !== undefined) return file.thumbnail;
  return isHere || file.size <= FETCHED_BYTES_MAX ? file : undefined;
}

/** The small picture; a sign until it is here. Names nothing: what it is in does. */
export function Thumbnail(props: { readonly space: Space; readonly file: BlobRef }): ReactElement {
  const { url } = useFileLink(props.space, smallPartOf(props.file));
  return url === undefined ? (
    <Icon name="picture" />
  ) : (
    <img src={url} alt="" draggable={false} data-testid="thumbnail" />
  );
}
