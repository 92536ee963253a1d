/** The notes of a space. */
import type { Space } from '@atoll/client';
import { useLive, useQuery } from '@atoll/react';
import { useEffect, type ReactElement, type ReactNode } from 'react';
import { PlaceLink } from '../app/navigation.tsx';
import { FRAME, NOTES } from '../copy/workspace.ts';
import { Note, type NoteObject } from '../data/workspace-types.ts';
import { Bar } from '../shell/bar.tsx';
import { useCommand, useCommands } from '../shell/commands.tsx';
import { Button } from '../ui/button.tsx';
import { usePhone } from '../ui/use-media.ts';

/** Characters of the text that a row shows. */
const GLIMPSE_CHARACTERS = 140;

/** The list of notes, newest first. */
export function Notes(props: { readonly space: Space; readonly notices: ReactNode }): ReactElement {
  const { space } = props;
  const notes = useQuery(space, (db) => db.query(Note));
  const role = useLive(space.myRole);
  const phone = usePhone();
  const { run } = useCommands();
  const canWrite = role !== 'reader';
  const create = (): void => void run('new-note');
  useCommand('new', canWrite ? create : undefined);
  useEffect(() => space.presence.set({ view: 'notes' }), [space]);
  return (
    <>
      <Bar title={FRAME.notes} space={space}>
        {canWrite && !phone ? (
          <Button kind="primary" icon="plus" onClick={create}>
            {NOTES.add}
          </Button>
        ) : null}
      </Bar>
      {props.notices}
      <div className="scroll">
        {notes.length === 0 ? (
          <div className="blank">
            <p>{phone ? NOTES.emptyPhone : NOTES.empty}</p>
          </div>
        ) : (
          <ul>
            {[...notes].reverse().map((note) => (
              <li key={note.id}>
                <Row space={space} note={note} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}

function Row({ space, note }: { readonly space: Space; readonly note: NoteObject }): ReactElement {
  const text = note.form === 'markdown' ? note.markdown : note.body;
  const glimpse = text.toString().slice(0, GLIMPSE_CHARACTERS).replace(/\s+/gu, ' ').trim();
  return (
    <PlaceLink
      className="note-row"
      data-testid="note"
      to={{ at: 'space', space: space.id, view: { on: 'notes', note: note.id } }}
    >
      <span className="strong cut">{note.title === '' ? NOTES.untitled : note.title}</span>
      <span className="small ink-2 cut">{glimpse === '' ? NOTES.nothing : glimpse}</span>
    </PlaceLink>
  );
}
