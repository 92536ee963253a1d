/** State, person and day of a task. */
import type { AnyObject, Space } from '@atoll/client';
import { useMembers } from '@atoll/react';
import type { ReactElement } from 'react';
import { TASKS } from '../copy/workspace.ts';
import { Task, TASK_STATES, type TaskObject } from '../data/workspace-types.ts';
import { TickMark } from '../tasks/task-parts.tsx';
import { Button } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { Person } from '../ui/person.tsx';
import { Answers } from './answers.tsx';

/** The properties of a task. */
export function TaskProperties(props: {
  readonly space: Space;
  readonly object: AnyObject;
  readonly canWrite: boolean;
}): ReactElement {
  const { space, object, canWrite } = props;
  const task = object as unknown as TaskObject;
  const fields = Task.data().fields;
  const answers = (field: 'state' | 'who' | 'due'): ReactElement | null => {
    const data = fields[field];
    return data === undefined ? null : (
      <Answers space={space} object={object} field={field} data={data} />
    );
  };
  return (
    <dl className="properties">
      <dt>{TASKS.state}</dt>
      <dd>
        <StateMenu task={task} canWrite={canWrite} />
        {answers('state')}
      </dd>
      <dt>{TASKS.who}</dt>
      <dd>
        <WhoMenu space={space} task={task} canWrite={canWrite} />
        {answers('who')}
      </dd>
      <dt>{TASKS.when}</dt>
      <dd>
        <input
          type="date"
          aria-label={TASKS.when}
          value={task.due ?? ''}
          disabled={!canWrite}
          onChange={(event) => {
            task.due = event.target.value === '' ? undefined : event.target.value;
          }}
        />
        {answers('due')}
      </dd>
    </dl>
  );
}

function StateMenu(props: { readonly task: TaskObject; readonly canWrite: boolean }): ReactElement {
  const { task, canWrite } = props;
  const label = TASKS.states[task.state];
  const look = (
    <span className={`tick ${task.state}`} aria-hidden="true">
      <TickMark state={task.state} />
    </span>
  );
  if (!canWrite) return <span>{label}</span>;
  return (
    <Menu
      trigger={
        <Button kind="quiet" aria-label={`${TASKS.state}: ${label}`}>
          {look}
          {label}
        </Button>
      }
      entries={TASK_STATES.map((state) => ({
        label: TASKS.states[state],
        chosen: state === task.state,
        onSelect: () => {
          task.state = state;
        },
      }))}
    />
  );
}

function WhoMenu(props: {
  readonly space: Space;
  readonly task: TaskObject;
  readonly canWrite: boolean;
}): ReactElement {
  const { space, task, canWrite } = props;
  const members = useMembers(space);
  const who = members.find((member) => member.id === task.who);
  const name = who?.displayName ?? TASKS.nobody;
  if (!canWrite) return <span>{name}</span>;
  return (
    <Menu
      trigger={
        <Button kind="quiet" aria-label={`${TASKS.who}: ${name}`}>
          {who === undefined ? null : <Person person={who} size="tiny" />}
          {name}
        </Button>
      }
      entries={[
        ...members.map((member) => ({
          label: member.displayName,
          look: <Person person={member} size="tiny" />,
          chosen: member.id === task.who,
          onSelect: () => {
            task.who = member.id;
          },
        })),
        {
          label: TASKS.nobody,
          chosen: task.who === undefined,
          onSelect: () => {
            task.who = undefined;
          },
        },
      ]}
    />
  );
}
