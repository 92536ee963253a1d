/** Makes a note or a task that only some read: those of a circle that there is, or people who are chosen here. */
import type { Space } from '@atoll/client';
import { useLive, useMembers, useZones } from '@atoll/react';
import { useRef, useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import type { Place } from '../app/place.ts';
import { NEW_PRIVATE, PRIVATE } from '../copy/private.ts';
import { rankAtEnd } from '../data/task-order.ts';
import { Note, Task } from '../data/workspace-types.ts';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { readerNames, writerNames, writesIn } from './private-words.ts';
import { usePrivateAct } from './use-private-act.ts';

type Kind = 'note' | 'task';
/** Read by a few, or by all and changed by a few. */
type Reach = 'few' | 'all';

/** More is no name of anything. */
const NAME_CHARACTERS_MAX = 120;

/** Stands for people who are chosen now, among the circles. */
const NEW = 'new';

/** The dialog. */
export function NewPrivate(props: {
  readonly space: Space;
  readonly onClose: () => void;
}): ReactElement {
  const { onClose, space } = props;
  const { go, place } = useNavigation();
  const spaceName = useLive(space.name);
  const members = useMembers(space);
  const circles = useZones(space).filter(writesIn);
  const isTasks = place.at === 'space' && place.view.on === 'tasks';
  const [kind, setKind] = useState<Kind>(isTasks ? 'task' : 'note');
  const [title, setTitle] = useState('');
  const [reach, setReach] = useState<Reach>('few');
  const [circle, setCircle] = useState(circles[0]?.id ?? NEW);
  const [people, setPeople] = useState<ReadonlySet<string>>(new Set());
  const [name, setName] = useState<string | undefined>(undefined);
  // One that was begun, where letting in somebody then failed: it is gone on with, not begun anew.
  const begun = useRef<string | undefined>(undefined);
  const { busy, problem, run } = usePrivateAct();
  const isOpenCircle = circles.find(({ id }) => id === circle)?.isOpen === true;
  const open = circle === NEW ? reach === 'all' : isOpenCircle;
  const others = members.filter(({ me }) => !me);
  const chosen = others.filter(({ id }) => people.has(id));
  const names = chosen.map(({ displayName }) => displayName);
  const suggested = nameFor(title, names, open);
  const zoneId = async (): Promise<string> => {
    if (circle !== NEW) return circle;
    const called = name === undefined || name.trim() === '' ? suggested : name.trim();
    begun.current ??= (await space.zones.create({ name: called, open })).id;
    for (const { id } of chosen) await space.zones.grant(begun.current, { member: id });
    return begun.current;
  };
  const submit = (): void =>
    void run(async () => {
      const zone = await zoneId();
      onClose();
      go(make(space, kind, { title: title.trim(), zone }));
      const made = space.zones.list.get().find(({ id }) => id === zone);
      if (made?.isOpen === true) return NEW_PRIVATE.madeOpen;
      return NEW_PRIVATE.made(readerNames(made ?? { readers: [] }, members));
    });
  return (
    <FormDialog
      title={open ? NEW_PRIVATE.titleOpen : NEW_PRIVATE.title}
      describe={open ? NEW_PRIVATE.leadOpen(spaceName) : NEW_PRIVATE.lead(spaceName)}
      testId="new-private"
      submit={NEW_PRIVATE.create}
      submitIcon={open ? 'plus' : 'lock'}
      busy={busy}
      onSubmit={submit}
      onClose={onClose}
    >
      <Segmented<Kind>
        label={NEW_PRIVATE.kind}
        value={kind}
        parts={[
          { value: 'note', label: NEW_PRIVATE.note, icon: 'note' },
          { value: 'task', label: NEW_PRIVATE.task, icon: 'task' },
        ]}
        onChange={setKind}
      />
      <Field
        label={NEW_PRIVATE.called}
        value={title}
        required={kind === 'task'}
        onChange={(event) => setTitle(event.target.value)}
      />
      {circles.length === 0 ? null : (
        <Circles
          value={circle}
          onChange={setCircle}
          circles={[
            ...circles.map((zone) => ({
              id: zone.id,
              name: zone.name ?? '',
              isOpen: zone.isOpen,
              detail: zone.isOpen
                ? `${PRIVATE.everybody}, ${PRIVATE.names(writerNames(zone, members))}`
                : PRIVATE.names(readerNames(zone, members)),
            })),
            { id: NEW, name: NEW_PRIVATE.others, detail: '', isOpen: false },
          ]}
        />
      )}
      {circle !== NEW ? null : (
        <NewCircle
          {...{ reach, people, others, name, suggested }}
          onReach={setReach}
          onPeople={setPeople}
          onName={setName}
        />
      )}
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
    </FormDialog>
  );
}

/** Who reads may change: what the first thing in it is about stays. */
function nameFor(title: string, names: readonly string[], open: boolean): string {
  const said = title.trim().slice(0, NAME_CHARACTERS_MAX);
  if (said !== '') return said;
  if (names.length > 0) return PRIVATE.names(names);
  return open ? NEW_PRIVATE.justYours : NEW_PRIVATE.justYou;
}

/** Who reads and changes a part that is begun now, and what it is called. */
function NewCircle(props: {
  readonly reach: Reach;
  readonly others: readonly { readonly id: string; readonly displayName: string }[];
  readonly people: ReadonlySet<string>;
  readonly name: string | undefined;
  readonly suggested: string;
  readonly onReach: (reach: Reach) => void;
  readonly onPeople: (people: ReadonlySet<string>) => void;
  readonly onName: (name: string) => void;
}): ReactElement {
  const { name, others, people, reach, suggested } = props;
  const open = reach === 'all';
  return (
    <>
      <div className="pile" style={{ gap: 'var(--s2)' }}>
        <p className="small strong">{NEW_PRIVATE.reach}</p>
        <Segmented<Reach>
          label={NEW_PRIVATE.reach}
          value={reach}
          parts={[
            { value: 'few', label: NEW_PRIVATE.few, icon: 'lock' },
            { value: 'all', label: NEW_PRIVATE.all, icon: 'people' },
          ]}
          onChange={props.onReach}
        />
      </div>
      {others.length === 0 ? (
        <p className="small ink-2">{open ? NEW_PRIVATE.aloneOpen : NEW_PRIVATE.alone}</p>
      ) : (
        <People
          legend={open ? NEW_PRIVATE.writers : NEW_PRIVATE.people}
          people={others}
          chosen={people}
          onChange={props.onPeople}
        />
      )}
      <Field
        label={open ? NEW_PRIVATE.openName : NEW_PRIVATE.name}
        hint={open ? NEW_PRIVATE.openNameHint : NEW_PRIVATE.nameHint}
        value={name ?? ''}
        placeholder={suggested}
        maxLength={NAME_CHARACTERS_MAX}
        onChange={(event) => props.onName(event.target.value)}
      />
    </>
  );
}

function Circles(props: {
  readonly circles: readonly {
    readonly id: string;
    readonly name: string;
    readonly detail: string;
    readonly isOpen: boolean;
  }[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}): ReactElement {
  return (
    <fieldset className="pile ticks" data-testid="circles">
      <legend className="small strong">{NEW_PRIVATE.where}</legend>
      {props.circles.map(({ detail, id, isOpen, name }) => (
        <label key={id} className="tick-line">
          <input
            type="radio"
            name="circle"
            checked={props.value === id}
            onChange={() => props.onChange(id)}
          />
          {id === NEW ? null : <Icon name={isOpen ? 'edit' : 'lock'} />}
          <span className="circle">
            {name}
            {detail === '' || detail === name ? null : (
              <span className="meta detail">{detail}</span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function People(props: {
  readonly legend: string;
  readonly people: readonly { readonly id: string; readonly displayName: string }[];
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}): ReactElement {
  const { chosen, onChange, people } = props;
  return (
    <fieldset className="pile ticks" data-testid="private-people">
      <legend className="small strong">{props.legend}</legend>
      {people.map(({ displayName, id }) => (
        <label key={id} className="tick-line">
          <input
            type="checkbox"
            checked={chosen.has(id)}
            onChange={(event) => {
              const next = new Set(chosen);
              if (event.target.checked) next.add(id);
              else next.delete(id);
              onChange(next);
            }}
          />
          {displayName}
        </label>
      ))}
    </fieldset>
  );
}

/** Makes it, on top of the notes or at the end of what is to do; where it is. */
function make(
  space: Space,
  kind: Kind,
  { title, zone }: { readonly title: string; readonly zone: string },
): Place {
  if (kind === 'task') {
    const lane = space.db.query(Task).where({ state: 'todo' }).orderBy('rank').run();
    const rank = rankAtEnd(lane);
    const task = space.undo.run(() => space.db.add(Task, { title, rank }, { zone }));
    const view = { on: 'tasks', as: 'list' } as const;
    return { at: 'space', space: space.id, view, open: task.id };
  }
  const note = space.undo.run(() => {
    const made = space.db.add(Note, { title }, { zone });
    space.db.move(made, { index: 0 });
    return made;
  });
  return { at: 'space', space: space.id, view: { on: 'notes', note: note.id } };
}
