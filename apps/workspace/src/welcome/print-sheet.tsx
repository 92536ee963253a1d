/** The sheet to print: 24 words and the server that they need. In the page only while the words are shown. */
import { useIdentity, useNetwork } from '@atoll/react';
import type { ReactElement } from 'react';
import { createPortal } from 'react-dom';
import { SHEET } from '../copy/recovery.ts';

/** What a printer gets instead of the page. */
export function PrintSheet({ words }: { readonly words: readonly string[] }): ReactElement {
  const identity = useIdentity();
  const { kubes } = useNetwork();
  const date = new Date().toLocaleDateString(undefined, { dateStyle: 'long' });
  return createPortal(
    <section className="print-sheet" aria-hidden="true" data-testid="print-sheet">
      <h1>{SHEET.title}</h1>
      <p>{SHEET.whose(identity?.displayName ?? '')}</p>
      <ol>
        {words.map((word, at) => (
          <li key={at}>{word}</li>
        ))}
      </ol>
      <p>
        <b>{SHEET.server}</b> {kubes.map(({ url }) => url).join(', ') || SHEET.noServer}
      </p>
      <p>{SHEET.how}</p>
      <p>{SHEET.care}</p>
      <p>{SHEET.date(date)}</p>
    </section>,
    document.body,
  );
}
