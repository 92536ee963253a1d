/** Comments as threads: which stretch of a text each is about, in the order of the text. */
import type { Database, RichTextField, Space } from '@atoll/client';
import { Comment, type CommentObject, type NoteObject } from '../data/workspace-types.ts';
import { placeOfComment } from '../private/private-words.ts';
import type { Stretch } from './open-editor.ts';

/** Characters of the stretch that are quoted. */
const QUOTE_CHARACTERS = 90;

/** A stretch of the text, by positions. */
export interface QuotedStretch {
  readonly from: number;
  readonly to: number;
  readonly quote: string;
}

/** One thread. */
export interface Thread {
  readonly first: CommentObject;
  readonly answers: readonly CommentObject[];
  /** Absent where the text it was about has gone. */
  readonly stretch: QuotedStretch | undefined;
}

/** The threads of a note, in the order of the text; those without a place last. */
export function threadsOf(db: Database, note: NoteObject): readonly Thread[] {
  const comments = db.query(Comment).where({ about: note }).run();
  const answers = new Map<string, CommentObject[]>();
  for (const comment of comments) {
    const first = comment.first?.$id;
    if (first === undefined) continue;
    answers.set(first, [...(answers.get(first) ?? []), comment]);
  }
  return comments
    .filter((comment) => comment.first === undefined)
    .map((first) => ({
      first,
      answers: answers.get(first.id) ?? [],
      stretch: stretchOf(note.body, [first.from, first.to]),
    }))
    .sort((a, b) => (a.stretch?.from ?? Infinity) - (b.stretch?.from ?? Infinity) || 0);
}

/** Where a stretch is now, and what it says; `undefined` where nothing is left of it. */
export function stretchOf(
  text: Pick<RichTextField, 'position' | 'toString'>,
  [start, end]: Stretch,
): QuotedStretch | undefined {
  const from = text.position(start);
  const to = text.position(end);
  if (from === undefined || to === undefined || from >= to) return undefined;
  // Where it goes over the end of a block, the words stand apart.
  const quote = text.toString().slice(from, to).replaceAll('\n', ' ');
  const isLong = quote.length > QUOTE_CHARACTERS;
  return { from, to, quote: isLong ? `${quote.slice(0, QUOTE_CHARACTERS)}…` : quote };
}

/** Who wrote a comment, and when, as its writer's clock said. */
export function writtenBy(
  db: Database,
  comment: CommentObject,
): { readonly author: string; readonly timeMs: number } | undefined {
  return db.conflicts(comment, 'text')[0];
}

/** Begins a thread about a stretch. One step of undo. */
export function beginThread(
  space: Space,
  note: NoteObject,
  about: { readonly stretch: Stretch; readonly text: string; readonly label: string },
): CommentObject {
  const { label, stretch, text } = about;
  const [from, to] = stretch;
  const said = { about: note, from, to, text };
  return space.undo.run(() => space.db.add(Comment, said, placeOfComment(space, note.id)), {
    label,
  });
}

/**
 * Takes a thread away, with the answers as far as one may: somebody else's are his. One step of undo.
 */
export function removeThread(
  space: Space,
  thread: Thread,
  how: { readonly label: string; readonly isMine: (comment: CommentObject) => boolean },
): void {
  const { isMine, label } = how;
  space.undo.run(
    () => {
      for (const comment of [thread.first, ...thread.answers].filter(isMine)) {
        space.db.delete(comment);
      }
    },
    { label },
  );
}
