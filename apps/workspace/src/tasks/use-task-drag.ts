/** Dragging tasks with a pointer. What is dropped goes before the row under it, or to the end of a lane. */
import { useState, type DragEvent } from 'react';
import type { TaskState } from '../data/workspace-types.ts';
import type { Lanes, TaskActions, TaskRow } from './use-tasks.ts';

/** What list and board put on their elements. */
export interface TaskDrag {
  readonly dragged: string | undefined;
  readonly before: string | undefined;
  readonly lane: TaskState | undefined;
  readonly ofTask: (task: TaskRow) => {
    readonly draggable: boolean;
    readonly onDragStart: (event: DragEvent) => void;
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragEnd: () => void;
    readonly onDrop: (event: DragEvent) => void;
  };
  readonly ofLane: (state: TaskState) => {
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

interface DragState {
  readonly task?: TaskRow;
  readonly before?: string;
  readonly lane?: TaskState;
}

/** Handlers for dragging. */
export function useTaskDrag(
  lanes: Lanes,
  actions: TaskActions,
  onSpeak: (text: string | undefined) => void,
): TaskDrag {
  const [state, setState] = useState<DragState>({});
  const { task: dragged } = state;
  const end = (): void => setState({});
  const dropAt = (lane: TaskState, before: TaskRow | undefined): void => {
    if (dragged !== undefined && before?.id !== dragged.id) {
      const others = lanes[lane].filter((task) => task.id !== dragged.id);
      const place = before === undefined ? others.length : others.indexOf(before);
      onSpeak(actions.move(dragged, lane, place));
    }
    end();
  };
  return {
    dragged: dragged?.id,
    before: state.before,
    lane: state.lane,
    ofTask: (task) => ({
      draggable: actions.canWrite,
      onDragStart: (event) => {
        event.dataTransfer.effectAllowed = 'move';
        event.dataTransfer.setData('text/plain', task.title);
        setState({ task });
      },
      onDragOver: (event) => {
        if (dragged === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        if (state.before !== task.id)
          setState({ task: dragged, before: task.id, lane: task.state });
      },
      onDragEnd: end,
      onDrop: (event) => {
        event.preventDefault();
        event.stopPropagation();
        dropAt(task.state, task);
      },
    }),
    ofLane: (lane) => ({
      onDragOver: (event) => {
        if (dragged === undefined) return;
        event.preventDefault();
        if (state.lane !== lane || state.before !== undefined) setState({ task: dragged, lane });
      },
      onDrop: (event) => {
        event.preventDefault();
        dropAt(lane, undefined);
      },
    }),
  };
}
