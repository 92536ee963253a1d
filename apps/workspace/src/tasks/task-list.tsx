/** Tasks as a list, grouped by state. */
import type { Member, PresenceEntry, Space } from '@atoll/client';
import { useRef, type ReactElement } from 'react';
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
                isFirst={task === all[0]}
                isOpen={openId === task.id}
                actions={actions}
                keys={keys}
                drag={drag}
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

function Row(props: {
  readonly task: TaskRow;
  readonly isFirst: boolean;
  readonly isOpen: boolean;
  readonly actions: TaskActions;
  readonly keys: TaskKeys<HTMLDivElement>;
  readonly drag: TaskDrag;
  readonly members: ReadonlyMap<string, Member>;
  readonly looker: PresenceEntry | undefined;
}): ReactElement {
  const { task, actions, keys, drag, looker } = props;
  const classes = [
    'task',
    task.state,
    props.isOpen ? 'open' : '',
    drag.before === task.id ? 'drop-before' : '',
    drag.dragged === task.id ? 'dragged' : '',
    looker === undefined ? '' : 'seen-by',
  ];
  const isEditing = keys.editing === task.id;
  return (
    <li
      className={classes.join(' ')}
      style={
        looker === undefined ? undefined : { ['--hue' as string]: `var(--p${String(looker.hue)})` }
      }
      title={looker === undefined ? undefined : TASKS.hereToo(looker.displayName)}
      data-task={task.id}
      data-testid="task"
      tabIndex={keys.tabIndex(task, props.isFirst)}
      onFocus={() => keys.onFocus(task)}
      onKeyDown={(event) => keys.onKeyDown(event, task)}
      onClick={() => (isEditing ? undefined : actions.open(task))}
      onDoubleClick={() => (actions.canWrite ? keys.setEditing(task.id) : undefined)}
      {...drag.ofTask(task)}
    >
      <Tick task={task} actions={actions} />
      <TaskTitle
        task={task}
        isEditing={isEditing}
        actions={actions}
        onEnd={() => keys.setEditing(undefined)}
      />
      <TaskFacts task={task} members={props.members} />
    </li>
  );
}
