/** Differences as lines for people: `-` before, `+` after, texts with `[-removed-]` and `{+added+}`. */
import type { FieldDiff, ObjectDiff } from '@atoll/client';

/** Kept text longer than this shows its ends only. */
const KEPT_SHOWN = 40;

/** An object's difference. */
export function diffLines({ id, type, life, fields }: ObjectDiff): string[] {
  const did = life === 'kept' ? 'changed' : life;
  return [`${type} ${id} ${did}`, ...fields.flatMap(fieldLines)];
}

/** A field's difference. */
export function fieldLines(diff: FieldDiff): string[] {
  const { field } = diff;
  switch (diff.kind) {
    case 'value':
    case 'counter':
      return pair(field, diff.before, diff.after);
    case 'set':
      return [
        ...diff.removed.map((item) => `  - ${field}: ${JSON.stringify(item)}`),
        ...diff.added.map((item) => `  + ${field}: ${JSON.stringify(item)}`),
      ];
    case 'map':
      return diff.entries.flatMap(({ key, before, after }) =>
        pair(`${field}.${key}`, before, after),
      );
    case 'text':
      return [`  ~ ${field}: ${diff.pieces.map(pieceText).join('')}`];
    case 'list':
      return diff.pieces.flatMap((piece) => {
        const value = JSON.stringify(piece.value);
        if (piece.change === 'added') return [`  + ${field}[${piece.to ?? ''}]: ${value}`];
        if (piece.change === 'removed') return [`  - ${field}[${piece.from ?? ''}]: ${value}`];
        const moved = piece.change === 'moved' ? ` moved from ${piece.from ?? ''}` : '';
        if (moved === '' && !('was' in piece)) return [];
        const was = 'was' in piece ? ` was ${JSON.stringify(piece.was)}` : '';
        return [`  ~ ${field}[${piece.to ?? ''}]: ${value}${moved}${was}`];
      });
  }
}

function pair(field: string, before: unknown, after: unknown): string[] {
  return [
    ...(before === undefined ? [] : [`  - ${field}: ${JSON.stringify(before)}`]),
    ...(after === undefined ? [] : [`  + ${field}: ${JSON.stringify(after)}`]),
  ];
}

function pieceText({
  change,
  text,
}: Extract<FieldDiff, { readonly kind: 'text' }>['pieces'][number]): string {
  if (change === 'added') return `{+${text}+}`;
  if (change === 'removed') return `[-${text}-]`;
  if (text.length <= KEPT_SHOWN) return text;
  return `${text.slice(0, KEPT_SHOWN / 2)}…${text.slice(-KEPT_SHOWN / 2)}`.toWellFormed();
}
