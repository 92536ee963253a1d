// Making somebody an admin who was let in with nothing from before: that he is shown all of it is said before it is done.
import { expect, test } from 'vitest';
import { stageOfFile, WindowPerson } from './browser-people.ts';
import { faultsOf } from './screen-faults.ts';

const PATIENCE = { timeout: 30_000 };

const stage = stageOfFile();

/** Bea, in a window, owns a space into which Ann has let Kim with nothing from before. */
async function begin(): Promise<WindowPerson> {
  const ann = await stage.world.person('Ann');
  const kim = await stage.world.person('Kim');
  await ann.ok('space', 'create', 'Trip');
  const owner = ann.start('invite', 'Trip', '--role', 'owner');
  const shown = await owner.next(({ code }) => code !== undefined);
  const link = `${stage.world.url}/#/join/${String(shown['code'])}`;
  const bea = await WindowPerson.open(stage.browser, link);
  await bea.joinByLink('Bea', String(shown['auth']));
  await owner.ended;
  const later = ann.start('invite', 'Trip', '--without-history');
  const { auth, code } = await later.next(({ code: line }) => line !== undefined);
  await kim.ok('join', String(code), '--auth', String(auth));
  await later.ended;
  await ann.ok('sync');
  return bea;
}

test('who was let in with nothing from before is made an admin only by who has read what that shows', async () => {
  const bea = await begin();
  const { page } = bea;
  await bea.seesMembers(3);
  const role = page.getByRole('button', { name: /^Role of Kim/u });
  const makeAdmin = async (): Promise<void> => {
    await role.click();
    await page.getByRole('menuitemcheckbox', { name: /^Admin/u }).click();
    await page.getByTestId('shows-all').waitFor();
  };
  await makeAdmin();
  expect(await faultsOf(page), 'who would be shown everything').toEqual([]);
  await page.getByTestId('shows-all').getByRole('button', { name: 'Cancel' }).click();
  expect(await role.innerText()).toContain('Writer');

  await role.click();
  await page.getByRole('menuitem', { name: /^For a while/u }).click();
  const forAWhile = page.getByTestId('for-a-while');
  await forAWhile.getByText('Kim is shown everything from before.').waitFor();
  expect(await faultsOf(page), 'for a while').toEqual([]);
  await bea.closeDialog();

  await bea.openPerson('Kim');
  await page.getByText('Read what was written since they were let in').waitFor();
  await makeAdmin();
  await page.getByRole('button', { name: 'Make Kim admin' }).click();
  await expect.poll(() => role.innerText(), PATIENCE).toContain('Admin');
  await page.getByText('Read everything').waitFor();
  expect(bea.complaints).toEqual([]);
}, 240_000);
