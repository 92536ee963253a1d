// Yjs: one document, a map of maps, in LevelDB through y-leveldb (which does not wait for the disk); the
// second peer is another document that gets its updates in the same process.
import { LeveldbPersistence } from 'y-leveldb';
import * as yjs from 'yjs';
import {
  BATCH,
  CHANGES,
  NEXT_PROJECT,
  PROJECT,
  PROJECTS,
  bytesIn,
  check,
  count,
  figure,
  inFolder,
  memory,
  rowAt,
  stage,
} from '../workload.ts';

const find = (doc, project) => {
  const found = [];
  for (const row of doc.getMap('rows').values())
    if (row.get('project') === project) found.push(row);
  return found;
};

await inFolder(async (dir) => {
  const first = new LeveldbPersistence(dir);
  const doc = new yjs.Doc();
  const rows = doc.getMap('rows');
  let storing = Promise.resolve();
  doc.on('update', (update) => (storing = first.storeUpdate('bench', update)));
  await stage('create', async () => {
    for (let at = 0; at < count; at += BATCH) {
      doc.transact(() => {
        for (let each = at; each < Math.min(count, at + BATCH); each++) {
          rows.set(`id-${each}`, new yjs.Map(Object.entries(rowAt(each))));
        }
      });
      await storing;
    }
  });
  figure('bytes', bytesIn(dir) / count);
  await first.destroy();
  const persistence = new LeveldbPersistence(dir);
  const opened = await stage('open', () => persistence.getYDoc('bench'));
  await stage('query', () => check(find(opened, PROJECT).length, count / PROJECTS));
  await stage('query again', () => check(find(opened, NEXT_PROJECT).length, count / PROJECTS));
  memory('memory');
  const saved = [];
  opened.on('update', (update) => saved.push(persistence.storeUpdate('bench', update)));
  const task = opened.getMap('rows').get('id-0');
  await stage(
    'change',
    async () => {
      for (let at = 0; at < CHANGES; at++) {
        task.set('title', `changed ${at}`);
        await saved.at(-1);
      }
    },
    CHANGES,
  );
  const other = new yjs.Doc();
  await stage('sync', () => {
    yjs.applyUpdate(other, yjs.encodeStateAsUpdate(opened, yjs.encodeStateVector(other)));
    check(find(other, NEXT_PROJECT).length, count / PROJECTS);
  });
  opened.on('update', (update) => yjs.applyUpdate(other, update));
  await stage(
    'sync a change',
    () => {
      for (let at = 0; at < CHANGES; at++) task.set('title', `seen ${at}`);
    },
    CHANGES,
  );
  check(other.getMap('rows').get('id-0').get('title'), `seen ${CHANGES - 1}`);
});
process.exit(0);
