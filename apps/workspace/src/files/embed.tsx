/** An object in a text: a picture as a picture, another file as a row, anything else as a card. */
import type { AnyObject, Space } from '@atoll/client';
import type { BlobRef } from '@atoll/schema';
import { useDatabase, useObject } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { FILES } from '../copy/files.ts';
import { TASKS } from '../copy/workspace.ts';
import { typeNoun } from '../data/type-words.ts';
import type { AttachmentObject, TaskObject } from '../data/workspace-types.ts';
import { objectName } from '../table/cell.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import type { MenuEntry } from '../ui/menu.tsx';
import { AttachmentCard, FileMenu } from './file-card.tsx';
import { isPicture } from './picture.ts';
import { PictureDialog } from './picture-dialog.tsx';
import { smallPartOf } from './thumbnail.tsx';
import { useFileLink, useFileState } from './use-file.ts';

/** What stands for an object in a text. */
export function Embed(props: {
  readonly space: Space;
  readonly id: string;
  readonly otherSpace: string | undefined;
  readonly canWrite: boolean;
  readonly remove: () => void;
}): ReactElement {
  const { space, id, canWrite, remove } = props;
  const object = useObject(space, props.otherSpace === undefined ? id : undefined);
  const file = useDatabase(space, () => fileOf(object), [object]);
  const entries: readonly MenuEntry[] = canWrite
    ? [{ label: FILES.takeOut, icon: 'close', onSelect: remove }]
    : [];
  if (object === undefined) return <Missing isElsewhere={props.otherSpace !== undefined} />;
  if (file !== undefined && isPicture(file.type)) {
    return <PictureInText space={space} object={object} file={file} entries={entries} />;
  }
  if (object.$type === 'File') {
    const attachment = object as unknown as AttachmentObject;
    return <AttachmentCard space={space} attachment={attachment} entries={entries} />;
  }
  return <ObjectCard space={space} object={object} />;
}

function fileOf(object: AnyObject | undefined): BlobRef | undefined {
  return object?.$type === 'File' ? (object as unknown as AttachmentObject).file : undefined;
}

function PictureInText(props: {
  readonly space: Space;
  readonly object: AnyObject;
  readonly file: BlobRef;
  readonly entries: readonly MenuEntry[];
}): ReactElement {
  const { space, object, file } = props;
  const attachment = object as unknown as AttachmentObject;
  const title = useDatabase(space, () => attachment.title, [attachment]);
  const name = title === '' ? (file.name ?? FILES.untitled) : title;
  const [isOpen, setOpen] = useState(false);
  const { state, words } = useFileState(space, file);
  const small = useFileLink(space, smallPartOf(file));
  // What is here anyway is shown as it is; nothing large is fetched before somebody opens it.
  const whole = useFileLink(space, state.at === 'here' ? file : undefined);
  const url = whole.url ?? small.url;
  const { width = 4, height = 3 } = file;
  return (
    <div className="picture-in-text">
      <button
        type="button"
        className="picture-open"
        style={{ aspectRatio: `${String(width)} / ${String(height)}`, width: `${String(width)}px` }}
        onClick={() => setOpen(true)}
      >
        <span className="for-readers">{FILES.open(name)}</span>
        {url === undefined ? (
          <span className="picture-waits">
            <Icon name="picture" />
            <span className="small">{words.text}</span>
          </span>
        ) : (
          <img src={url} alt={file.alt ?? ''} draggable={false} />
        )}
      </button>
      <div className="picture-menu">
        <FileMenu
          space={space}
          name={name}
          file={file}
          entries={props.entries}
          onView={() => setOpen(true)}
        />
      </div>
      {words.progress === undefined && words.isBad !== true ? null : (
        <p className={words.isBad === true ? 'meta bad' : 'meta'}>{words.text}</p>
      )}
      {isOpen ? (
        <PictureDialog space={space} name={name} file={file} onClose={() => setOpen(false)} />
      ) : null}
    </div>
  );
}

/** Any other object: what it is called and what it is. */
function ObjectCard(props: { readonly space: Space; readonly object: AnyObject }): ReactElement {
  const { space, object } = props;
  const { go, open } = useNavigation();
  const { name, kind } = useDatabase(
    space,
    (db) => ({
      name: objectName(object, new Map(db.types().map((type) => [type.name, type]))),
      kind: kindOf(object),
    }),
    [object],
  );
  const follow = (): void => {
    if (object.$type !== 'Note') open(object.id);
    else go({ at: 'space', space: space.id, view: { on: 'notes', note: object.id } });
  };
  return (
    <button type="button" className="object-card" data-testid="object-card" onClick={follow}>
      <Icon name={iconOf(object.$type)} />
      <span className="file-words">
        <span className="cut">{name}</span>
        <span className="meta">{kind}</span>
      </span>
      <Icon name="right" />
    </button>
  );
}

function kindOf(object: AnyObject): string {
  const noun = typeNoun(object.$type);
  if (object.$type !== 'Task') return noun;
  return `${noun} · ${TASKS.states[(object as unknown as TaskObject).state]}`;
}

function iconOf(type: string): IconName {
  return type === 'Task' ? 'task' : type === 'Note' ? 'note' : 'box';
}

function Missing({ isElsewhere }: { readonly isElsewhere: boolean }): ReactElement {
  return (
    <div className="object-card missing">
      <Icon name="box" />
      <span className="file-words">
        <span className="cut">{isElsewhere ? FILES.elsewhere : FILES.missing}</span>
        {isElsewhere ? null : <span className="meta">{FILES.missingMeans}</span>}
      </span>
    </div>
  );
}
