/** A picture over the page: the small one at once, the whole one as soon as it is here. */
import type { Space } from '@atoll/client';
import type { BlobRef } from '@atoll/schema';
import { useState, type ReactElement } from 'react';
import { FILES, FILE_FAILURES } from '../copy/files.ts';
import { sizeText } from '../data/value-words.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { fetchFailure } from './file-words.ts';
import { smallPartOf } from './thumbnail.tsx';
import { useDownload, useFileLink, useFileState } from './use-file.ts';

/** The dialog. */
export function PictureDialog(props: {
  readonly space: Space;
  readonly name: string;
  readonly file: BlobRef;
  readonly onClose: () => void;
}): ReactElement {
  const { space, name, file } = props;
  const { state, words } = useFileState(space, file);
  const small = useFileLink(space, smallPartOf(file));
  const whole = useFileLink(space, file);
  const [isBroken, setBroken] = useState(false);
  const download = useDownload(space);
  const url = whole.url ?? small.url;
  const { width, height } = file;
  const size = width === undefined || height === undefined ? undefined : FILES.size(width, height);
  const pin = (): void => {
    void (state.pinned ? space.blobs.unpin(file) : space.blobs.pin(file));
  };
  return (
    <Dialog
      title={name}
      wide
      testId="picture-dialog"
      onClose={props.onClose}
      footer={
        <>
          <span className="meta grow">
            {[size, sizeText(file.size), words.text].filter(Boolean).join(' · ')}
          </span>
          <Button kind="quiet" icon="pin" aria-pressed={state.pinned} onClick={pin}>
            {state.pinned ? FILES.unpin : FILES.pin}
          </Button>
          <Button icon="download" onClick={() => void download(file, name)}>
            {FILES.download}
          </Button>
        </>
      }
    >
      <div
        className="picture"
        data-whole={whole.url !== undefined}
        style={width === undefined ? undefined : { aspectRatio: `${width} / ${height ?? width}` }}
      >
        {url === undefined || isBroken ? null : (
          <img
            src={url}
            alt={file.alt ?? FILES.pictureOf(name)}
            width={width}
            height={height}
            onError={() => setBroken(true)}
          />
        )}
      </div>
      {whole.url === undefined && words.progress !== undefined ? (
        <progress
          className="file-progress"
          aria-label={`${name}: ${words.text}`}
          value={words.progress}
        />
      ) : null}
      {isBroken ? <NoteLine kind="warn" means={FILE_FAILURES.notShown} live /> : null}
      {whole.failure === undefined ? null : (
        <NoteLine kind="danger" means={fetchFailure(whole.failure)} code={whole.failure} live />
      )}
    </Dialog>
  );
}
