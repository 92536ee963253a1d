/** `atoll archive`, `atoll unarchive` and `atoll backup`: whole spaces as files, and back. */
import { mkdir, open as openFile, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client, ExportOptions, Space } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import type { CommandLine } from '../command-line.ts';
import { findSpace } from '../find-space.ts';
import { grouped } from '../progress-bar.ts';

/** Writes one space. */
export async function archive({ line, open, out }: CommandContext): Promise<void> {
  const passphrase = await passphraseOf(line);
  const space = await findSpace(await open(), line.operand(0));
  const path = line.operand(1);
  const { bytes, files, missing } = await write(space, path, optionsOf(line, passphrase));
  out.result(
    { space: space.id, file: path, bytes, files, missingFiles: missing },
    `${space.name.get()}: ${grouped(bytes)} bytes in ${path}${filesText(files, missing)}`,
  );
}

/** Writes every space into a folder. */
export async function backup({ line, open, out }: CommandContext): Promise<void> {
  const passphrase = await passphraseOf(line);
  const client = await open();
  const dir = line.operand(0);
  await mkdir(dir, { recursive: true }).catch(fileFailure(dir));
  const spaces = client.spaces.list.get();
  const sum = { bytes: 0, files: 0, missing: 0 };
  const left: string[] = [];
  for (const space of spaces) {
    const path = join(dir, `${space.id}.atoll`);
    // What cannot be opened keeps nobody from saving the rest.
    const isOpen = await space.open().then(
      () => true,
      () => false,
    );
    if (!isOpen) {
      left.push(`${space.name.get()} (${space.problem.get()?.code ?? 'closed'})`);
      continue;
    }
    const written = await write(space, path, optionsOf(line, passphrase));
    sum.bytes += written.bytes;
    sum.files += written.files;
    sum.missing += written.missing;
  }
  const saved = spaces.length - left.length;
  out.result(
    { spaces: saved, bytes: sum.bytes, files: sum.files, missingFiles: sum.missing },
    `${grouped(saved)} spaces, ${grouped(sum.bytes)} bytes in ${dir}` +
      filesText(sum.files, sum.missing),
  );
  if (left.length === 0) return;
  throw new CliError(
    'CLI_SPACE_UNOPENED',
    `not saved, as they cannot be opened: ${left.join(', ')}`,
  );
}

/** Reads archives back. */
export async function unarchive({ line, open, out }: CommandContext): Promise<void> {
  const passphrase = await passphraseOf(line);
  const client = await open();
  for (const path of line.operands) {
    const done = await read(client, path, passphrase);
    const name = client.spaces.get(done.space)?.name.get() ?? done.space;
    const is = done.same ? 'exactly as archived' : 'with more here than the archive holds';
    out.result({ ...done, file: path }, `${name}: ${grouped(done.blocks)} new blocks, ${is}`);
  }
}

async function read(
  client: Client,
  path: string,
  passphrase: string | undefined,
): Promise<Awaited<ReturnType<Client['spaces']['import']>>> {
  const options = passphrase === undefined ? {} : { passphrase };
  try {
    // Opened first: a stream whose file is not there would fail before anybody listens.
    await using file = await openFile(path);
    return await client.spaces.import(file.createReadStream(), options);
  } catch (failure) {
    if (failure instanceof Error && 'syscall' in failure) return fileFailure(path)(failure);
    throw failure;
  }
}

function optionsOf(line: CommandLine, passphrase: string | undefined): ExportOptions {
  return {
    files: !line.has('no-files'),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

/** What is said of files only where there are any. */
function filesText(files: number, missing: number): string {
  const here = files === 0 ? '' : `, with ${grouped(files)} files`;
  return missing === 0 ? here : `${here}, without ${grouped(missing)} that are not on this device`;
}

/** Written beside and renamed: a file with the name is always whole. */
async function write(
  space: Space,
  path: string,
  options: ExportOptions,
): Promise<{ readonly bytes: number; readonly files: number; readonly missing: number }> {
  const beside = `${path}.${process.pid}.new`;
  let bytes = 0;
  let count = { files: 0, missing: 0 };
  const onFiles = (counted: typeof count): void => void (count = counted);
  try {
    await using file = await openFile(beside, 'wx', 0o600);
    for await (const piece of space.export({ ...options, onFiles })) {
      await file.write(piece);
      bytes += piece.length;
    }
    await file.sync();
    await rename(beside, path);
  } catch (failure) {
    if (failure instanceof Error && 'syscall' in failure) return fileFailure(path)(failure);
    throw failure;
  }
  return { bytes, ...count };
}

/** The first line of a file: on the command line, others on the machine could read it. */
async function passphraseOf(line: CommandLine): Promise<string | undefined> {
  const path = line.value('passphrase-file');
  if (path === undefined) return undefined;
  const [first = ''] = (await readFile(path, 'utf8').catch(fileFailure(path))).split(/\r?\n/);
  if (first === '') throw new CliError('CLI_FILE', `${path} has no passphrase in its first line`);
  return first;
}

function fileFailure(path: string): (cause: unknown) => never {
  return (cause) => {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const why = code === 'ENOENT' ? 'is not there' : 'cannot be read or written';
    throw new CliError('CLI_FILE', `"${path}" ${why}`, { cause });
  };
}
