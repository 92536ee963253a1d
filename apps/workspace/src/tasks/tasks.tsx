/** Tasks as list, board or table: three views of the same things. */
import type { Space } from '@atoll/client';
import { lazy, useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import type { TaskView } from '../app/place.ts';
import { FRAME, TASKS } from '../copy/workspace.ts';
import { Bar } from '../shell/bar.tsx';
import { useCommand } from '../shell/commands.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { NewPrivateButton } from '../private/new-private-button.tsx';
import { UnreadLine } from '../private/private-mark.tsx';
import { usePhone } from '../ui/use-media.ts';
import { TaskBoard } from './task-board.tsx';
import { TaskList } from './task-list.tsx';
import { useLanes, useTaskActions } from './use-tasks.ts';

const TableBody = lazy(() => import('../table/table.tsx').then((m) => ({ default: m.TableBody })));

const VIEWS = [
  { value: 'list', label: TASKS.list, icon: 'list' },
  { value: 'board', label: TASKS.board, icon: 'board' },
  { value: 'table', label: TASKS.table, icon: 'table' },
] as const;

/** The tasks of a space. */
export function Tasks(props: {
  readonly space: Space;
  readonly as: TaskView;
  readonly notices: ReactNode;
}): ReactElement {
  const { space, as } = props;
  const { go } = useNavigation();
  const lanes = useLanes(space);
  const actions = useTaskActions(space, lanes);
  const phone = usePhone();
  const [spoken, setSpoken] = useState<string | undefined>(undefined);
  const look = (next: TaskView): void =>
    go({ at: 'space', space: space.id, view: { on: 'tasks', as: next } });
  useCommand('next-view', () => {
    const at = VIEWS.findIndex((view) => view.value === as);
    look(VIEWS[(at + 1) % VIEWS.length]?.value ?? 'list');
  });
  useEffect(() => space.presence.set({ view: 'tasks' }), [space]);
  return (
    <>
      <Bar
        title={FRAME.tasks}
        space={space}
        views={<Segmented label={TASKS.view} value={as} parts={VIEWS} onChange={look} />}
      >
        {actions.canWrite ? <NewPrivateButton phone={phone} /> : null}
      </Bar>
      {props.notices}
      <p className="for-readers" role="status">
        {spoken}
      </p>
      {as === 'table' ? (
        <TableBody space={space} view={{ on: 'table', type: 'Task' }} />
      ) : (
        <div className="scroll">
          {as === 'board' ? (
            <TaskBoard space={space} lanes={lanes} actions={actions} onSpeak={setSpoken} />
          ) : (
            <TaskList space={space} lanes={lanes} actions={actions} onSpeak={setSpoken} />
          )}
          <UnreadLine space={space} />
        </div>
      )}
    </>
  );
}
