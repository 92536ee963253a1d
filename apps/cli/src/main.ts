/** The `atoll` command: finds the command, runs it, and turns every failure into a code and a sentence. */
import { runCli } from './run-cli.ts';

process.exitCode = await runCli({
  args: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
});
// A reader that has gone away (`atoll query … | head`) is no failure; nothing else holds the process.
process.stdout.write('', () => process.exit());
