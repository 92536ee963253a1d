/** The notes of a space. */
import type { Space } from '@atoll/client';
import { useLive } from '@atoll/react';
import { useEffect, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { PlaceLink, useNavigation } from '../app/navigation.tsx';
import { FRAME, NOTES } from '../copy/workspace.ts';
import { mayWrite } from '../data/may.ts';
import { Note, type NoteObject } from '../data/workspace-types.ts';
import { NewPrivateButton } from '../private/new-private-button.tsx';
import { PrivateMark, UnreadLine } from '../private/private-mark.tsx';
import { placeWith, useMayChange, usePrivacy, type Privacy } from '../private/private-words.ts';
import { Bar } from '../shell/bar.tsx';
import { useCommand, useCommands } from '../shell/commands.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { usePhone } from '../ui/use-media.ts';
import { useDeleteNote } from './use-delete-note.ts';
import { useNoteDrag, type NoteDrag } from './use-note-drag.ts';
import { noteMoves, useNoteOutline, type NoteRow, type NoteStep } from './use-note-outline.ts';

/** Characters of the text that a row shows. */
const GLIMPSE_CHARACTERS = 140;
/** Levels that are set in; deeper ones would have no room for words. */
const DEPTH_SHOWN_MAX = 6;

const STEPS: Readonly<Record<string, NoteStep>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowRight: 'in',
  ArrowLeft: 'out',
};

/** Notes as an outline: below each other and in an order, by drag, keys or menu. */
export function Notes(props: { readonly space: Space; readonly notices: ReactNode }): ReactElement {
  const { space } = props;
  const rows = useNoteOutline(space);
  const role = useLive(space.myRole);
  const phone = usePhone();
  const { run } = useCommands();
  const [spoken, setSpoken] = useState<string | undefined>(undefined);
  const canWrite = mayWrite(role);
  const privacy = usePrivacy(space);
  const moves = useMemo(() => noteMoves(space), [space]);
  const dragOf = useNoteDrag(moves, canWrite, setSpoken);
  const create = (): void => void run('new-note');
  useCommand('new', canWrite ? create : undefined);
  useEffect(() => space.presence.set({ view: 'notes' }), [space]);
  const step = (note: NoteObject, way: NoteStep): void => {
    setSpoken(moves.step(note, way));
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`[data-note="${note.id}"]`)?.focus(),
    );
  };
  return (
    <>
      <Bar title={FRAME.notes} space={space}>
        {canWrite ? <NewPrivateButton phone={phone} /> : null}
        {canWrite && !phone ? (
          <Button kind="primary" icon="plus" onClick={create}>
            {NOTES.add}
          </Button>
        ) : null}
      </Bar>
      {props.notices}
      <p className="for-readers" role="status">
        {spoken}
      </p>
      <div className="scroll">
        {rows.length === 0 ? (
          <div className="blank">
            <p>{phone ? NOTES.emptyPhone : NOTES.empty}</p>
          </div>
        ) : (
          <ul>
            {rows.map((row) => (
              <Row
                key={row.note.id}
                space={space}
                row={row}
                privacy={privacy(row.note.id)}
                drag={dragOf(row.note)}
                onStep={(way) => step(row.note, way)}
              />
            ))}
          </ul>
        )}
        <UnreadLine space={space} />
      </div>
    </>
  );
}

function Row(props: {
  readonly space: Space;
  readonly row: NoteRow;
  /** Who alone reads it. */
  readonly privacy: Privacy | undefined;
  readonly drag: NoteDrag;
  readonly onStep: (way: NoteStep) => void;
}): ReactElement {
  const { space, drag, onStep, privacy } = props;
  const { depth, note } = props.row;
  const canWrite = useMayChange(space, note.id);
  const { go } = useNavigation();
  const text = note.form === 'markdown' ? note.markdown : note.body;
  const glimpse = text.toString().slice(0, GLIMPSE_CHARACTERS).replace(/\s+/gu, ' ').trim();
  const title = note.title === '' ? NOTES.untitled : note.title;
  const open = (id: string): void =>
    go({ at: 'space', space: space.id, view: { on: 'notes', note: id } });
  const below = (): void =>
    open(
      space.undo.run(
        () => space.db.add(Note, { title: '', parent: note }, placeWith(space, note.id)).id,
      ),
    );
  const remove = useDeleteNote(space);
  const shown = Math.min(depth, DEPTH_SHOWN_MAX);
  return (
    <li className={`note-item ${drag.className}`} data-depth={shown} {...drag.handlers}>
      <PlaceLink
        className="note-row"
        data-testid="note"
        data-note={note.id}
        draggable={false}
        to={{ at: 'space', space: space.id, view: { on: 'notes', note: note.id } }}
        onKeyDown={(event) => {
          if (event.key === 'Delete' && canWrite) remove(note);
          const way = event.altKey ? STEPS[event.key] : undefined;
          if (way === undefined || !canWrite) return;
          event.preventDefault();
          onStep(way);
        }}
      >
        {depth === 0 ? null : <span className="for-readers">{NOTES.level(depth + 1)}</span>}
        <span className="line note-name">
          <span className="strong cut">{title}</span>
          <PrivateMark privacy={privacy} />
        </span>
        <span className="small ink-2 cut">{glimpse === '' ? NOTES.nothing : glimpse}</span>
      </PlaceLink>
      {canWrite ? (
        <Menu
          align="end"
          trigger={<IconButton icon="more" label={NOTES.more(title)} />}
          entries={[
            { label: NOTES.addBelow, icon: 'plus', onSelect: below },
            { label: NOTES.up, icon: 'up', keys: '⌥↑', onSelect: () => onStep('up') },
            { label: NOTES.down, icon: 'down', keys: '⌥↓', onSelect: () => onStep('down') },
            { label: NOTES.in, icon: 'right', keys: '⌥→', onSelect: () => onStep('in') },
            { label: NOTES.out, icon: 'left', keys: '⌥←', onSelect: () => onStep('out') },
            {
              label: NOTES.delete,
              icon: 'trash',
              keys: 'Del',
              danger: true,
              onSelect: () => remove(note),
            },
          ]}
        />
      ) : null}
    </li>
  );
}
