/** The files of an object: added by a button, by dropping or by pasting, and listed with what they are. */
import type { AnyObject, Space } from '@atoll/client';
import { useQuery } from '@atoll/react';
import {
  useEffect,
  useRef,
  useState,
  type DragEvent,
  type ReactElement,
  type ReactNode,
} from 'react';
import { CLOSE, UNDO } from '../copy/general.ts';
import { FILES } from '../copy/files.ts';
import { Attachment, type AttachmentObject } from '../data/workspace-types.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useToast } from '../ui/toast.tsx';
import { usePhone } from '../ui/use-media.ts';
import { AttachmentCard } from './file-card.tsx';
import { percentText } from './file-words.ts';
import { useFileAdder, type FileAdder } from './use-file.ts';

/** Files that are dragged over the page, whatever they are. */
const FILES_TYPE = 'Files';

/** The section "Files" of an object. */
export function ObjectFiles(props: {
  readonly space: Space;
  readonly object: AnyObject;
  readonly canWrite: boolean;
  /** Ids of files that are shown elsewhere on the page. */
  readonly without?: ReadonlySet<string>;
}): ReactElement | null {
  const { space, object, canWrite, without } = props;
  const files = useQuery(space, (db) => db.query(Attachment).refTo(object, 'of'), [object.id]);
  const adder = useFileAdder(space, object);
  const remove = useRemove(space);
  const phone = usePhone();
  const shown = files.filter(({ id }) => without?.has(id) !== true);
  if (!canWrite && shown.length === 0) return null;
  const list = (
    <>
      <ul className="files">
        {shown.map((file) => (
          <li key={file.id}>
            <AttachmentCard
              space={space}
              attachment={file}
              entries={canWrite ? [remove(file)] : []}
            />
          </li>
        ))}
      </ul>
      <FilesUnderWay adder={adder} />
    </>
  );
  return (
    <section className="object-files" data-testid="files" aria-label={FILES.section}>
      <div className="line">
        <h2 className="grow">{FILES.section}</h2>
        {canWrite ? <PickFiles adder={adder} /> : null}
      </div>
      {canWrite ? (
        <DropPlace onFiles={(dropped) => void adder.add(dropped)}>
          {list}
          {shown.length === 0 && adder.adding.length === 0 ? (
            <p className="small ink-3 drop-hint">{phone ? FILES.nonePhone : FILES.none}</p>
          ) : null}
        </DropPlace>
      ) : (
        list
      )}
    </section>
  );
}

/** The entry of a menu that removes a file, and can be undone. */
function useRemove(space: Space): (file: AttachmentObject) => {
  readonly label: string;
  readonly icon: 'trash';
  readonly danger: true;
  readonly onSelect: () => void;
} {
  const toast = useToast();
  return (file) => ({
    label: FILES.remove,
    icon: 'trash',
    danger: true,
    onSelect: () => {
      const name = file.title === '' ? FILES.untitled : file.title;
      space.db.delete(file);
      toast({
        text: FILES.removed(name),
        action: { label: UNDO, run: () => space.db.restore(file) },
      });
    },
  });
}

/** What is being added, and what could not be. */
export function FilesUnderWay({ adder }: { readonly adder: FileAdder }): ReactElement {
  return (
    <>
      {adder.adding.map(({ key, name, progress, stop }) => (
        <div key={key} className="file adding" role="status">
          <span className="file-words grow">
            <span className="cut">{FILES.adding(name)}</span>
            <span className="meta">{percentText(progress)}</span>
          </span>
          <IconButton icon="close" label={FILES.stop(name)} onClick={stop} />
          <progress className="file-progress" aria-label={FILES.adding(name)} value={progress} />
        </div>
      ))}
      {adder.failures.map((failure) => (
        <NoteLine key={failure.key} kind="danger" means={failure.text} code={failure.code} live>
          <IconButton icon="close" label={CLOSE} onClick={() => adder.dismiss(failure)} />
        </NoteLine>
      ))}
    </>
  );
}

/** The button that asks the device for files. */
function PickFiles(props: {
  readonly adder: Pick<FileAdder, 'add'>;
  readonly onAdded?: (file: AttachmentObject) => void;
}): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button kind="quiet" icon="attach" onClick={() => field.current?.click()}>
        {FILES.add}
      </Button>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        data-testid="pick-files"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          // The same file again is to be a change, too.
          event.target.value = '';
          void props.adder.add(files, props.onAdded);
        }}
      />
    </>
  );
}

/** Files that are pasted while nothing else wants them. */
function usePastedFiles(onFiles: (files: readonly File[]) => void): void {
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const listener = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])];
      const isText = event.clipboardData?.types.includes('text/plain') === true;
      if (event.defaultPrevented || files.length === 0 || isText) return;
      event.preventDefault();
      latest.current(files);
    };
    document.addEventListener('paste', listener);
    return () => document.removeEventListener('paste', listener);
  }, []);
}

/** A place onto which files can be dropped. What is pasted outside of texts comes here, too. */
function DropPlace(props: {
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ReactNode;
}): ReactElement {
  const [isOver, setOver] = useState(false);
  usePastedFiles(props.onFiles);
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes(FILES_TYPE);
  return (
    <div
      className="drop-place"
      data-over={isOver}
      data-says={FILES.dropHere}
      onDragOver={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (!hasFiles(event)) return;
        event.preventDefault();
        props.onFiles([...event.dataTransfer.files]);
      }}
    >
      {props.children}
    </div>
  );
}
