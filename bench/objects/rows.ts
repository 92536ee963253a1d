/** The objects that every engine gets: six properties, as in an issue tracker. */
/** One object as plain data. */
export interface Row {
  readonly title: string;
  readonly done: boolean;
  readonly priority: number;
  readonly project: string;
  readonly estimate: number;
  readonly note: string;
}

/** Rows that share a project: what the indexed query finds of 100,000. */
export const PROJECTS = 100;

/** The `at`-th object. */
export function rowAt(at: number): Row {
  return {
    title: `Task number ${at}`,
    done: at % 3 === 0,
    priority: at % 5,
    project: `project-${at % PROJECTS}`,
    estimate: at / 4,
    note: 'a short remark',
  };
}
