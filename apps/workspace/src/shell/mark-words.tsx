/** Marks what was searched for inside a title. */
import type { ReactNode } from 'react';

/** The title with the first place of the words marked. */
export function marked(title: string, words: string): ReactNode {
  const wanted = words.trim().toLowerCase();
  const at = wanted === '' ? -1 : title.toLowerCase().indexOf(wanted);
  if (at < 0) return title;
  const end = at + wanted.length;
  return (
    <>
      {title.slice(0, at)}
      <mark>{title.slice(at, end)}</mark>
      {title.slice(end)}
    </>
  );
}
