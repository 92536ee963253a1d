/**
 * Said where this device went on from an old copy of its profile while the others agreed on a state: that what
 * was written comes over, that it has, or that it has to be saved by hand.
 */
import type { Space } from '@atoll/client';
import { useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { APART } from '../copy/apart.ts';
import { SAVE } from '../copy/keep.ts';
import { BEHIND } from '../copy/leave.ts';
import { Button } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';

/** How much of what came over was answered with "Got it", by space: not said again before the next start. */
const answered = new Map<string, number>();

/** What there is to say. */
export interface ApartNews {
  readonly at: 'coming' | 'stuck' | 'came' | 'others' | 'twice';
  readonly changes: number;
  /** It was read. */
  readonly answer: () => void;
}

/** What there is to say about an old copy, if anything. */
export function useApartNews(space: Space): ApartNews | undefined {
  const { apart, bringing, brought, othersApart, sealedTwice } = useLive(space.epochs.status);
  const [, setAnswers] = useState(0);
  const news = brought - (answered.get(space.id) ?? 0);
  const answer = (): void => {
    answered.set(space.id, brought);
    setAnswers((count) => count + 1);
  };
  if (apart > 0) return { at: bringing ? 'coming' : 'stuck', changes: apart, answer };
  if (sealedTwice === 'apart') return { at: 'twice', changes: 0, answer };
  if (news > 0) return { at: 'came', changes: news, answer };
  return othersApart > 0 ? { at: 'others', changes: othersApart, answer } : undefined;
}

/** The line. */
export function ApartNotice({ news }: { readonly news: ApartNews }): ReactElement {
  const { lay } = useNavigation();
  const { answer, at, changes } = news;
  switch (at) {
    case 'coming':
      return <NoteLine kind="info" what={APART.coming(changes)} means={APART.comingMeans} live />;
    case 'stuck':
      return (
        <NoteLine kind="warn" what={APART.stuck(changes)} means={APART.stuckMeans} live>
          <Button onClick={() => lay('save-space')}>{SAVE.menu}</Button>
          <Button kind="danger" onClick={() => lay('leave-work')}>
            {BEHIND.button}
          </Button>
        </NoteLine>
      );
    case 'twice':
      return (
        <NoteLine kind="warn" what={APART.twice} means={APART.twiceMeans} live>
          <Button onClick={() => lay('save-space')}>{SAVE.menu}</Button>
        </NoteLine>
      );
    case 'others':
      return <NoteLine kind="plain" what={APART.others(changes)} means={APART.othersMeans} live />;
    case 'came':
      return (
        <NoteLine kind="ok" what={APART.came(changes)} means={APART.cameMeans} live>
          <Button onClick={answer}>{APART.gotIt}</Button>
        </NoteLine>
      );
  }
}
