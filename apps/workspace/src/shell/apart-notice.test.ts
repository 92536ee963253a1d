import type { EpochInfo, Space } from '@atoll/client';
import { LiveCell } from '@atoll/client';
import { createElement, type ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { ApartNotice, useApartNews } from './apart-notice.tsx';

const NOTHING = { apart: 0, bringing: false, brought: 0, othersApart: 0 };
type Counts = Pick<EpochInfo, keyof typeof NOTHING>;

/** What is said above a space whose epochs say this. */
function said(counts: Partial<Counts>): string {
  const status = new LiveCell({ ...NOTHING, ...counts });
  const space = { id: JSON.stringify(counts), epochs: { status } } as unknown as Space;
  function Line(): ReactElement | null {
    const news = useApartNews(space);
    return news === undefined ? null : createElement(ApartNotice, { news });
  }
  return renderToStaticMarkup(createElement(Line)).replaceAll(/<[^>]+>/gu, ' ');
}

test('work of an old copy can be left behind where it cannot join, and only there', () => {
  expect(said({ apart: 3 })).toMatch(
    /3 changes .* cannot join .* Save as a file .* Leave it behind/u,
  );
  for (const counts of [{ apart: 3, bringing: true }, { brought: 3 }, { othersApart: 1 }]) {
    expect(said(counts)).not.toContain('Leave it behind');
  }
  expect(said({})).toBe('');
});

test('what others wrote in old copies is said to be kept, unless there is something of one’s own to say', () => {
  expect(said({ othersApart: 1 })).toMatch(/1 change of somebody else was made/u);
  expect(said({ othersApart: 2, brought: 1 })).toMatch(/1 change from an older copy .* here now/u);
});
