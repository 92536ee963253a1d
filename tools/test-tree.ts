// Small repositories for the tests of the tools: each check must fail on what it is there to find.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder that looks like this repository to a tool, until it is disposed of. */
export class TestTree implements Disposable {
  readonly root: string = `${mkdtempSync(join(tmpdir(), 'atoll-tools-'))}/`;

  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  /** Writes one file, and the folders above it. */
  write(path: string, text: string): void {
    mkdirSync(dirname(this.root + path), { recursive: true });
    writeFileSync(this.root + path, text);
  }

  /** Runs a tool of this folder on the tree. */
  run(tool: string, ...args: readonly string[]): { readonly ok: boolean; readonly output: string } {
    const script = fileURLToPath(new URL(tool, import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      env: { ...process.env, ATOLL_TOOLS_ROOT: this.root },
      encoding: 'utf8',
    });
    return { ok: status === 0, output: stdout + stderr };
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
