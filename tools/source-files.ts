// The TypeScript files of the repository, parsed without type checking: enough to count imports.
import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { TEST_PATH } from './layers.ts';
import { ROOT } from './run/command.ts';

/** Whether a path (relative to the root) is a test or belongs to one. */
export function isTest(path: string): boolean {
  return new RegExp(TEST_PATH, 'u').test(path);
}

/** Paths relative to the root that match, in order. */
export function findFiles(patterns: readonly string[]): string[] {
  return globSync([...patterns], {
    cwd: ROOT,
    exclude: (name) => name === 'node_modules' || name === 'dist' || name === '.cache',
  }).sort();
}

/** Parses one file; `path` is relative to the root. */
export function parseFile(path: string): ts.SourceFile {
  return ts.createSourceFile(
    path,
    readFileSync(ROOT + path, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
    path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
}
