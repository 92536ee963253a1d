/** What lies beside a note: its comments, or its history. */
import type { Space } from '@atoll/client';
import { useDatabase, useObject } from '@atoll/react';
import { type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import type { NoteSide } from '../app/place.ts';
import { COMMENTS } from '../copy/comments.ts';
import { CLOSE } from '../copy/general.ts';
import type { NoteObject } from '../data/workspace-types.ts';
import { ObjectHistory } from '../panel/object-history.tsx';
import { useMayChange } from '../private/private-words.ts';
import { IconButton } from '../ui/button.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { Comments } from './comments.tsx';

/** The panel. */
export function NoteAside(props: {
  readonly space: Space;
  readonly id: string;
  readonly side: NoteSide;
}): ReactElement {
  const { space, id, side } = props;
  const object = useObject(space, id);
  const types = useDatabase(space, (db) => new Map(db.types().map((type) => [type.name, type])));
  const canWrite = useMayChange(space, id);
  const { beside } = useNavigation();
  return (
    <aside
      className="panel"
      aria-label={COMMENTS.aside}
      data-testid="note-aside"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        beside(undefined);
      }}
    >
      <div className="bar">
        <Segmented
          label={COMMENTS.aside}
          value={side}
          parts={[
            { value: 'comments', label: COMMENTS.comments, icon: 'comment' },
            { value: 'history', label: COMMENTS.history, icon: 'clock' },
          ]}
          onChange={(next) => beside(next)}
        />
        <span className="grow" />
        <IconButton icon="close" label={CLOSE} onClick={() => beside(undefined)} />
      </div>
      <div className="scroll">
        {object === undefined ? null : side === 'comments' ? (
          <Comments space={space} note={object as unknown as NoteObject} />
        ) : (
          <ObjectHistory space={space} object={object} types={types} canWrite={canWrite} />
        )}
      </div>
    </aside>
  );
}
