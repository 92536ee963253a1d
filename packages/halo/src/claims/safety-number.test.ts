// Numbers that people compare: equal from both sides, and different as soon as anything is.
import { simAgreer, simSigner } from '@atoll/testkit';
import { describe, expect, test } from 'vitest';
import { admitDevice, type IdentityLog } from '../identity.ts';
import { person } from '../testing/people.ts';
import { compareSafetyScan, formatSafetyScan, safetyNumber } from './safety-number.ts';

async function withPhone(name: string): Promise<IdentityLog> {
  const { deviceSigner, log } = await person(name);
  const admission = await admitDevice({
    log,
    admitting: deviceSigner,
    newSigner: simSigner(new Uint8Array(32).fill(31)),
    newAgreementKey: simAgreer(new Uint8Array(32).fill(32)).publicKey,
  });
  return { ...log, admissions: [admission] };
}

test('both see the same twelve groups of five digits', async () => {
  const [ada, mira] = [await person('Ada'), await person('Mira')];
  const number = safetyNumber(ada.log, mira.log);
  expect(number).toEqual(safetyNumber(mira.log, ada.log));
  expect(number.groups).toHaveLength(12);
  for (const group of number.groups) expect(group).toMatch(/^\d{5}$/);
});

test('somebody in between has other digits for each of the two', async () => {
  const [ada, mira, kai] = [await person('Ada'), await person('Mira'), await person('Kai')];
  const atAda = safetyNumber(ada.log, kai.log).groups;
  const atMira = safetyNumber(mira.log, kai.log).groups;
  expect(atAda).not.toEqual(atMira);
});

test('a device more changes six of the groups, and the order of entries none', async () => {
  const [ada, mira] = [await person('Ada'), await person('Mira')];
  const before = safetyNumber(ada.log, mira.log).groups;
  const after = safetyNumber(await withPhone('Ada'), mira.log).groups;
  expect(before.filter((group, at) => group === after[at])).toHaveLength(6);
  const log = await withPhone('Ada');
  const doubled = { ...log, admissions: [...log.admissions, ...log.admissions] };
  expect(safetyNumber(doubled, mira.log).groups).toEqual(after);
});

describe('a scanned code', () => {
  test('is equal on both devices', async () => {
    const [ada, mira] = [await person('Ada'), await person('Mira')];
    const shown = formatSafetyScan(safetyNumber(mira.log, ada.log));
    expect(compareSafetyScan(shown, safetyNumber(ada.log, mira.log))).toBe('equal');
    expect(compareSafetyScan(` ${shown}\n`, safetyNumber(ada.log, mira.log))).toBe('equal');
  });

  test('says whose devices differ, or that it is of other people', async () => {
    const [ada, mira, kai] = [await person('Ada'), await person('Mira'), await person('Kai')];
    const own = safetyNumber(ada.log, mira.log);
    const more = formatSafetyScan(safetyNumber(ada.log, await withPhone('Mira')));
    expect(compareSafetyScan(more, own)).toEqual({ differs: mira.identity });
    const others = formatSafetyScan(safetyNumber(kai.log, mira.log));
    expect(compareSafetyScan(others, own)).toBe('other-people');
  });

  test('that is something else is none', async () => {
    const own = safetyNumber((await person('Ada')).log, (await person('Mira')).log);
    const shown = formatSafetyScan(own);
    for (const text of [
      '',
      'https://example.org',
      shown.slice(0, -1),
      `${shown}A`,
      shown.replace('Q', '*'),
    ]) {
      expect(compareSafetyScan(text, own) === 'equal').toBe(false);
    }
  });
});
