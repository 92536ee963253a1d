/** How it stands with words that were changed: which sheet to keep, and which devices have not heard. */
import { useClient, useLive } from '@atoll/react';
import type { ReactElement } from 'react';
import { CHANGE_WORDS } from '../copy/words.ts';
import { NoteLine } from '../ui/note-line.tsx';

/** What a person has to know now. `always`: also where nothing is to come any more. */
export function WordsStanding({ always = false }: { readonly always?: boolean }): ReactElement {
  const { recovery } = useClient().halo;
  const change = useLive(recovery.wordsChanged);
  const copies = useLive(recovery.copies);
  if (change === undefined) return <></>;
  const isReady = copies.length > 0 && copies.every(({ at }) => at === 'kept');
  const names = change.awaited.map((name) => (name === '' ? CHANGE_WORDS.nameless : name));
  return (
    <>
      {isReady ? null : (
        <NoteLine
          kind="warn"
          icon="key"
          what={CHANGE_WORDS.bothSheets}
          means={copies.length === 0 ? CHANGE_WORDS.noServerYet : CHANGE_WORDS.bothSheetsMeans}
          live
        />
      )}
      {isReady && always ? (
        <NoteLine kind="ok" what={CHANGE_WORDS.oneSheet} means={CHANGE_WORDS.oneSheetMeans} live />
      ) : null}
      {names.length === 0 ? null : (
        <NoteLine
          icon="clock"
          what={CHANGE_WORDS.awaited(names.join(', '))}
          means={CHANGE_WORDS.awaitedMeans}
        />
      )}
    </>
  );
}
