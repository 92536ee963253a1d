// The machine of whoever runs the tests is changed only where it is absent and allowed.
import { expect, test } from 'vitest';
import { ensureChromium, HOW_TO_INSTALL, type Machine } from './ensure-chromium.ts';

function machine(has: boolean, may: boolean, works = true): Machine & { readonly ran: string[] } {
  const ran: string[] = [];
  let installed = has;
  return {
    ran,
    findChromium: () => (installed ? '/usr/bin/chromium' : undefined),
    mayInstall: () => may,
    apt(...args) {
      ran.push(args.join(' '));
      installed ||= works && args[0] === 'install';
      return works;
    },
  };
}

test('a machine that has chromium is left alone', () => {
  const debian = machine(true, true);
  expect(ensureChromium(debian)).toBeUndefined();
  expect(debian.ran).toEqual([]);
});

test('root on Debian gets it installed, from fresh lists', () => {
  const debian = machine(false, true);
  expect(ensureChromium(debian)).toBeUndefined();
  expect(debian.ran).toEqual(['update', 'install --yes --no-install-recommends chromium']);
});

test('everybody else is told what to install, and nothing is run', () => {
  const other = machine(false, false);
  expect(ensureChromium(other)).toBe(HOW_TO_INSTALL);
  expect(other.ran).toEqual([]);
});

test('an installation that fails ends in the same advice', () => {
  expect(ensureChromium(machine(false, true, false))).toBe(HOW_TO_INSTALL);
});
