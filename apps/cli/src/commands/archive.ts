/** `atoll archive`, `atoll unarchive` and `atoll backup`: whole spaces as files, and back. */
import { createReadStream } from 'node:fs';
import { mkdir, open as openFile, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client, Space } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import type { CommandLine } from '../command-line.ts';
import { findSpace } from '../find-space.ts';
import { grouped } from '../progress-bar.ts';

/** Writes one space. */
export async function archive({ line, open, out }: CommandContext): Promise<void> {
  const passphrase = await passphraseOf(line);
  const space = findSpace(await open(), line.operand(0));
  const path = line.operand(1);
  const bytes = await write(space, path, passphrase);
  out.result(
    { space: space.id, file: path, bytes },
    `${space.name.get()}: ${grouped(bytes)} bytes in ${path}`,
  );
}

/** Writes every space into a folder. */
export async function backup({ line, open, out }: CommandContext): Promise<void> {
  const passphrase = await passphraseOf(line);
  const client = await open();
  const dir = line.operand(0);
  await mkdir(dir, { recursive: true }).catch(fileFailure(dir));
  const spaces = client.spaces.list.get();
  let bytes = 0;
  for (const space of spaces) {
    bytes += await write(space, join(dir, `${space.id}.atoll`), passphrase);
  }
  out.result(
    { spaces: spaces.length, bytes },
    `${grouped(spaces.length)} spaces, ${grouped(bytes)} bytes in ${dir}`,
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
    return await client.spaces.import(createReadStream(path), options);
  } catch (failure) {
    if (failure instanceof Error && 'syscall' in failure) return fileFailure(path)(failure);
    throw failure;
  }
}

/** Written beside and renamed: a file with the name is always whole. The number of bytes. */
async function write(space: Space, path: string, passphrase: string | undefined): Promise<number> {
  const beside = `${path}.${process.pid}.new`;
  let bytes = 0;
  try {
    await using file = await openFile(beside, 'wx', 0o600);
    for await (const piece of space.export(passphrase === undefined ? {} : { passphrase })) {
      await file.write(piece);
      bytes += piece.length;
    }
    await file.sync();
    await rename(beside, path);
  } catch (failure) {
    if (failure instanceof Error && 'syscall' in failure) return fileFailure(path)(failure);
    throw failure;
  }
  return bytes;
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
    throw new CliError('CLI_FILE', `${path} ${why}`, { cause });
  };
}
