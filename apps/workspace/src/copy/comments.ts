/** Words beside a note: comments and history. */
import { say } from './say.ts';

/** Threads, and what can be done with them. */
export const COMMENTS = {
  aside: 'Beside the note',
  comments: 'Comments',
  history: 'History',
  open: 'Comments and history',
  comment: 'Comment',
  bar: 'Commenting',
  barHow: 'Select words to say something about them.',
  none: 'No comments yet.',
  noneHow: 'Select words in the note, then choose Comment.',
  markdown:
    'Comments are about formatted text. They are kept, and are in place again when you go back to it.',
  write: 'Your comment',
  answer: 'Answer',
  send: 'Send',
  cancel: 'Cancel',
  resolve: 'Resolve',
  reopen: 'Open again',
  delete: 'Delete',
  more: (who: string): string => say`More about the comment of ${who}`,
  jump: (quote: string): string => say`Go to “${quote}”`,
  gone: 'The words it was about are gone.',
  goneNow: 'These words are gone by now.',
  resolved: (count: number): string => `Resolved (${String(count)})`,
  made: 'Commented',
  removed: 'Deleted a comment',
  answered: 'Answered a comment',
  threadOf: (who: string): string => say`Comment of ${who}`,
} as const;
