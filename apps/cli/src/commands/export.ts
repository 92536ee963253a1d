/** `atoll export`: the objects of one type, or of all, as records of a file. */
import type { Space } from '@atoll/client';
import type { TypeData } from '@atoll/schema';
import { recordsOf, spaceRecords, type SpaceRecords } from '@atoll/text-formats';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { findSpace, findType, isOwnType } from '../find-space.ts';
import { grouped } from '../progress-bar.ts';
import { recordFile, writeRecords } from '../record-files.ts';
import { richForm } from '../rich-values.ts';

/** Writes every object of a type; without a type everything, and the types themselves. */
export async function exportRecords({ line, open, out }: CommandContext): Promise<void> {
  const name = line.value('type');
  const { body, format } = { body: line.value('body'), format: line.value('format') };
  const file = await recordFile(line.operand(1), { body, format });
  const isData = file.format === 'jsonl' || file.format === 'json';
  if (name === undefined && !isData) {
    throw usage('--type TYPE is missing; only JSON Lines and JSON hold objects of several types');
  }
  const space = await findSpace(await open(), line.operand(0));
  const type = name === undefined ? undefined : findType(space.db, name).data();
  const { objects, records } =
    type === undefined
      ? spaceRecords(
          space.db,
          space.db.types().filter((each) => !isOwnType(each.name)),
        )
      : recordsOfOne(space, type, file.format === 'md');
  await writeRecords(file, records, (column) => type?.fields[column]);
  out.result(
    { objects, format: file.format },
    `${grouped(objects)} objects written to ${file.path}`,
  );
}

function recordsOfOne({ db }: Space, type: TypeData, isMarkdown: boolean): SpaceRecords {
  const records = recordsOf(db, type, richForm(type, isMarkdown).write);
  return { records, objects: records.length };
}
