/** The same packages as JSON rows in SQLite, under a random key of 16 bytes, durable: the plain peer. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';

/** One line of the file. */
export interface PackageRow {
  readonly name: string;
  readonly section?: string;
  readonly depends?: readonly string[];
}

/** Lines of a file, unpacked where needed. */
export function linesOf(file: string): readonly string[] {
  const bytes = readFileSync(file);
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString().trim().split('\n');
}

/** Rows by random key, with an index of their names and of what they depend on. */
export class JsonRows implements Disposable {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #edge: StatementSync;

  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    this.#db.exec('CREATE TABLE IF NOT EXISTS rows (id BLOB PRIMARY KEY, json TEXT) WITHOUT ROWID');
    this.#db.exec('CREATE TABLE IF NOT EXISTS edges (target TEXT, source BLOB)');
    this.#db.exec('CREATE INDEX IF NOT EXISTS by_target ON edges (target)');
    this.#insert = this.#db.prepare('INSERT INTO rows VALUES (?, ?)');
    this.#edge = this.#db.prepare('INSERT INTO edges VALUES (?, ?)');
  }

  /** Writes lines in one durable transaction, read and written again as an import must. */
  add(lines: readonly string[]): void {
    this.#db.exec('BEGIN');
    for (const line of lines) {
      const row = JSON.parse(line) as PackageRow;
      const id = randomBytes(16);
      this.#insert.run(id, JSON.stringify(row));
      for (const target of row.depends ?? []) this.#edge.run(target, id);
    }
    this.#db.exec('COMMIT');
  }

  /** All rows, decoded. */
  all(): readonly PackageRow[] {
    const rows = this.#db.prepare('SELECT json FROM rows').all();
    return rows.map((row) => JSON.parse(row['json'] as string) as PackageRow);
  }

  /** How many depend on a name, by the index. */
  dependants(name: string): number {
    const found = this.#db.prepare('SELECT count(*) AS n FROM edges WHERE target = ?').get(name);
    return Number(found?.['n']);
  }

  /** The rows of those, decoded. */
  dependantRows(name: string): readonly PackageRow[] {
    const rows = this.#db
      .prepare('SELECT json FROM edges JOIN rows ON rows.id = edges.source WHERE target = ?')
      .all(name);
    return rows.map((row) => JSON.parse(row['json'] as string) as PackageRow);
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
