/** Keys on tasks: one tab stop for all, arrows inside, the same in list and board. */
import { useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import type { TaskActions, TaskRow } from './use-tasks.ts';

/** What list and board put on their elements. */
export interface TaskKeys<E extends HTMLElement> {
  readonly region: RefObject<E | null>;
  readonly editing: string | undefined;
  readonly setEditing: (id: string | undefined) => void;
  readonly tabIndex: (task: TaskRow, isFirst: boolean) => 0 | -1;
  readonly onFocus: (task: TaskRow) => void;
  readonly onKeyDown: (event: KeyboardEvent, task: TaskRow) => void;
}

const STEPS: Readonly<Record<string, 'up' | 'down' | 'left' | 'right'>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

/** Roving focus and keys. `columns` are the tasks as they stand beside each other. */
export function useTaskKeys<E extends HTMLElement>(
  columns: readonly (readonly TaskRow[])[],
  actions: TaskActions,
  onSpeak: (text: string | undefined) => void,
): TaskKeys<E> {
  const region = useRef<E>(null);
  const [last, setLast] = useState<string | undefined>(undefined);
  const [editing, setEditing] = useState<string | undefined>(undefined);
  const isHere = last !== undefined && columns.some((column) => column.some((t) => t.id === last));
  const focus = (task: TaskRow | undefined): void => {
    if (task !== undefined) focusTask(region.current, task.id);
  };
  const walk = (task: TaskRow, direction: 'up' | 'down' | 'left' | 'right'): void => {
    const column = columns.findIndex((tasks) => tasks.includes(task));
    const row = columns[column]?.indexOf(task) ?? 0;
    const side = { up: 0, down: 0, left: -1, right: 1 }[direction];
    if (side === 0) focus(columns[column]?.[row + (direction === 'up' ? -1 : 1)]);
    else {
      const beside = columns[column + side];
      focus(beside?.[Math.min(row, beside.length - 1)]);
    }
  };
  /** To the next task, or from the last one to the one before. */
  const walkAway = (task: TaskRow): void => {
    const column = columns.find((tasks) => tasks.includes(task)) ?? [];
    const row = column.indexOf(task);
    focus(column[row + 1] ?? column[row - 1]);
  };
  const edit = (event: KeyboardEvent, task: TaskRow): boolean => {
    switch (event.key) {
      case ' ':
        // A ticked task goes to another group: the next one is where the keys are.
        walkAway(task);
        actions.tick(task);
        return true;
      case 'F2':
        setEditing(task.id);
        return true;
      case 'Delete':
      case 'Backspace':
        walkAway(task);
        actions.remove(task);
        return true;
      default:
        return false;
    }
  };
  return {
    region,
    editing,
    setEditing,
    tabIndex: (task, isFirst) => ((isHere ? task.id === last : isFirst) ? 0 : -1),
    onFocus: (task) => setLast(task.id),
    onKeyDown: (event, task) => {
      if (event.target !== event.currentTarget) return;
      const direction = STEPS[event.key] ?? { j: 'down', k: 'up' }[event.key];
      if (direction !== undefined && event.altKey) {
        if (!actions.canWrite) return;
        onSpeak(actions.step(task, direction as 'up'));
        requestAnimationFrame(() => focusTask(region.current, task.id));
      } else if (direction !== undefined && !event.metaKey && !event.ctrlKey) {
        walk(task, direction as 'up');
      } else if (event.key === 'Enter') actions.open(task);
      else if (!actions.canWrite || !edit(event, task)) return;
      event.preventDefault();
    },
  };
}

function focusTask(region: HTMLElement | null, id: string): void {
  region?.querySelector<HTMLElement>(`[data-task="${id}"]`)?.focus();
}
