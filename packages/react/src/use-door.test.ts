/** Hooks over the door of a public space: each shows its part of what the door says now. */
import { LiveCell, type DoorState, type Space } from '@atoll/client';
import { createElement, type ReactElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import {
  useContributionOf,
  useDoor,
  useHiddenBecause,
  useOwnContributions,
  useWaitingContributions,
} from './use-door.ts';

const KIM = { id: 'kim', displayName: 'Kim' };
const ADA = { id: 'ada', displayName: 'Ada' };
const sent = { type: 'Note', fields: { text: 'Slugs' }, writtenAtMs: 1 };

const EMPTY: DoorState = {
  ...{ isOpen: false, mayModerate: false, waiting: [], items: [], hidden: {}, banned: [], own: [] },
};

const FULL: DoorState = {
  ...{ isOpen: true, mayModerate: true, banned: [] },
  waiting: [{ id: 'w', author: KIM, ...sent }],
  items: [{ object: 'o', id: 'i', author: KIM, takenBy: ADA, ...sent }],
  hidden: { o: { why: 'hidden', by: ADA } },
  own: [{ id: 'i', state: 'hidden', object: 'o', ...sent }],
};

function words(space: Space): string {
  function Words(): ReactElement {
    const because = useHiddenBecause(space, 'o');
    const shown = [
      useDoor(space).isOpen,
      useWaitingContributions(space).map(({ author }) => author.displayName),
      useOwnContributions(space).map(({ state }) => state),
      useContributionOf(space, 'o')?.takenBy.displayName,
      because && `${because.why} by ${because.by.displayName}`,
    ];
    return createElement('p', null, shown.join('; '));
  }
  return renderToString(createElement(Words));
}

test('what a door says is shown, before and after there is anything', () => {
  const state = new LiveCell(EMPTY);
  const space = { door: { state } } as unknown as Space;
  expect(words(space)).toBe('<p>false; ; ; ; </p>');
  state.set(FULL);
  expect(words(space)).toBe('<p>true; Kim; hidden; Ada; hidden by Ada</p>');
});
