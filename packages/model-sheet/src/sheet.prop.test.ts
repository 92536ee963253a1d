/** Sheets pass the laws of all models, and formulas follow what they mean. */
import { modelContract, ModelReplica } from '@atoll/testkit/contracts';
import { expect, test } from 'vitest';
import { sheetModel, type Sheet } from './sheet.ts';

modelContract({
  model: sheetModel,
  runs: 40,
  edit(sheet, random) {
    const { rows, columns } = sheet;
    if (rows === 0 || columns === 0) {
      sheet.insert(rows === 0 ? 'row' : 'column', 0, 2);
      return;
    }
    const [row, column] = [random(rows), random(columns)];
    const axis = random(2) === 0 ? 'row' : 'column';
    const count = axis === 'row' ? rows : columns;
    switch (random(6)) {
      case 0:
        sheet.insert(axis, random(count + 1));
        return;
      case 1:
        sheet.move(axis, random(count), random(count));
        return;
      case 2:
        if (count > 1) sheet.remove(axis, random(count));
        return;
      case 3:
        sheet.set(row, column, ['=A1+1', '=SUM(A1:B2)', '=B1*2', '=('][random(4)] as string);
        return;
      default:
        sheet.set(row, column, random(100));
    }
  },
});

function pair(): { ada: ModelReplica<Sheet>; bob: ModelReplica<Sheet>; meet: () => void } {
  const ada = ModelReplica.of(sheetModel, 'ada');
  const bob = ModelReplica.of(sheetModel, 'bob');
  ada.create();
  ada.view().insert('row', 0, 3);
  ada.view().insert('column', 0, 2);
  const meet = (): void => {
    ada.tick();
    bob.tick();
    ada.take(bob.log);
    bob.take(ada.log);
  };
  meet();
  return { ada, bob, meet };
}

test('a formula follows its cells when another person inserts and moves rows at the same time', () => {
  const { ada, bob, meet } = pair();
  ada.view().set(0, 0, 10);
  ada.view().set(1, 0, 20);
  meet();
  ada.view().set(2, 1, '=A1+A2*2');
  bob.view().insert('row', 0);
  bob.view().move('row', 1, 2);
  meet();
  // Bob's row stands first, and what was row 1 behind what was row 2.
  expect(ada.view().values()).toEqual([
    [null, null],
    [20, null],
    [10, null],
    [null, 50],
  ]);
  expect(bob.view().input(3, 1)).toBe('=A3+A2*2');
  expect(bob.view().values()).toEqual(ada.view().values());
});

test('a range takes in rows that are inserted between its ends, and survives the removal of its end', () => {
  const { ada, bob, meet } = pair();
  for (const row of [0, 1, 2]) ada.view().set(row, 0, row + 1);
  ada.view().set(0, 1, '=SUM(A1:A3)');
  meet();
  expect(bob.view().get(0, 1)).toBe(6);
  bob.view().insert('row', 2);
  bob.view().set(2, 0, 100);
  ada.view().remove('row', 2);
  meet();
  expect(ada.view().get(0, 1)).toBe(103);
  expect(bob.view().input(0, 1)).toBe('=SUM(A1:A3)');
});

test('a write into a row that somebody removes at the same time is kept and hidden', () => {
  const { ada, bob, meet } = pair();
  ada.view().set(0, 1, '=A2');
  meet();
  ada.view().remove('row', 1);
  bob.view().set(1, 0, 7);
  meet();
  expect(ada.view().rows).toBe(2);
  expect(bob.view().get(0, 1)).toBe('#REF!');
});

test('two people who move one row at once leave it once', () => {
  const { ada, bob, meet } = pair();
  ada.view().set(0, 0, 'x');
  meet();
  ada.view().move('row', 0, 2);
  bob.view().move('row', 0, 1);
  meet();
  const shown = ada.view().values();
  expect(shown.filter(([first]) => first === 'x')).toHaveLength(1);
  expect(bob.view().values()).toEqual(shown);
});

test('circles, nonsense and endless nesting show as errors', () => {
  const { ada } = pair();
  const sheet = ada.view();
  sheet.set(0, 0, '=A2');
  sheet.set(1, 0, '=A1');
  sheet.set(0, 1, '=1/0');
  sheet.set(1, 1, `=${'('.repeat(900)}1`);
  sheet.set(2, 1, '=SUM(');
  expect(sheet.values()).toEqual([
    ['#CYCLE!', '#DIV/0!'],
    ['#CYCLE!', '#LIMIT!'],
    [null, '#SYNTAX!'],
  ]);
});

test('hundreds of rows at either end and in one gap still have places', () => {
  const { ada } = pair();
  const sheet = ada.view();
  for (let row = 0; row < 200; row++) {
    sheet.insert('row', sheet.rows);
    sheet.insert('row', 0);
    sheet.insert('row', 2);
  }
  expect(sheet.rows).toBe(603);
});
