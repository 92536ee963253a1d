// Real input through every layer: 21,296 packages imported at a command line, received in a window that
// joins, and asked there for what depends on a package that is present and on one that is not.
import { expect, test } from 'vitest';
import { PACKAGES } from '../process/cli-world.ts';
import { stageOfFile } from './browser-people.ts';

/** Time for a window on a loaded machine to receive, verify and fold the whole space. */
const RECEIVE_MS = 90_000;

const stage = stageOfFile();

test('a window that joins the package space gets all of it and answers by refs', async () => {
  const pia = await stage.world.person('Pia');
  const { space } = await pia.ok('space', 'create', 'Debian 12 packages');
  const imported = await pia.ok(
    'import',
    String(space),
    PACKAGES,
    '--type',
    'Package',
    '--key',
    'name',
    '--ref',
    'depends=Package.name',
  );
  expect(imported).toMatchObject({ objects: 21_296, refs: 91_114, unresolved: 68_238 });

  const inviting = pia.start('invite', String(space), '--role', 'reader');
  const { auth, url } = await inviting.next();
  const jun = await stage.window(String(url));
  await jun.joinByLink('Jun', String(auth));
  expect((await inviting.ended).code).toBe(0);
  const serving = pia.start('serve');

  const { page } = jun;
  await page.goto(`${stage.world.url}/#/space/${String(space)}/table/Package`);
  const count = page.getByTestId('count');
  await expect.poll(() => count.innerText(), { timeout: RECEIVE_MS }).toContain('21,296');
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Depends' }).click();
  const value = page.getByRole('textbox', { name: /Depends/ });
  await value.fill('perl');
  await expect.poll(() => count.innerText(), { timeout: 20_000 }).toContain('1,679');
  await value.fill('libc6');
  await expect.poll(() => count.innerText(), { timeout: 20_000 }).toContain('7,278');
  expect(jun.complaints).toEqual([]);
  await serving.end();
});
