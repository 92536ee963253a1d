/** What is said of files: true for each state, and never more than what is known. */
import type { BlobState } from '@atoll/client';
import { expect, test } from 'vitest';
import { addFailure, fetchFailure, fileWords, percentText } from './file-words.ts';

const HERE: BlobState = {
  at: 'here',
  have: 1000,
  of: 1000,
  pinned: false,
  upload: 'stored',
  sent: 1000,
};

test('a file that is here, and with the server, needs no words', () => {
  expect(fileWords(HERE, true)).toEqual({ text: '' });
  expect(fileWords({ ...HERE, upload: 'none' }, false)).toEqual({ text: '' });
  expect(fileWords({ ...HERE, pinned: true }, true).text).toBe('Kept on this device');
});

test('what is not with the server says so: on its way, waiting for a connection, or without room', () => {
  const waiting = { ...HERE, upload: 'waiting', sent: 430 } as const;
  expect(fileWords(waiting, true)).toEqual({ text: 'Sending, 43 %', progress: 0.43 });
  expect(fileWords(waiting, false).text).toBe('Only on this device until you are connected');
  expect(fileWords({ ...HERE, upload: 'full', pinned: true }, true)).toMatchObject({ isBad: true });
});

test('what is coming says how much is here, and whether anybody is there who could send it', () => {
  const coming = { ...HERE, at: 'coming', have: 999, upload: 'none', sent: 0 } as const;
  expect(fileWords(coming, true)).toEqual({ text: 'Receiving, 99 %', progress: 0.999 });
  expect(fileWords(coming, false).text).toContain('waiting for somebody');
  expect(fileWords({ ...coming, at: 'away', have: 0 }, true).text).toBe('Not on this device yet');
  expect(fileWords({ ...coming, at: 'unknown', have: 0 }, true).text).toBe('');
});

test('an empty file is whole, and no progress is called complete before it is', () => {
  const empty = { ...HERE, at: 'partly', have: 0, of: 0 } as const;
  expect(fileWords(empty, true).progress).toBe(1);
  expect(percentText(0.9999)).toBe('99 %');
});

test('every failure is a sentence', () => {
  expect(addFailure('Sea.png', 'STORE_FULL')).toContain('no room for Sea.png');
  expect(addFailure('Sea.png', 'OTHER')).toBe('Sea.png could not be added.');
  expect(fetchFailure('BLOB_DAMAGED')).toContain('damaged');
  expect(fetchFailure('')).toBe('This file could not be brought here.');
});
