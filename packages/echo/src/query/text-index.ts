/**
 * The searchable fields of one type, in an index that finds objects by the beginnings of words. Made at
 * the first search, brought up to date before each later one.
 */
import MiniSearch from 'minisearch';
import type { QueryField, RowSource } from './row-source.ts';
import { wordsOf } from './words.ts';

/** An object as the index takes it. */
interface Document {
  readonly row: number;
  readonly texts: readonly string[];
}

/** When more than this many discarded documents, and more than half of all, are waste, it is made anew. */
const WASTE_MAX = 256;

/** A row with how well it fits; only comparable within one answer. */
export interface Ranked {
  readonly row: number;
  readonly score: number;
}

/** Rows by word. */
export class TextIndex {
  readonly fields: readonly QueryField[];
  readonly #readTexts: (row: number) => readonly string[];
  #index: MiniSearch<Document>;
  #discarded = 0;
  readonly #waiting = new Set<number>();

  constructor(rows: RowSource, fields: readonly QueryField[]) {
    this.fields = fields;
    const items = fields.map((field) => rows.items(field));
    this.#readTexts = (row) =>
      items.map((read) =>
        read(row)
          .filter((item) => typeof item === 'string')
          .join('\n'),
      );
    this.#index = this.#make();
  }

  /** Takes in a row that is new or may have changed, before the next answer. */
  note(row: number): void {
    this.#waiting.add(row);
  }

  /** No longer has a row. */
  drop(row: number): void {
    this.#waiting.delete(row);
    if (!this.#index.has(row)) return;
    this.#index.discard(row);
    this.#discarded++;
  }

  /** Rows in which each word begins some word: of one field, or of any. Void and deleted ones included. */
  search(words: readonly string[], field?: number): readonly Ranked[] {
    this.#refresh();
    if (words.length === 0) {
      return this.#index.search(MiniSearch.wildcard).map((hit) => rankedOf(hit));
    }
    const at = this.fields.findIndex((each) => each.field === field);
    return this.#index
      .search(words.join(' '), {
        prefix: true,
        combineWith: 'AND',
        ...(field === undefined ? {} : { fields: [String(at)] }),
      })
      .map((hit) => rankedOf(hit));
  }

  #make(): MiniSearch<Document> {
    return new MiniSearch<Document>({
      idField: 'row',
      fields: this.fields.map((_, at) => String(at)),
      extractField: (document, name) =>
        name === 'row' ? document.row : (document.texts[Number(name)] ?? ''),
      tokenize: wordsOf,
      // They are folded already.
      processTerm: (word) => word,
      // It would clean up behind a timer.
      autoVacuum: false,
    });
  }

  #refresh(): void {
    for (const row of this.#waiting) {
      if (this.#index.has(row)) {
        this.#index.discard(row);
        this.#discarded++;
      }
      this.#index.add({ row, texts: this.#readTexts(row) });
    }
    this.#waiting.clear();
    if (this.#discarded <= Math.max(WASTE_MAX, this.#index.documentCount)) return;
    const rows = this.#index.search(MiniSearch.wildcard).map((hit) => rankedOf(hit).row);
    this.#discarded = 0;
    this.#index = this.#make();
    this.#index.addAll(rows.map((row) => ({ row, texts: this.#readTexts(row) })));
  }
}

function rankedOf(hit: { readonly id: unknown; readonly score: number }): Ranked {
  return { row: Number(hit.id), score: hit.score };
}
