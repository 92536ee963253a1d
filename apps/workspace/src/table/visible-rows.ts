/** Which rows of a long table are in the page. */

/** Rows drawn beyond both edges, so that none is blank while one scrolls. */
const MARGIN_ROWS = 12;

/** A range of rows, `end` not included. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
  /** As many rows as there may be at once in a view of this height. */
  readonly most: number;
}

/** The rows to draw. Starts at an even row, so that little scrolling changes nothing. */
export function visibleRows(input: {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly count: number;
}): RowRange {
  const { scrollTop, height, rowHeight, count } = input;
  const step = MARGIN_ROWS / 2;
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight / step) * step;
  const start = Math.min(Math.max(0, first - MARGIN_ROWS), Math.max(0, count - 1));
  const drawn = step + Math.ceil(height / rowHeight) + MARGIN_ROWS;
  const end = Math.min(count, first + drawn);
  return { start, end: Math.max(start, end), most: drawn + MARGIN_ROWS };
}
