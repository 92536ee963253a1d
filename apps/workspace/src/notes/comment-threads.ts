/** Comments as threads: which stretch of a text each is about, in the order of the text. */
import type { Database, RichDelta, RichDocument, Space } from '@atoll/client';
import { Comment, type CommentObject, type NoteObject } from '../data/workspace-types.ts';

/** Mark of the stretch that a thread is about. */
export const COMMENT_MARK = 'comment:';
/** Characters of the stretch that are quoted. */
const QUOTE_CHARACTERS = 90;

/** A stretch of the text, by positions. */
export interface MarkedStretch {
  readonly from: number;
  readonly to: number;
  readonly quote: string;
}

/** One thread. */
export interface Thread {
  readonly first: CommentObject;
  readonly answers: readonly CommentObject[];
  /** Absent where the text it was about has gone. */
  readonly stretch: MarkedStretch | undefined;
}

/** The threads of a note, in the order of the text; those without a place last. */
export function threadsOf(db: Database, note: NoteObject): readonly Thread[] {
  const comments = db.query(Comment).where({ about: note }).run();
  const stretches = stretchesOf(note.body.toDocument());
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
      stretch: stretches.get(first.id),
    }))
    .sort((a, b) => (a.stretch?.from ?? Infinity) - (b.stretch?.from ?? Infinity) || 0);
}

/** Where marks of comments are, by thread: from their first unit to their last. */
export function stretchesOf(document: RichDocument): ReadonlyMap<string, MarkedStretch> {
  const found = new Map<string, MarkedStretch>();
  let at = 0;
  for (const { runs } of document) {
    for (const { text, marks } of runs) {
      for (const key of Object.keys(marks)) {
        if (!key.startsWith(COMMENT_MARK)) continue;
        const thread = key.slice(COMMENT_MARK.length);
        found.set(thread, stretchedTo(at, text, found.get(thread)));
      }
      at += text.length;
    }
    at++;
  }
  return new Map([...found].map(([thread, stretch]) => [thread, withShortQuote(stretch)]));
}

/** A stretch with further words behind it; where it goes over the end of a block, they stand apart. */
function stretchedTo(at: number, text: string, before: MarkedStretch | undefined): MarkedStretch {
  const to = at + text.length;
  if (before === undefined) return { from: at, to, quote: text };
  const gap = before.to < at ? ' ' : '';
  return { from: before.from, to, quote: `${before.quote}${gap}${text}` };
}

function withShortQuote(stretch: MarkedStretch): MarkedStretch {
  const { quote } = stretch;
  if (quote.length <= QUOTE_CHARACTERS) return stretch;
  return { ...stretch, quote: `${quote.slice(0, QUOTE_CHARACTERS)}…` };
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
  about: {
    readonly from: number;
    readonly to: number;
    readonly text: string;
    readonly label: string;
  },
): CommentObject {
  return space.undo.run(
    () => {
      const first = space.db.add(Comment, { about: note, text: about.text });
      note.body.mark(about.from, about.to, `${COMMENT_MARK}${first.id}`);
      return first;
    },
    { label: about.label },
  );
}

/** Takes a thread away with its mark. One step of undo. */
export function removeThread(space: Space, note: NoteObject, thread: Thread, label: string): void {
  space.undo.run(
    () => {
      if (thread.stretch !== undefined) {
        const { from, to } = thread.stretch;
        note.body.unmark(from, to, `${COMMENT_MARK}${thread.first.id}`);
      }
      for (const comment of [thread.first, ...thread.answers]) space.db.delete(comment);
    },
    { label },
  );
}

/** A delta that leaves comments where they are: Markdown does not know of them, so it cannot take them. */
export function keepingComments(delta: RichDelta): RichDelta {
  return delta.map((op) => {
    if (!('retain' in op) || op.attributes === undefined) return op;
    const attributes = Object.entries(op.attributes).filter(
      ([key, value]) => value !== null || !key.startsWith(COMMENT_MARK),
    );
    return { ...op, attributes: Object.fromEntries(attributes) };
  });
}
