/** `atoll type`: the types of a space as JSON Schema. */
import { toJsonSchema } from '@atoll/schema';
import type { CommandContext } from '../command.ts';
import { findSpace, findType, isOwnType } from '../find-space.ts';

/** Prints one type, or lists all. */
export async function type({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', name] = line.operands;
  const { db } = await findSpace(await open(), spaceName);
  if (name !== undefined) {
    const schema = toJsonSchema(findType(db, name).data());
    out.result(schema as object, JSON.stringify(schema, undefined, 2));
    return;
  }
  const types = db.types().filter((each) => !isOwnType(each.name));
  const rows = types.map((each) => ({
    type: each.name,
    fields: Object.keys(each.fields),
    objects: db.query(each.name).count(),
  }));
  const cells = rows.map((row) => [row.type, String(row.objects), row.fields.join(' ')]);
  out.rows(rows, [['TYPE', 'OBJECTS', 'FIELDS'], ...cells]);
}
