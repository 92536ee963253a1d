#!/usr/bin/env node
// Starts the command: on Node 24 directly; on an older Node through the one that npm has installed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = 24;
if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) {
  // Compiled code is kept between runs: it halves the time to the first line.
  module.enableCompileCache();
  await import('../src/main.ts');
} else {
  const bundled = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(bundled)) {
    process.stderr.write(
      `CLI_NODE_OLD: atoll needs Node ${NODE_MAJOR} or newer; this is ${process.version}.\n`,
    );
    process.exit(1);
  }
  const run = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(bundled, run, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => void child.kill(signal));
  }
  child.once('exit', (code) => process.exit(code ?? 1));
}
