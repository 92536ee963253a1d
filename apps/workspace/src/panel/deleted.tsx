/** Recently deleted things of a space, with the way back. */
import type { AnyObject, Space } from '@atoll/client';
import { useDatabase, useLive } from '@atoll/react';
import type { ReactElement } from 'react';
import { DELETED, FRAME } from '../copy/workspace.ts';
import { mayWrite } from '../data/may.ts';
import { notesBelow } from '../data/notes-below.ts';
import { isShownType, typeNoun } from '../data/type-words.ts';
import { PrivateMark } from '../private/private-mark.tsx';
import { usePrivacy } from '../private/private-words.ts';
import { Bar } from '../shell/bar.tsx';
import { objectName } from '../table/cell.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useToast } from '../ui/toast.tsx';

/** Things listed per type; the newest are wanted back. */
const SHOWN_MAX = 100;

/** The page of deleted things. */
export function Deleted({ space }: { readonly space: Space }): ReactElement {
  const toast = useToast();
  const role = useLive(space.myRole);
  const privacy = usePrivacy(space);
  const types = useDatabase(space, (db) => new Map(db.types().map((type) => [type.name, type])));
  const deleted = useDatabase(
    space,
    (db): readonly AnyObject[] =>
      [...types.keys()]
        .filter(isShownType)
        .flatMap((type) => db.query(type).deleted('only').run().slice(-SHOWN_MAX).reverse()),
    [types],
  );
  return (
    <>
      <Bar title={FRAME.deleted} space={space} />
      <div className="scroll">
        <div className="column">
          {deleted.length === 0 ? (
            <p className="ink-2">{DELETED.empty}</p>
          ) : (
            <>
              <p className="ink-2" style={{ marginBottom: 'var(--s4)' }}>
                {DELETED.lead}
              </p>
              <ul className="rows">
                {deleted.map((object) => {
                  const name = objectName(object, types);
                  const below = object.$type === 'Note' ? notesBelow(space.db, object) : 0;
                  const noun = typeNoun(object.$type);
                  return (
                    <li key={object.id}>
                      <Icon name={object.$type === 'Task' ? 'task' : 'note'} />
                      <div className="grow">
                        <div className="line note-name">
                          <span className="cut">{name}</span>
                          <PrivateMark privacy={privacy(object.id)} />
                        </div>
                        <div className="meta">
                          {below === 0 ? noun : DELETED.withBelow(noun, below)}
                        </div>
                      </div>
                      {!mayWrite(role) ? null : (
                        <Button
                          icon="restore"
                          aria-label={`${DELETED.restore}: ${name}`}
                          onClick={() => {
                            space.db.restore(object);
                            toast({ text: DELETED.restored(name) });
                          }}
                        >
                          {DELETED.restore}
                        </Button>
                      )}
                    </li>
                  );
                })}
              </ul>
            </>
          )}
        </div>
      </div>
    </>
  );
}
