/** `atoll list`: print a list, or insert, move and remove elements, which keep who they are. */
import type { AnyObject } from '@atoll/client';
import type { FieldData, ListField, TypeData } from '@atoll/schema';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { parseCount, usage } from '../command-line.ts';
import { fieldOf } from '../conditions.ts';
import { scalarFromText } from '../field-values.ts';
import { findObject, findSpace, findType, requireWriter } from '../find-space.ts';

/** Prints or edits a list. */
export async function list({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', id = '', field = ''] = line.operands;
  const insert = line.pair('insert');
  const move = line.pair('move');
  const remove = line.pair('delete');
  const edits = [insert, move, remove].filter((each) => each !== undefined).length;
  if (edits > 1) throw usage('one of --insert, --move and --delete at a time');
  const client = await open();
  const space = await findSpace(client, spaceName);
  const object = findObject(space.db, id);
  const data = listOf(findType(space.db, object.$type).data(), field);
  const items = (object as AnyObject)[field] as ListField<unknown>;
  if (edits > 0) {
    requireWriter(space, id);
    if (insert !== undefined) {
      const at = place(insert[0], items.length);
      items.insert(at, scalarFromText(field, data.of, insert[1]));
    }
    if (move !== undefined) {
      items.move(place(move[0], items.length - 1), place(move[1], items.length - 1));
    }
    if (remove !== undefined) {
      const at = place(remove[0], items.length);
      const count = parseCount(remove[1], '--delete POS N');
      if (at + count > items.length) throw behind(at + count, items.length);
      items.delete(at, count);
    }
    await space.flush();
  }
  const plain = JSON.parse(JSON.stringify(items)) as unknown[];
  out.result({ id, items: plain }, ...plain.map((item, at) => `${at}  ${JSON.stringify(item)}`));
}

function listOf(type: TypeData, field: string): Extract<FieldData, { readonly kind: 'list' }> {
  const data = fieldOf(type, field);
  if (data.kind === 'list') return data;
  throw new CliError('CLI_FIELD', `field ${field} is a ${data.kind}, no list`);
}

function place(given: string, last: number): number {
  const at = parseCount(given, 'POS');
  if (at > last) throw behind(at, last);
  return at;
}

function behind(at: number, last: number): CliError {
  return usage(`the list has no place ${at}; the last is ${last}`);
}
