/** Folding rows again under the eyes of who watches their texts. */
import type { ChangeFeed } from '../query/change-feed.ts';
import type { TextState } from '../sequence-state.ts';

/** Folds rows again and tells readers what became of the texts that they watch. */
export function refoldWatched(
  feed: ChangeFeed,
  rows: ReadonlySet<number>,
  refold: () => void,
  sequences: { text(row: number, field: number): TextState | undefined },
): void {
  const watched = feed.watchedTexts().filter(({ row }) => rows.has(row));
  const texts = watched.map(({ row, field }) => sequences.text(row, field)?.text.toString());
  feed.origin = 'foreign';
  feed.refolding = true;
  try {
    refold();
  } finally {
    feed.refolding = false;
    watched.forEach(({ row, field }, at) => {
      const before = texts[at] ?? '';
      const state = sequences.text(row, field);
      const inserted = state?.text.toString() ?? '';
      const news =
        inserted === before
          ? { position: 0, deleted: 0, inserted: '' }
          : { position: 0, deleted: before.length, inserted };
      if (state?.rich !== undefined) {
        const formatted = Math.max(1, inserted.length);
        feed.addEdits(row, field, [{ ...news, formatted }]);
      } else if (inserted !== before) feed.addEdits(row, field, [news]);
    });
    feed.origin = 'own';
  }
}
