/**
 * One engine's work on so many objects, in a process of its own; prints CPU milliseconds as JSON. Started by
 * `bench/objects.ts`: `node work.ts ENGINE COUNT BATCH`.
 */
import * as automerge from '@automerge/automerge';
import { ready } from '@atoll/crypto';
import { defineType, s } from '@atoll/schema';
import { LoroDoc, LoroMap } from 'loro-crdt';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as yjs from 'yjs';
import { BenchReplica } from './replica.ts';
import { rowAt, type Row } from './rows.ts';

/** Figures of one engine; what it does not have is left out. */
export type Figures = { [name: string]: number };

const CHANGES = 1000;
const figures: Figures = {};

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function timed<T>(name: string, work: () => T): T {
  const start = cpuMs();
  const result = work();
  figures[name] = cpuMs() - start;
  return result;
}

function heapBytes(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function check(found: number, count: number): void {
  if (found !== count / 100) throw new RangeError(`found ${found}`);
}

const Task = defineType('bench.Task', {
  title: s.string(),
  done: s.boolean(),
  priority: s.integer(),
  project: s.string(),
  estimate: s.number(),
  note: s.string(),
});

async function atoll(count: number, batch: number): Promise<void> {
  await ready();
  const writer = new BenchReplica(1);
  timed('create', () => {
    for (let at = 0; at < count; at += batch) {
      writer.db.transaction(() => {
        for (let each = at; each < at + batch; each++) writer.db.add(Task, rowAt(each));
      });
    }
  });
  figures['bytes'] = writer.blocks.reduce((sum, block) => sum + block.section.length, 0) / count;
  const blocks = writer.blocks.map((block) => ({ ...block, section: block.section.slice() }));
  const before = heapBytes();
  const reader = new BenchReplica(2);
  timed('load', () => {
    for (const block of blocks) reader.receive(block);
  });
  reader.db.register(Task);
  const query = reader.db.query(Task).where({ project: 'project-7' });
  timed('first query', () => check(query.count(), count));
  figures['memory'] = (heapBytes() - before) / count;
  timed('next query', () => check(query.run().length, count));
  timed('root', () => reader.db.stateRoot(new Uint8Array(32)));
  const task = writer.db.query(Task).first();
  if (task === undefined) return;
  writer.tick();
  const from = writer.blocks.length;
  timed('change', () => {
    for (let at = 0; at < CHANGES; at++) {
      task.title = `changed ${at}`;
      writer.tick();
    }
  });
  const changes = writer.blocks.slice(from);
  timed('merge', () => {
    for (const change of changes) reader.receive(change);
  });
  timed('root after change', () => reader.db.stateRoot(new Uint8Array(32)));
  const all = reader.db.query(Task).limit(250).run();
  timed('read', () => {
    let sum = 0;
    for (let round = 0; round < 40_000; round++) for (const each of all) sum += each.priority;
    figures['check'] = sum;
  });
  figures['read'] = ((figures['read'] ?? 0) * 1e6) / (40_000 * all.length);
}

function yjsWork(count: number, batch: number): void {
  const doc = new yjs.Doc();
  const rows = doc.getMap<yjs.Map<unknown>>('rows');
  timed('create', () => {
    for (let at = 0; at < count; at += batch) {
      doc.transact(() => {
        for (let each = at; each < at + batch; each++) {
          rows.set(`id-${each}`, new yjs.Map(Object.entries(rowAt(each))));
        }
      });
    }
  });
  const bytes = yjs.encodeStateAsUpdate(doc);
  figures['bytes'] = bytes.length / count;
  const before = heapBytes();
  const other = new yjs.Doc();
  timed('load', () => yjs.applyUpdate(other, bytes));
  const find = (): number => {
    let found = 0;
    for (const row of other.getMap<yjs.Map<unknown>>('rows').values()) {
      if (row.get('project') === 'project-7') found++;
    }
    return found;
  };
  timed('first query', () => check(find(), count));
  figures['memory'] = (heapBytes() - before) / count;
  timed('next query', () => check(find(), count));
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  timed('change', () => {
    for (let at = 0; at < CHANGES; at++) rows.get('id-0')?.set('title', `changed ${at}`);
  });
  timed('merge', () => {
    for (const update of updates) yjs.applyUpdate(other, update);
  });
}

function automergeWork(count: number, batch: number): void {
  type Rows = { rows: { [id: string]: Row } };
  let doc = automerge.from<Rows>({ rows: {} });
  timed('create', () => {
    for (let at = 0; at < count; at += batch) {
      doc = automerge.change(doc, (draft) => {
        for (let each = at; each < at + batch; each++) draft.rows[`id-${each}`] = rowAt(each);
      });
    }
  });
  const bytes = automerge.save(doc);
  figures['bytes'] = bytes.length / count;
  const before = heapBytes();
  let other = timed('load', () => automerge.load<Rows>(bytes));
  const find = (): number =>
    Object.values(other.rows).filter((row) => row.project === 'project-7').length;
  timed('first query', () => check(find(), count));
  figures['memory'] = (heapBytes() - before) / count;
  timed('next query', () => check(find(), count));
  const changes: Uint8Array[] = [];
  timed('change', () => {
    for (let at = 0; at < CHANGES; at++) {
      doc = automerge.change(doc, (draft) => {
        (draft.rows['id-0'] as { title: string }).title = `changed ${at}`;
      });
      const change = automerge.getLastLocalChange(doc);
      if (change !== undefined) changes.push(change);
    }
  });
  timed('merge', () => {
    for (const change of changes) [other] = automerge.applyChanges(other, [change]);
  });
}

function loroWork(count: number, batch: number): void {
  const doc = new LoroDoc();
  const rows = doc.getMap('rows');
  timed('create', () => {
    for (let at = 0; at < count; at += batch) {
      for (let each = at; each < at + batch; each++) {
        const row = rows.setContainer(`id-${each}`, new LoroMap());
        for (const [key, value] of Object.entries(rowAt(each))) row.set(key, value);
      }
      doc.commit();
    }
  });
  const bytes = doc.export({ mode: 'snapshot' });
  figures['bytes'] = bytes.length / count;
  const other = new LoroDoc();
  timed('load', () => other.import(bytes));
  const find = (): number => {
    const found = Object.values(other.getMap('rows').toJSON() as { [id: string]: Row });
    return found.filter((row) => row.project === 'project-7').length;
  };
  timed('first query', () => check(find(), count));
  timed('next query', () => check(find(), count));
  const updates: Uint8Array[] = [];
  timed('change', () => {
    for (let at = 0; at < CHANGES; at++) {
      const from = doc.version();
      (rows.get('id-0') as LoroMap).set('title', `changed ${at}`);
      doc.commit();
      updates.push(doc.export({ mode: 'update', from }));
    }
  });
  timed('merge', () => {
    for (const update of updates) other.import(update);
  });
}

/** Rows as JSON under a random key of 16 bytes, one transaction, durable. */
function sqliteWork(count: number): void {
  const path = join(tmpdir(), `atoll-bench-${process.pid}.db`);
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE rows (id BLOB PRIMARY KEY, json TEXT) WITHOUT ROWID');
  const insert = db.prepare('INSERT INTO rows VALUES (?, ?)');
  const ids = Array.from({ length: count }, () => randomBytes(16));
  timed('create', () => {
    db.exec('BEGIN');
    ids.forEach((id, at) => insert.run(id, JSON.stringify(rowAt(at))));
    db.exec('COMMIT');
  });
  const before = heapBytes();
  const loaded = timed('load', () =>
    db
      .prepare('SELECT json FROM rows')
      .all()
      .map((row) => JSON.parse(row['json'] as string) as Row),
  );
  const find = (): number => loaded.filter((row) => row.project === 'project-7').length;
  timed('first query', () => check(find(), count));
  figures['memory'] = (heapBytes() - before) / count;
  timed('next query', () => check(find(), count));
  const update = db.prepare('UPDATE rows SET json = ? WHERE id = ?');
  timed('change', () => {
    for (let at = 0; at < CHANGES; at++) {
      update.run(JSON.stringify({ ...rowAt(0), title: `changed ${at}` }), ids[0] ?? null);
    }
  });
  db.close();
  for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
}

const [engine, count, batch] = process.argv.slice(2);
const objects = Number(count);
const perBatch = Number(batch);
if (engine === 'atoll') await atoll(objects, perBatch);
else if (engine === 'yjs') yjsWork(objects, perBatch);
else if (engine === 'automerge') automergeWork(objects, perBatch);
else if (engine === 'loro') loroWork(objects, perBatch);
else sqliteWork(objects);
console.log(JSON.stringify(figures));
