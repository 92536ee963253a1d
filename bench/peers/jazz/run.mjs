// Jazz by its engine, cojson 0.20: each object a CoMap in one group, their ids in a CoList, since there is no
// query over what was not loaded. Storage is its own SQLite storage over the SQLite of Node; the second peer
// has storage in memory only and is connected in the same process.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LocalNode, cojsonInternals } from 'cojson';
import { WasmCrypto } from 'cojson/crypto/WasmCrypto';
import { getSqliteStorage } from 'cojson/dist/storage/sqlite/index.js';
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

const crypto = await WasmCrypto.create();

/** Its driver over the SQLite of Node, as durable as ours. */
function openStorage(path) {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  const statements = new Map();
  const prepared = (sql) => {
    if (!statements.has(sql)) statements.set(sql, db.prepare(sql));
    return statements.get(sql);
  };
  const bound = (values) =>
    values.map((value) => (typeof value === 'boolean' ? Number(value) : (value ?? null)));
  return getSqliteStorage({
    run: (sql, values) =>
      values === undefined || values.length === 0
        ? db.exec(sql)
        : prepared(sql).run(...bound(values)),
    get: (sql, values) => prepared(sql).get(...bound(values)),
    query: (sql, values) => prepared(sql).all(...bound(values ?? [])),
    transaction(callback) {
      db.exec('BEGIN');
      try {
        callback();
        db.exec('COMMIT');
      } catch (failure) {
        db.exec('ROLLBACK');
        throw failure;
      }
    },
    closeDb: () => db.close(),
    getMigrationVersion: () => Number(db.prepare('PRAGMA user_version').get().user_version),
    saveMigrationVersion: (version) => db.exec(`PRAGMA user_version = ${version}`),
  });
}

await inFolder(async (dir) => {
  const path = join(dir, 'jazz.db');
  const first = await LocalNode.withNewlyCreatedAccount({
    creationProps: { name: 'Ada' },
    crypto,
    storage: openStorage(path),
  });
  const group = first.node.createGroup();
  group.addMember('everyone', 'writer');
  const list = group.createList();
  await stage('create', async () => {
    for (let at = 0; at < count; at += BATCH) {
      const ids = [];
      for (let each = at; each < Math.min(count, at + BATCH); each++) {
        ids.push(group.createMap(rowAt(each)).id);
      }
      list.appendItems(ids);
      await list.core.waitForSync?.();
      await first.node.syncManager.waitForStorageSync(list.id);
    }
    await first.node.syncManager.waitForAllCoValuesSync();
  });
  figure('bytes', bytesIn(dir) / count);
  await first.node.gracefulShutdown();

  const node = await stage('open', async () => {
    const { accountID, accountSecret } = first;
    const storage = openStorage(path);
    return LocalNode.withLoadedAccount({ accountID, accountSecret, peers: [], crypto, storage });
  });
  const maps = await stage('query', async () => {
    // A long list comes in pieces after it is there.
    const loaded = await node.load(list.id);
    await until(() => loaded.asArray().length === count);
    const ids = loaded.asArray();
    const found = await Promise.all(ids.map((id) => node.load(id)));
    check(found.filter((map) => map.get('project') === PROJECT).length, count / PROJECTS);
    return found;
  });
  await stage('query again', () =>
    check(maps.filter((map) => map.get('project') === NEXT_PROJECT).length, count / PROJECTS),
  );
  memory('memory');
  const [task] = maps;
  await stage(
    'change',
    async () => {
      for (let at = 0; at < CHANGES; at++) {
        task.set('title', `changed ${at}`);
        await node.syncManager.waitForStorageSync(task.id);
      }
    },
    CHANGES,
  );
  const other = await LocalNode.withNewlyCreatedAccount({ creationProps: { name: 'Bob' }, crypto });
  const theirs = await stage('sync', async () => {
    const [toOther, toNode] = cojsonInternals.connectedPeers('ada', 'bob', {
      peer1role: 'server',
      peer2role: 'client',
    });
    other.node.syncManager.addPeer(toOther);
    node.syncManager.addPeer(toNode);
    const loaded = await other.node.load(list.id);
    await until(() => loaded.asArray().length === count);
    const ids = loaded.asArray();
    const found = await Promise.all(ids.map((id) => other.node.load(id)));
    check(found.filter((map) => map.get('project') === NEXT_PROJECT).length, count / PROJECTS);
    return found;
  });
  await stage(
    'sync a change',
    async () => {
      for (let at = 0; at < CHANGES; at++) {
        task.set('title', `seen ${at}`);
        await until(() => theirs[0].get('title') === `seen ${at}`, 0);
      }
    },
    CHANGES,
  );
});
process.exit(0);
