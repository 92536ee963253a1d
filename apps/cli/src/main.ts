/** The `atoll` command: finds the command, runs it, and turns every failure into a code and a sentence. */
import { errorFacts } from './output.ts';
import { EXIT, runCli } from './run-cli.ts';

// A reader that has gone away (`atoll query … | head`) is no failure, and nobody else will read.
process.stdout.on('error', () => process.exit());
// Defects of ours: a sentence and a code all the same. What was flushed is safe whenever a run ends.
process.on('uncaughtException', (failure) => {
  tell(failure);
  process.exit(EXIT.failed);
});
// A promise that nobody waited for is no reason to cut a connection that works.
process.on('unhandledRejection', tell);

process.exitCode = await runCli({
  args: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
});
// Nothing is to hold the process once all has been written.
process.stdout.write('', () => process.exit());

function tell(failure: unknown): void {
  const { code, message } = errorFacts(failure);
  process.stderr.write(`${code}: ${message}\n`);
}
