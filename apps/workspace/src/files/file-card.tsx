/** One file as a row: a small picture or a sign, its name, where it is, and what can be done with it. */
import type { Space } from '@atoll/client';
import type { BlobRef } from '@atoll/schema';
import { useDatabase } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { FILES } from '../copy/files.ts';
import type { AttachmentObject } from '../data/workspace-types.ts';
import { sizeText } from '../data/value-words.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { isPicture } from './picture.ts';
import { PictureDialog } from './picture-dialog.tsx';
import { Thumbnail } from './thumbnail.tsx';
import { useDownload, useFileState } from './use-file.ts';

/** What a row is told. */
export interface FileCardProps {
  readonly space: Space;
  readonly name: string;
  readonly file: BlobRef;
  /** Further entries of its menu: what its place allows. */
  readonly entries?: readonly MenuEntry[];
}

/** A row for the bytes of a file, whatever object holds them. */
export function FileCard(props: FileCardProps): ReactElement {
  const { space, file } = props;
  const name = props.name === '' ? (file.name ?? FILES.untitled) : props.name;
  const [isOpen, setOpen] = useState(false);
  const { words } = useFileState(space, file);
  const download = useDownload(space);
  const isShown = isPicture(file.type);
  const open = (): void => (isShown ? setOpen(true) : void download(file, name));
  return (
    <div className="file" data-testid="file">
      <button type="button" className="file-open" onClick={open}>
        <span className="file-look">
          {isShown ? <Thumbnail space={space} file={file} /> : <Icon name="file" />}
        </span>
        <span className="file-words">
          <span className="for-readers">{isShown ? FILES.view : `${FILES.download}: `}</span>
          <span className="cut">{name}</span>
          <span className={words.isBad === true ? 'meta bad' : 'meta'}>
            {[sizeText(file.size), words.text].filter(Boolean).join(' · ')}
          </span>
        </span>
      </button>
      <FileMenu {...props} name={name} {...(isShown ? { onView: () => setOpen(true) } : {})} />
      {words.progress === undefined ? null : (
        <progress
          className="file-progress"
          aria-label={`${name}: ${words.text}`}
          value={words.progress}
        />
      )}
      {isOpen ? (
        <PictureDialog space={space} name={name} file={file} onClose={() => setOpen(false)} />
      ) : null}
    </div>
  );
}

/** What can be done with a file. */
export function FileMenu(
  props: FileCardProps & { readonly onView?: () => void; readonly className?: string },
): ReactElement {
  const { space, file, name, onView } = props;
  const { state } = useFileState(space, file);
  const download = useDownload(space);
  const pin = (): void => {
    void (state.pinned ? space.blobs.unpin(file) : space.blobs.pin(file));
  };
  const view: readonly MenuEntry[] =
    onView === undefined ? [] : [{ label: FILES.view, icon: 'open', onSelect: onView }];
  return (
    <Menu
      align="end"
      trigger={<IconButton icon="more" label={FILES.actions(name)} />}
      entries={[
        ...view,
        { label: FILES.download, icon: 'download', onSelect: () => void download(file, name) },
        { label: state.pinned ? FILES.unpin : FILES.pin, icon: 'pin', onSelect: pin },
        ...(props.entries ?? []),
      ]}
    />
  );
}

/** A row for an object that is a file. */
export function AttachmentCard(props: {
  readonly space: Space;
  readonly attachment: AttachmentObject;
  readonly entries?: readonly MenuEntry[];
}): ReactElement {
  const { space, attachment, entries } = props;
  const { title, file } = useDatabase(
    space,
    () => ({ title: attachment.title, file: attachment.file }),
    [attachment],
  );
  if (file === undefined) {
    return (
      <p className="small ink-3" data-testid="file">
        {title === '' ? FILES.empty : title}
      </p>
    );
  }
  return <FileCard space={space} name={title} file={file} {...(entries ? { entries } : {})} />;
}
