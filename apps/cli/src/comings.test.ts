import type { Member } from '@atoll/client';
import { expect, test } from 'vitest';
import { Comings } from './comings.ts';

function member(id: string, displayName: string, here: boolean): Member {
  return { id, displayName, hue: 1, role: 'writer', me: false, here };
}

function told(comings: Comings, ...members: Member[]): string[] {
  return comings.look(members).map((one) => `${one.member.displayName} ${one.at}`);
}

test('who was there at the first look has not joined, and whoever comes later has', () => {
  const comings = new Comings();
  expect(told(comings, member('b', 'Bob', false))).toEqual([]);
  expect(told(comings, member('b', 'Bob', true), member('c', 'Cleo', true))).toEqual([
    'Bob here',
    'Cleo joined',
    'Cleo here',
  ]);
  expect(told(comings, member('b', 'Bob', true), member('c', 'Cleo', false))).toEqual([
    'Cleo away',
  ]);
});

test('somebody who is here before the name has come is told of when it comes', () => {
  const comings = new Comings();
  expect(told(comings, member('b', '', false))).toEqual([]);
  expect(told(comings, member('b', '', true), member('c', '', true))).toEqual([]);
  expect(told(comings, member('b', 'Bob', true), member('c', 'Cleo', true))).toEqual([
    'Bob here',
    'Cleo joined',
    'Cleo here',
  ]);
});

test('one never hears of oneself', () => {
  const comings = new Comings();
  expect(told(comings, { ...member('a', 'Ann', true), me: true })).toEqual([]);
});
