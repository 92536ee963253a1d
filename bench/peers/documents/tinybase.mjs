// TinyBase: a mergeable store saved whole as JSON through its file persister, which does not wait for the
// disk; an index of its own; a second store over its local synchronizer in the same process.
import { join } from 'node:path';
import { createIndexes, createMergeableStore } from 'tinybase';
import { createFilePersister } from 'tinybase/persisters/persister-file';
import { createLocalSynchronizer } from 'tinybase/synchronizers/synchronizer-local';
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
  until,
} from '../workload.ts';

await inFolder(async (dir) => {
  const path = join(dir, 'store.json');
  const store = createMergeableStore();
  const first = createFilePersister(store, path);
  await stage('create', async () => {
    for (let at = 0; at < count; at += BATCH) {
      store.transaction(() => {
        for (let each = at; each < Math.min(count, at + BATCH); each++) {
          store.setRow('task', `id-${each}`, rowAt(each));
        }
      });
    }
    // Each save writes everything: one, where others save each batch.
    await first.save();
  });
  figure('bytes', bytesIn(dir) / count);
  const opened = createMergeableStore();
  const persister = createFilePersister(opened, path);
  await stage('open', () => persister.load());
  const indexes = createIndexes(opened);
  const find = (project) => indexes.getSliceRowIds('byProject', project);
  await stage('query', () => {
    indexes.setIndexDefinition('byProject', 'task', 'project');
    check(find(PROJECT).length, count / PROJECTS);
  });
  await stage('query again', () => check(find(NEXT_PROJECT).length, count / PROJECTS));
  memory('memory');
  await stage(
    'change',
    async () => {
      for (let at = 0; at < 10; at++) {
        opened.setCell('task', 'id-0', 'title', `changed ${at}`);
        await persister.save();
      }
    },
    10,
  );
  const other = createMergeableStore();
  await stage('sync', async () => {
    await createLocalSynchronizer(other).startSync();
    await createLocalSynchronizer(opened).startSync();
    await until(() => other.getRowCount('task') === count);
  });
  await stage(
    'sync a change',
    async () => {
      for (let at = 0; at < CHANGES; at++) {
        opened.setCell('task', 'id-0', 'title', `seen ${at}`);
        await until(() => other.getCell('task', 'id-0', 'title') === `seen ${at}`, 0);
      }
    },
    CHANGES,
  );
});
process.exit(0);
