/**
 * Ties a text area to a shared text. What is typed is held for a moment, so that quick keys become one
 * change; what others write in between is kept, and the line with the caret stays where it is.
 */
import type { Database, TextField } from '@atoll/client';
import type { Mirror } from './mirror.ts';
import { rebased, spliceBetween, type Splice } from './text-edit.ts';

/** Keys within this time are one change. Short enough that others see typing, not bursts. */
const HOLD_MS = 30;

/** Room between the caret and the edge of what is in view. */
const CARET_MARGIN_PX = 32;

interface Caret {
  readonly start: string;
  readonly end: string;
  readonly backward: boolean;
}

/** What a {@link SharedText} works on. */
export interface SharedTextParts {
  readonly area: HTMLTextAreaElement;
  readonly mirror: Mirror;
  readonly text: TextField;
  readonly db: Database;
  /** Called when places may have moved on the page. */
  readonly onLayout: () => void;
  /** Called with the selection as stable places, or `null` when one is elsewhere. */
  readonly onCaret: (cursor: readonly [start: string, end: string] | null) => void;
}

/** The tie. Ends with {@link SharedText.close}. */
export class SharedText {
  readonly #parts: SharedTextParts;
  readonly #stop: () => void;
  /** The shared text that the content of the area is based on. */
  #known: string;
  #caret: Caret | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isComposing = false;

  constructor(parts: SharedTextParts) {
    this.#parts = parts;
    this.#known = parts.text.toString();
    parts.area.value = this.#known;
    parts.mirror.show(this.#known);
    this.#stop = parts.text.subscribe(() => this.#onShared());
    parts.onLayout();
  }

  /** Takes in what is held and ends. */
  close(): void {
    this.#isComposing = false;
    this.commit();
    this.#stop();
  }

  /** Something was typed. */
  onInput(): void {
    const { area, mirror, onLayout } = this.#parts;
    if (this.#isComposing) return;
    mirror.show(area.value);
    this.#keepCaretInView();
    onLayout();
    this.#timer ??= setTimeout(() => this.commit(), HOLD_MS);
  }

  /** A character of several keys begins, or ends. In between the area must be left alone. */
  compose(isComposing: boolean): void {
    if (isComposing) this.commit();
    this.#isComposing = isComposing;
    if (!isComposing) this.onInput();
  }

  /** The selection moved. */
  onSelection(): void {
    const { area, text } = this.#parts;
    const isHeld = this.#isComposing || this.#timer !== undefined;
    if (isHeld || document.activeElement !== area) return;
    const { selectionStart, selectionEnd, selectionDirection } = area;
    const isPoint = selectionStart === selectionEnd;
    const start = text.cursor(selectionStart, isPoint ? 'before' : 'after');
    const end = text.cursor(selectionEnd, 'before');
    if (this.#caret?.start === start && this.#caret.end === end) return;
    this.#caret = { start, end, backward: selectionDirection === 'backward' };
    this.#parts.onCaret([start, end]);
  }

  /** One left the text. */
  onBlur(): void {
    this.#isComposing = false;
    this.commit();
    this.#caret = undefined;
    this.#parts.onCaret(null);
  }

  /** Takes what is held into the shared text now. */
  commit(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isComposing) return;
    const { area, text, db } = this.#parts;
    const own = spliceBetween(this.#known, area.value, area.selectionEnd);
    if (own === undefined) return;
    const splice = rebased(own, spliceBetween(this.#known, text.toString()));
    db.transaction(() => {
      if (splice.deleted > 0) text.delete(splice.position, splice.deleted);
      if (splice.inserted !== '') text.insert(splice.position, splice.inserted);
    });
    this.#known = text.toString();
    if (area.value !== this.#known) this.#show(afterSplice(splice));
    this.onSelection();
  }

  #onShared(): void {
    if (this.#isComposing) return;
    if (this.#timer !== undefined) this.commit();
    const next = this.#parts.text.toString();
    if (this.#known === next) return;
    this.#known = next;
    this.#show(this.#places());
  }

  #show(places: { readonly start: number; readonly end: number } | undefined): void {
    const { area, mirror, onLayout } = this.#parts;
    const hasFocus = document.activeElement === area;
    const scroller = area.closest('.scroll');
    const before = hasFocus ? mirror.spot(area.selectionStart).top : 0;
    area.value = this.#known;
    mirror.show(this.#known);
    if (hasFocus && places !== undefined) {
      area.setSelectionRange(
        places.start,
        places.end,
        this.#caret?.backward === true ? 'backward' : 'forward',
      );
      if (scroller !== null) scroller.scrollTop += mirror.spot(places.start).top - before;
    }
    onLayout();
  }

  /** The area grows with its text, so the page around it has to follow the caret. */
  #keepCaretInView(): void {
    const { area, mirror } = this.#parts;
    const scroller = area.closest('.scroll');
    // It may have scrolled inside before it grew.
    area.scrollTop = 0;
    if (scroller === null) return;
    const spot = mirror.spot(area.selectionEnd);
    const view = scroller.getBoundingClientRect();
    const top = area.getBoundingClientRect().top + spot.top;
    const below = top + spot.height + CARET_MARGIN_PX - view.bottom;
    const above = view.top + CARET_MARGIN_PX - top;
    if (below > 0) scroller.scrollTop += below;
    else if (above > 0) scroller.scrollTop -= above;
  }

  #places(): { readonly start: number; readonly end: number } | undefined {
    const { text } = this.#parts;
    const caret = this.#caret;
    const start = caret === undefined ? undefined : text.position(caret.start);
    const end = caret === undefined ? undefined : text.position(caret.end);
    if (start === undefined || end === undefined) return undefined;
    return { start: Math.min(start, end), end: Math.max(start, end) };
  }
}

function afterSplice(splice: Splice): { readonly start: number; readonly end: number } {
  const end = splice.position + splice.inserted.length;
  return { start: end, end };
}
