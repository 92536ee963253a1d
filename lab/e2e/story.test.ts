// The main story, in real windows: two people, an invitation, the same tasks and the same note, online,
// offline and online again; and a third from the command line. The server can read none of it.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stageOfFile } from './browser-people.ts';

const stage = stageOfFile();

test('two people in two windows and one at a command line share a space', async () => {
  const ada = await stage.window();
  await ada.startNew('Ada');
  const toJun = await ada.invite();
  const jun = await stage.window(toJun.link);
  await jun.joinByLink('Jun', toJun.digits);
  await ada.page.getByText('Jun joined').waitFor();
  await ada.closeDialog();

  await ada.addTask('Pack the boots');
  await jun.goTo('tasks');
  await jun.seesTask('Pack the boots');
  await jun.addTask('Book the ferry');
  await ada.seesTask('Book the ferry');

  await ada.openNote();
  await jun.openNote();
  await ada.typeAtEnd(' From Ada.');
  await expect.poll(() => jun.noteText(), { timeout: 20_000 }).toContain('From Ada.');

  // Both without a network, both writing into the same note and list.
  await ada.context.setOffline(true);
  await jun.context.setOffline(true);
  await ada.typeAtEnd(' Ada was offline.');
  await jun.typeAtEnd(' Jun was offline.');
  await ada.addTask('Ada offline task');
  await jun.addTask('Jun offline task');
  await ada.context.setOffline(false);
  await jun.context.setOffline(false);
  await ada.seesTask('Jun offline task');
  await jun.seesTask('Ada offline task');
  await ada.openNote();
  await jun.openNote();
  await expect.poll(() => ada.noteText(), { timeout: 20_000 }).toContain('Jun was offline.');
  await expect.poll(() => jun.noteText(), { timeout: 20_000 }).toContain('Ada was offline.');
  await expect
    .poll(async () => (await ada.noteText()) === (await jun.noteText()), { timeout: 20_000 })
    .toBe(true);

  // A third peer, without a window.
  const leo = await stage.world.person('Leo');
  const toLeo = await ada.invite();
  const joined = await leo.ok('join', toLeo.link, '--auth', toLeo.digits);
  const space = String(joined['space']);
  await ada.page.getByText('Leo joined').waitFor();
  await ada.closeDialog();
  await leo.ok('sync', '--until-idle', '--timeout', '30');
  const tasks = await leo.run('query', space, 'Task');
  expect(tasks.lines.map((task) => task['title']).sort()).toEqual([
    'Ada offline task',
    'Book the ferry',
    'Jun offline task',
    'Pack the boots',
  ]);
  await leo.ok('add', space, 'Task', 'title=From the command line');
  await leo.ok('sync', '--until-idle', '--timeout', '30');
  await jun.goTo('tasks');
  await jun.seesTask('From the command line');

  // The application and everything in it open again without a network.
  await jun.context.setOffline(true);
  await jun.page.reload();
  await jun.seesTask('From the command line');
  expect(ada.complaints).toEqual([]);
  expect(jun.complaints).toEqual([]);
  await nothingReadable(join(stage.world.dir, 'kube'), [
    'Pack the boots',
    'From Ada',
    'Jun',
    'Leo',
    space,
  ]);
});

/** Looks through everything that the server keeps. */
async function nothingReadable(dir: string, words: readonly string[]): Promise<void> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const content = await readFile(join(entry.parentPath, entry.name), 'latin1');
    bytes += content.length;
    for (const word of words) expect(content.includes(word), `${entry.name}: ${word}`).toBe(false);
  }
  expect(bytes).toBeGreaterThan(10_000);
}
