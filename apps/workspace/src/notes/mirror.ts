/**
 * A copy of the text, laid out exactly like the text area above it, in which places can be measured. One
 * element a line, so that a change lays out one line and not the whole note.
 */

/** A place on the page, relative to the mirror. */
export interface Spot {
  readonly left: number;
  readonly top: number;
  readonly height: number;
}

/** A stretch on one line, for selections. */
export interface Stretch extends Spot {
  readonly width: number;
}

/** Stretches of one selection that are drawn; more lines are not in view anyway. */
const STRETCHES_MAX = 200;

/** The mirror of one text area. */
export class Mirror {
  readonly #element: HTMLElement;
  #lines: readonly string[] = [];

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  /** Shows the text. Only lines that changed are touched. */
  show(text: string): void {
    const lines = text.split('\n');
    const before = this.#lines;
    const shorter = Math.min(lines.length, before.length);
    let start = 0;
    while (start < shorter && lines[start] === before[start]) start++;
    let end = 0;
    while (end < shorter - start && lines.at(-1 - end) === before.at(-1 - end)) end++;
    const fresh = lines.slice(start, lines.length - end).map((line) => {
      const element = document.createElement('div');
      if (line !== '') element.append(line);
      return element;
    });
    for (const stale of [...this.#element.children].slice(start, before.length - end)) {
      stale.remove();
    }
    const next = this.#element.children[start];
    if (next === undefined) this.#element.append(...fresh);
    else next.before(...fresh);
    this.#lines = lines;
  }

  /** Where a position is. */
  spot(position: number): Spot {
    const [line, offset] = this.#lineOf(position);
    const element = this.#element.children[line];
    const origin = this.#element.getBoundingClientRect();
    if (!(element instanceof HTMLElement)) return { left: 0, top: 0, height: 0 };
    const box = element.getBoundingClientRect();
    const lineHeight = Number.parseFloat(getComputedStyle(element).lineHeight);
    const text = element.firstChild;
    if (text === null) {
      return { left: box.left - origin.left, top: box.top - origin.top, height: lineHeight };
    }
    const range = document.createRange();
    range.setStart(text, offset);
    const rect = range.getClientRects()[0] ?? range.getBoundingClientRect();
    return { left: rect.left - origin.left, top: rect.top - origin.top, height: rect.height };
  }

  /** The stretches between two positions, line by line. */
  stretches(from: number, to: number): readonly Stretch[] {
    const origin = this.#element.getBoundingClientRect();
    const [firstLine, start] = this.#lineOf(Math.min(from, to));
    const [lastLine, end] = this.#lineOf(Math.max(from, to));
    const found: Stretch[] = [];
    for (let line = firstLine; line <= lastLine && found.length < STRETCHES_MAX; line++) {
      const text = this.#element.children[line]?.firstChild;
      if (text === null || text === undefined) continue;
      const range = document.createRange();
      range.setStart(text, line === firstLine ? start : 0);
      range.setEnd(text, line === lastLine ? end : (this.#lines[line]?.length ?? 0));
      for (const rect of range.getClientRects()) {
        const { left, top, height, width } = rect;
        found.push({ left: left - origin.left, top: top - origin.top, height, width });
      }
    }
    return found;
  }

  #lineOf(position: number): [line: number, offset: number] {
    let left = position;
    for (let line = 0; line < this.#lines.length; line++) {
      const { length } = this.#lines[line] ?? '';
      if (left <= length) return [line, left];
      left -= length + 1;
    }
    const last = Math.max(0, this.#lines.length - 1);
    return [last, this.#lines[last]?.length ?? 0];
  }
}
