/** The grid: a sticky head over rows of which only those in view are in the page. One tab stop. */
import type { AnyObject } from '@atoll/client';
import {
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ReactElement,
} from 'react';
import { TABLE } from '../copy/workspace.ts';
import { PrivateMark } from '../private/private-mark.tsx';
import type { Privacy } from '../private/private-words.ts';
import { CellContent, SortMark, type TypesByName } from './cell.tsx';
import { COLUMN_WIDTH_MIN, type Column } from './columns.ts';
import { visibleRows } from './visible-rows.ts';

/** What the grid shows and tells. */
export interface GridProps {
  readonly label: string;
  readonly rows: readonly AnyObject[];
  readonly columns: readonly Column[];
  readonly types: TypesByName;
  readonly say: ((field: string, value: unknown) => string | undefined) | undefined;
  /** What few read or write is marked as such. */
  readonly privacy: (object: string) => Privacy | undefined;
  readonly sort: { readonly field: string; readonly direction: 'asc' | 'desc' } | undefined;
  readonly openId: string | undefined;
  /** Filters and order: when they change, the table begins at its top. */
  readonly question: string;
  readonly onSort: (field: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onWidth: (field: string, width: number) => void;
}

interface Focus {
  readonly row: number;
  readonly column: number;
}

/** The grid of a table. */
export function Grid(props: GridProps): ReactElement {
  const { rows, columns } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ scrollTop: 0, height: 800, rowHeight: 36 });
  const [focus, setFocus] = useState<Focus>({ row: 0, column: 0 });
  const wantsFocus = useRef(false);
  const measure = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const rowHeight = Number.parseFloat(getComputedStyle(element).getPropertyValue('--row'));
    setView({ scrollTop: element.scrollTop, height: element.clientHeight, rowHeight });
  }, []);
  useLayoutEffect(() => {
    measure();
    const observer = new ResizeObserver(measure);
    if (scroller.current !== null) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [measure]);
  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>('[role=gridcell][tabindex="0"]')?.focus();
  }, [focus, view]);
  const focusCell = useCallback((at: number, column: number) => setFocus({ row: at, column }), []);
  // Another question, another beginning.
  useEffect(() => {
    if (scroller.current !== null) scroller.current.scrollTop = 0;
  }, [props.question]);
  const range = visibleRows({ ...view, count: rows.length });
  const template = columns.map((column) => `${String(column.width)}px`).join(' ');
  const row = Math.min(focus.row, Math.max(0, rows.length - 1));

  const walk = (event: React.KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(view.height / view.rowHeight) - 2);
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      j: [1, 0],
      k: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      PageDown: [page, 0],
      PageUp: [-page, 0],
      Home: [-rows.length, 0],
      End: [rows.length, 0],
    };
    const step = steps[event.key];
    if (event.key === 'Enter') {
      const object = rows[row];
      if (object !== undefined) props.onOpen(object.id);
    } else if (step === undefined || event.metaKey || event.ctrlKey || event.altKey) return;
    else {
      const next = {
        row: clamp(row + step[0], rows.length),
        column: clamp(focus.column + step[1], columns.length),
      };
      bringIntoView(scroller.current, next.row, view);
      wantsFocus.current = true;
      setFocus(next);
      measure();
    }
    event.preventDefault();
  };

  return (
    <div className="scroll" ref={scroller} onScroll={measure} data-testid="grid-scroll">
      <div
        className="grid"
        role="grid"
        aria-label={props.label}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length}
      >
        <Head {...props} template={template} />
        <div
          className="grid-body"
          role="rowgroup"
          style={{ height: `${String(rows.length * view.rowHeight)}px` }}
          onKeyDown={walk}
        >
          {rows.slice(range.start, range.end).map((object, index) => {
            const at = range.start + index;
            return (
              <Row
                // A row that leaves at one end is used again at the other: nothing is made while one scrolls.
                key={at % range.most}
                object={object}
                at={at}
                top={at * view.rowHeight}
                template={template}
                columns={columns}
                types={props.types}
                say={props.say}
                privacy={props.privacy(object.id)}
                isOpen={object.id === props.openId}
                focusColumn={at === row ? focus.column : undefined}
                stamp={rows}
                onFocus={focusCell}
                onOpen={props.onOpen}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Head(props: GridProps & { readonly template: string }): ReactElement {
  return (
    <div role="rowgroup" className="grid-head-group">
      <div
        className="grid-head"
        role="row"
        aria-rowindex={1}
        style={{ gridTemplateColumns: props.template }}
      >
        {props.columns.map((column) => {
          const direction = props.sort?.field === column.field ? props.sort.direction : undefined;
          const sorted = { asc: 'ascending', desc: 'descending' } as const;
          return (
            <div
              key={column.field}
              role="columnheader"
              className={column.isNumber ? 'number' : undefined}
              aria-sort={direction === undefined ? undefined : sorted[direction]}
            >
              {column.canSort ? (
                <button
                  type="button"
                  title={TABLE.sortBy(column.label)}
                  onClick={() => props.onSort(column.field)}
                >
                  <span className="cut">{column.label}</span>
                  <SortMark direction={direction} />
                </button>
              ) : (
                <span className="meta cut">{column.label}</span>
              )}
              <Resize column={column} onWidth={props.onWidth} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Resize(props: {
  readonly column: Column;
  readonly onWidth: (field: string, width: number) => void;
}): ReactElement {
  const { column, onWidth } = props;
  return (
    <span
      className="resize"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0;
        onWidth(column.field, Math.max(COLUMN_WIDTH_MIN, Math.round(event.clientX - left)));
      }}
    />
  );
}

const Row = memo(function Row(props: {
  readonly object: AnyObject;
  readonly at: number;
  readonly top: number;
  readonly template: string;
  readonly columns: readonly Column[];
  readonly types: TypesByName;
  readonly say: GridProps['say'];
  readonly privacy: Privacy | undefined;
  readonly isOpen: boolean;
  readonly focusColumn: number | undefined;
  /** Changes when any object changed, since an object stays the same when its fields do not. */
  readonly stamp: readonly AnyObject[];
  readonly onFocus: (row: number, column: number) => void;
  readonly onOpen: (id: string) => void;
}): ReactElement {
  const { object, columns, focusColumn } = props;
  return (
    <div
      className={props.isOpen ? 'grid-row open' : 'grid-row'}
      role="row"
      aria-rowindex={props.at + 2}
      style={{ top: `${String(props.top)}px`, gridTemplateColumns: props.template }}
      onClick={() => props.onOpen(object.id)}
    >
      {columns.map((column, index) => (
        <div
          key={column.field}
          role="gridcell"
          className={column.isNumber ? 'number' : undefined}
          tabIndex={focusColumn === index ? 0 : -1}
          onFocus={() => props.onFocus(props.at, index)}
        >
          <CellContent
            value={object[column.field]}
            column={column}
            types={props.types}
            say={props.say}
          />
          {index === 0 ? <PrivateMark privacy={props.privacy} /> : null}
        </div>
      ))}
    </div>
  );
});

function clamp(value: number, count: number): number {
  return Math.min(Math.max(0, value), Math.max(0, count - 1));
}

/** Height of the sticky head, which covers what is under it. */
const HEAD_PX = 36;

function bringIntoView(
  scroller: HTMLElement | null,
  row: number,
  view: { readonly height: number; readonly rowHeight: number },
): void {
  if (scroller === null) return;
  const top = row * view.rowHeight;
  const bottom = top + view.rowHeight + HEAD_PX;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (bottom > scroller.scrollTop + view.height) scroller.scrollTop = bottom - view.height;
}
