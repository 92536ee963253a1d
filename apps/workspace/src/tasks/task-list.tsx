/** Tasks as a list, grouped by state. */
import type { Member, PresenceEntry, Space } from '@atoll/client';
import { memo, useLayoutEffect, useRef, type ReactElement, type RefObject } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { TASKS } from '../copy/workspace.ts';
import type { TaskState } from '../data/workspace-types.ts';
import { useCommand } from '../shell/commands.tsx';
import { Button } from '../ui/button.tsx';
import { usePhone } from '../ui/use-media.ts';
import { AddTask, TaskFacts, TaskTitle, Tick, useLookers, useMemberById } from './task-parts.tsx';
import { useShownTasks } from './use-shown-tasks.ts';
import { useTaskDrag, type TaskDrag } from './use-task-drag.ts';
import { useTaskKeys, type TaskKeys } from './use-task-keys.ts';
import type { Lanes, TaskActions, TaskRow } from './use-tasks.ts';

/** What is going on comes first. */
const ORDER: readonly TaskState[] = ['doing', 'todo', 'done'];

/** Tasks of a state that are drawn before one asks for more. */
const FIRST_SHOWN = { doing: 80, todo: 80, done: 20 } as const;

/** The list. */
export function TaskList(props: {
  readonly space: Space;
  readonly lanes: Lanes;
  readonly actions: TaskActions;
  readonly onSpeak: (text: string | undefined) => void;
}): ReactElement {
  const { space, lanes, actions } = props;
  const { place } = useNavigation();
  const phone = usePhone();
  const openId = place.at === 'space' ? place.open : undefined;
  const shown = useShownTasks(lanes, FIRST_SHOWN, openId);
  const all = ORDER.flatMap((state) => shown.lanes[state]);
  const keys = useTaskKeys<HTMLDivElement>([all], actions, props.onSpeak);
  const drag = useTaskDrag(lanes, actions, props.onSpeak);
  const tools = useTools({ actions, keys, drag });
  const members = useMemberById(space);
  const lookers = useLookers(space);
  const input = useRef<HTMLInputElement>(null);
  useCommand('new', actions.canWrite ? () => input.current?.focus() : undefined);
  return (
    <div ref={keys.region}>
      {actions.canWrite ? (
        <AddTask
          className="add-task"
          label={TASKS.add}
          inputRef={input}
          onAdd={(title) => actions.add(title, 'todo')}
        />
      ) : null}
      {all.length === 0 ? (
        <div className="blank" style={{ minHeight: '240px' }}>
          <p>{phone ? TASKS.emptyPhone : TASKS.empty}</p>
        </div>
      ) : null}
      {ORDER.filter((state) => lanes[state].length > 0).map((state) => (
        <section key={state} aria-label={TASKS.states[state]} {...drag.ofLane(state)}>
          <h2 className="group-head">
            {TASKS.states[state]} <span className="meta numbers">{lanes[state].length}</span>
          </h2>
          <ul>
            {shown.lanes[state].map((task) => (
              <Row
                key={task.id}
                task={task}
                tabIndex={keys.tabIndex(task, task === all[0])}
                isOpen={openId === task.id}
                isEditing={keys.editing === task.id}
                dragging={draggingOf(drag, task)}
                canWrite={actions.canWrite}
                tools={tools}
                members={members}
                looker={lookers.get(task.id)}
              />
            ))}
          </ul>
          {shown.hidden[state] === 0 ? null : (
            <Button kind="quiet" className="more-tasks" onClick={() => shown.more(state)}>
              {TASKS.showMore(shown.hidden[state])}
            </Button>
          )}
        </section>
      ))}
    </div>
  );
}

/** What rows act with. Another with each change, while a row stays the same one: so it is read when it is used. */
interface RowTools {
  readonly actions: TaskActions;
  readonly keys: TaskKeys<HTMLDivElement>;
  readonly drag: TaskDrag;
}

function useTools(now: RowTools): RefObject<RowTools> {
  const tools = useRef(now);
  useLayoutEffect(() => {
    tools.current = now;
  });
  return tools;
}

function draggingOf(drag: TaskDrag, { id }: TaskRow): string {
  return `${drag.before === id ? 'drop-before' : ''} ${drag.dragged === id ? 'dragged' : ''}`;
}

const Row = memo(function Row(props: {
  readonly task: TaskRow;
  readonly tabIndex: 0 | -1;
  readonly isOpen: boolean;
  readonly isEditing: boolean;
  /** Classes of a row that is dragged, or before which one is dropped. */
  readonly dragging: string;
  readonly canWrite: boolean;
  readonly tools: RefObject<RowTools>;
  readonly members: ReadonlyMap<string, Member>;
  readonly looker: PresenceEntry | undefined;
}): ReactElement {
  const { task, canWrite, isEditing, looker, tools } = props;
  const classes = [
    'task',
    task.state,
    props.isOpen ? 'open' : '',
    props.dragging,
    looker === undefined ? '' : 'seen-by',
  ];
  const now = (): RowTools => tools.current;
  return (
    <li
      className={classes.join(' ')}
      style={
        looker === undefined ? undefined : { ['--hue' as string]: `var(--p${String(looker.hue)})` }
      }
      title={looker === undefined ? undefined : TASKS.hereToo(looker.displayName)}
      data-task={task.id}
      data-testid="task"
      tabIndex={props.tabIndex}
      onFocus={() => now().keys.onFocus(task)}
      onKeyDown={(event) => now().keys.onKeyDown(event, task)}
      onClick={() => (isEditing ? undefined : now().actions.open(task))}
      onDoubleClick={() => (canWrite ? now().keys.setEditing(task.id) : undefined)}
      draggable={canWrite}
      onDragStart={(event) => now().drag.ofTask(task).onDragStart(event)}
      onDragOver={(event) => now().drag.ofTask(task).onDragOver(event)}
      onDragEnd={() => now().drag.ofTask(task).onDragEnd()}
      onDrop={(event) => now().drag.ofTask(task).onDrop(event)}
    >
      <Tick task={task} canWrite={canWrite} onTick={() => now().actions.tick(task)} />
      <TaskTitle
        task={task}
        isEditing={isEditing}
        onRename={(title) => now().actions.rename(task, title)}
        onEnd={() => now().keys.setEditing(undefined)}
      />
      <TaskFacts task={task} members={props.members} />
    </li>
  );
});
