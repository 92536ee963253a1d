/** `atoll export`: the objects of one type as records of a file. */
import type { AnyObject } from '@atoll/client';
import type { RichTextField, TypeData } from '@atoll/schema';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { findSpace } from '../find-space.ts';
import type { FileRecord } from '../json-lines.ts';
import { grouped } from '../progress-bar.ts';
import { recordFile, writeRecords } from '../record-files.ts';

/** Writes every object of a type. */
export async function exportRecords({ line, open, out }: CommandContext): Promise<void> {
  const name = line.value('type') ?? '';
  if (name === '') throw usage('--type TYPE is missing');
  const { body, format } = { body: line.value('body'), format: line.value('format') };
  const file = await recordFile(line.operand(1), { body, format });
  const space = await findSpace(await open(), line.operand(0));
  const type = space.db.definitionOf(name)?.data();
  if (type === undefined) throw new CliError('CLI_TYPE_UNKNOWN', `the space has no type "${name}"`);
  const write = file.format === 'md' ? await markdownWriter(type) : plainRecord;
  const records = space.db
    .query(name)
    .run()
    .map((object) => write(object as AnyObject));
  await writeRecords(file, records);
  out.result(
    { objects: records.length, format: file.format },
    `${grouped(records.length)} objects written to ${file.path}`,
  );
}

function plainRecord(object: AnyObject): FileRecord {
  return JSON.parse(JSON.stringify(object)) as FileRecord;
}

/** Rich texts keep their headings, lists and marks. */
async function markdownWriter(type: TypeData): Promise<(object: AnyObject) => FileRecord> {
  const { markdownOf } = await import('@atoll/text-formats');
  const rich = Object.entries(type.fields).filter(([, { kind }]) => kind === 'rich');
  return (object) => ({
    ...plainRecord(object),
    ...Object.fromEntries(
      rich.map(([name]) => [name, markdownOf((object[name] as RichTextField).toDocument())]),
    ),
  });
}
