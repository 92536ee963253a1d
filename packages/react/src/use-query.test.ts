import { LiveCell, type AnyObject, type Database, type Query, type Space } from '@atoll/client';
import { createElement, type ReactElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import { useClient } from './provider.ts';
import { useDatabase, useQuery } from './use-query.ts';

/** A database that counts, and whose query gives a new array each time. */
function countingSpace(): { space: Space; change: () => void; runs: () => number } {
  const listeners = new Set<() => void>();
  let objects = 0;
  let batches = 0;
  let runs = 0;
  const run = (): AnyObject[] => {
    runs++;
    return Array.from({ length: objects }, () => ({}) as AnyObject);
  };
  const subscribe = (tell: (objects: AnyObject[]) => void): (() => void) => {
    tell(run());
    return () => undefined;
  };
  const query = { subscribe } as unknown as Query<AnyObject>;
  const db = {
    query: () => query,
    count: () => objects,
    changes: {
      get batches() {
        return batches;
      },
    },
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as Database;
  return {
    space: { db, state: new LiveCell('open') } as unknown as Space,
    change: () => {
      objects++;
      batches++;
      for (const listener of listeners) listener();
    },
    runs: () => runs,
  };
}

test('a render sees the results of its query, asked once', () => {
  const { space, change, runs } = countingSpace();
  change();
  function Things(): ReactElement {
    const things = useQuery(space, (db) => db.query('Thing'));
    return createElement('p', null, things.length);
  }
  expect(renderToString(createElement(Things))).toBe('<p>1</p>');
  expect(runs()).toBe(1);
});

test('a change that comes between two renders is not missed', () => {
  const { space, change } = countingSpace();
  function Count(): ReactElement {
    return createElement(
      'p',
      null,
      useDatabase(space, (db) => db.count()),
    );
  }
  expect(renderToString(createElement(Count))).toBe('<p>0</p>');
  change();
  expect(renderToString(createElement(Count))).toBe('<p>1</p>');
});

test('a hook outside of the provider says so by its code', () => {
  function Lost(): ReactElement {
    return createElement('p', null, useClient().spaces.list.get().length);
  }
  expect(() => renderToString(createElement(Lost))).toThrow(
    expect.objectContaining({ code: 'REACT_NO_PROVIDER' }),
  );
});
