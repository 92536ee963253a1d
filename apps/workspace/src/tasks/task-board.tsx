/** Tasks as a board: a lane for each state. */
import type { Member, PresenceEntry, Space } from '@atoll/client';
import { useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { TASKS } from '../copy/workspace.ts';
import { TASK_STATES, type TaskState } from '../data/workspace-types.ts';
import { useCommand } from '../shell/commands.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import {
  AddTask,
  LookerFlag,
  TaskFacts,
  TaskTitle,
  Tick,
  useLookers,
  useMemberById,
} from './task-parts.tsx';
import { useShownTasks } from './use-shown-tasks.ts';
import { useTaskDrag, type TaskDrag } from './use-task-drag.ts';
import { useTaskKeys, type TaskKeys } from './use-task-keys.ts';
import type { Lanes, TaskActions, TaskRow } from './use-tasks.ts';

/** Tasks of a lane that are drawn before one asks for more. */
const FIRST_SHOWN = { todo: 40, doing: 40, done: 12 } as const;

/** The board. */
export function TaskBoard(props: {
  readonly space: Space;
  readonly lanes: Lanes;
  readonly actions: TaskActions;
  readonly onSpeak: (text: string | undefined) => void;
}): ReactElement {
  const { space, lanes, actions } = props;
  const [adding, setAdding] = useState<TaskState | undefined>(undefined);
  const { place } = useNavigation();
  const open = place.at === 'space' ? place.open : undefined;
  const drawn = useShownTasks(lanes, FIRST_SHOWN, open);
  const shown = (state: TaskState): readonly TaskRow[] => drawn.lanes[state];
  const keys = useTaskKeys<HTMLDivElement>(TASK_STATES.map(shown), actions, props.onSpeak);
  const drag = useTaskDrag(lanes, actions, props.onSpeak);
  const members = useMemberById(space);
  const lookers = useLookers(space);
  const first = TASK_STATES.flatMap(shown)[0];
  useCommand('new', actions.canWrite ? () => setAdding('todo') : undefined);
  return (
    <div className="board" ref={keys.region}>
      {TASK_STATES.map((state) => (
        <section
          key={state}
          className={drag.lane === state ? 'lane drop-here' : 'lane'}
          aria-label={TASKS.states[state]}
          data-testid={`lane-${state}`}
          {...drag.ofLane(state)}
        >
          <h2>
            {TASKS.states[state]} <span className="meta numbers">{lanes[state].length}</span>
            <span className="grow" />
            {actions.canWrite ? (
              <IconButton
                icon="plus"
                label={TASKS.addTo(TASKS.states[state])}
                onClick={() => setAdding(state)}
              />
            ) : null}
          </h2>
          <ul>
            {shown(state).map((task) => (
              <Card
                key={task.id}
                task={task}
                isFirst={task === first}
                actions={actions}
                keys={keys}
                drag={drag}
                members={members}
                looker={lookers.get(task.id)}
              />
            ))}
            {adding === state ? (
              <li>
                <AddTask
                  className="add-card"
                  label={TASKS.addTo(TASKS.states[state])}
                  onAdd={(title) => actions.add(title, state)}
                  onLeave={() => setAdding(undefined)}
                />
              </li>
            ) : null}
          </ul>
          {drawn.hidden[state] === 0 ? null : (
            <Button kind="quiet" onClick={() => drawn.more(state)}>
              {TASKS.showMore(drawn.hidden[state])}
            </Button>
          )}
        </section>
      ))}
    </div>
  );
}

function Card(props: {
  readonly task: TaskRow;
  readonly isFirst: boolean;
  readonly actions: TaskActions;
  readonly keys: TaskKeys<HTMLDivElement>;
  readonly drag: TaskDrag;
  readonly members: ReadonlyMap<string, Member>;
  readonly looker: PresenceEntry | undefined;
}): ReactElement {
  const { task, actions, keys, drag, looker } = props;
  const classes = [
    'card',
    task.state,
    drag.before === task.id ? 'drop-before' : '',
    drag.dragged === task.id ? 'dragged' : '',
  ];
  const isEditing = keys.editing === task.id;
  return (
    <li
      className={classes.join(' ')}
      data-task={task.id}
      data-testid="task"
      tabIndex={keys.tabIndex(task, props.isFirst)}
      onFocus={() => keys.onFocus(task)}
      onKeyDown={(event) => keys.onKeyDown(event, task)}
      onClick={() => (isEditing ? undefined : actions.open(task))}
      onDoubleClick={() => (actions.canWrite ? keys.setEditing(task.id) : undefined)}
      {...drag.ofTask(task)}
    >
      {looker === undefined ? null : <LookerFlag looker={looker} />}
      <div className="head">
        <Tick task={task} canWrite={actions.canWrite} onTick={() => actions.tick(task)} />
        <TaskTitle
          task={task}
          isEditing={isEditing}
          onRename={(title) => actions.rename(task, title)}
          onEnd={() => keys.setEditing(undefined)}
        />
      </div>
      <TaskFacts task={task} members={props.members} />
    </li>
  );
}
