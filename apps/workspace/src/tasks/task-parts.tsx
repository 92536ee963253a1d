/** Parts that a row of the list and a card of the board share. */
import type { Member, PresenceEntry, Space } from '@atoll/client';
import { useMembers, usePresence } from '@atoll/react';
import { useMemo, useRef, useState, type ReactElement } from 'react';
import { dayText } from '../copy/general.ts';
import { TASKS } from '../copy/workspace.ts';
import type { TaskState } from '../data/workspace-types.ts';
import { PrivateMark } from '../private/private-mark.tsx';
import { Icon } from '../ui/icon.tsx';
import { Person } from '../ui/person.tsx';
import type { TaskRow } from './use-tasks.ts';

/** The round box: empty, half, ticked. */
export function Tick(props: {
  readonly task: TaskRow;
  readonly canWrite: boolean;
  readonly onTick: () => void;
}): ReactElement {
  const { task, canWrite } = props;
  return (
    <button
      type="button"
      role="checkbox"
      className={`tick ${task.state}`}
      aria-checked={task.state === 'done' ? true : task.state === 'doing' ? 'mixed' : false}
      aria-label={TASKS.tick(task.title)}
      aria-disabled={!canWrite}
      onClick={(event) => {
        event.stopPropagation();
        if (canWrite) props.onTick();
      }}
    >
      <TickMark state={task.state} />
    </button>
  );
}

/** The box alone, for menus. */
export function TickMark({ state }: { readonly state: TaskState }): ReactElement {
  return <span>{state === 'done' ? <Icon name="check" /> : null}</span>;
}

/** The title, or the field in which it is changed. */
export function TaskTitle(props: {
  readonly task: TaskRow;
  readonly isEditing: boolean;
  readonly onRename: (title: string) => void;
  readonly onEnd: () => void;
}): ReactElement {
  const { task, isEditing } = props;
  if (!isEditing) return <span className="title">{task.title}</span>;
  return <TitleEdit {...props} />;
}

function TitleEdit(props: {
  readonly task: TaskRow;
  readonly onRename: (title: string) => void;
  readonly onEnd: () => void;
}): ReactElement {
  const [title, setTitle] = useState(props.task.title);
  const ended = useRef(false);
  const end = (keep: boolean): void => {
    if (ended.current) return;
    ended.current = true;
    if (keep) props.onRename(title);
    props.onEnd();
  };
  return (
    <input
      className="title-edit"
      aria-label={TASKS.title}
      value={title}
      autoFocus
      onFocus={(event) => event.target.select()}
      onChange={(event) => setTitle(event.target.value)}
      onBlur={() => end(true)}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') end(true);
        if (event.key === 'Escape') end(false);
      }}
    />
  );
}

/** When and who: at most what is set. */
export function TaskFacts(props: {
  readonly task: TaskRow;
  readonly members: ReadonlyMap<string, Member>;
}): ReactElement | null {
  const { due, privacy, who, state } = props.task;
  const person = who === undefined ? undefined : props.members.get(who);
  if (due === undefined && person === undefined && privacy === undefined) return null;
  const isLate = state !== 'done' && due !== undefined && due < today();
  return (
    <span className="facts">
      <PrivateMark privacy={privacy} />
      {due === undefined ? null : (
        <span className={isLate ? 'fact late' : 'fact'}>
          <Icon name="calendar" />
          {dayText(due, Date.now())}
          {isLate ? <span className="for-readers">{TASKS.late}</span> : null}
        </span>
      )}
      {person === undefined ? null : (
        <Person person={{ ...person, here: false }} size="tiny" named />
      )}
    </span>
  );
}

/** Today as `2026-05-04`, in this device's time. */
function today(): string {
  const now = new Date();
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${String(now.getFullYear())}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** Who a task may be for, as it is shown: not another one whenever somebody is heard of again. */
export function useMemberById(space: Space): ReadonlyMap<string, Member> {
  const members = useMembers(space);
  const shown = members.map(({ id, displayName, hue, picture }) =>
    JSON.stringify([id, displayName, hue, picture]),
  );
  return useMemo(() => new Map(members.map((member) => [member.id, member])), [shown.join('\n')]);
}

/** Who looks at which object. */
export function useLookers(space: Space): ReadonlyMap<string, PresenceEntry> {
  const others = usePresence(space);
  return useMemo(
    () =>
      new Map(
        others.flatMap((entry) =>
          entry.state.object === undefined ? [] : [[entry.state.object, entry] as const],
        ),
      ),
    [others],
  );
}

/** The name of someone who looks at this. */
export function LookerFlag({ looker }: { readonly looker: PresenceEntry }): ReactElement {
  return (
    <span className={`flag hue-${String(looker.hue)}`} title={TASKS.hereToo(looker.displayName)}>
      {looker.displayName}
    </span>
  );
}

/** One line that adds a task with Enter and stays ready for the next. */
export function AddTask(props: {
  readonly label: string;
  readonly className: string;
  readonly onAdd: (title: string) => void;
  readonly inputRef?: React.RefObject<HTMLInputElement | null>;
  readonly onLeave?: () => void;
}): ReactElement {
  const [title, setTitle] = useState('');
  return (
    <div className={props.className}>
      {props.className === 'add-task' ? <Icon name="plus" /> : null}
      <input
        ref={props.inputRef}
        aria-label={props.label}
        placeholder={props.label}
        value={title}
        autoFocus={props.onLeave !== undefined}
        enterKeyHint="done"
        onChange={(event) => setTitle(event.target.value)}
        onBlur={() => props.onLeave?.()}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter' && title.trim() !== '') {
            props.onAdd(title.trim());
            setTitle('');
          }
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
    </div>
  );
}
