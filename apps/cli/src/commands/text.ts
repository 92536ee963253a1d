/** `atoll text`: print a text, edit it, or replay recorded editing into it. */
import type { AnyObject, Database, RichTextField, Space, TextField } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { parseCount, usage } from '../command-line.ts';
import { findObject, findSpace, requireWriter } from '../find-space.ts';
import { growType, knownType } from '../grow-type.ts';
import { readText } from '../json-lines.ts';
import { progressBar } from '../progress-bar.ts';
import { parseTrace, type Patch } from '../trace.ts';

/** Edits of a trace that become one transaction, as if one had typed on for a few minutes. */
const EDITS_A_TRANSACTION = 1_000;
/** Transactions between two waits for the disk. */
const TRANSACTIONS_A_FLUSH = 16;

/** Prints or edits a text. */
export async function text(context: CommandContext): Promise<void> {
  const { line, open, out } = context;
  const [spaceName = '', id = '', field = ''] = line.operands;
  const insert = line.pair('insert');
  const remove = line.pair('delete');
  const replay = line.value('replay');
  const edits = [insert, remove, replay].filter((each) => each !== undefined).length;
  if (edits > 1) throw usage('one of --insert, --delete and --replay at a time');
  const client = await open();
  const space = await findSpace(client, spaceName);
  const object = findObject(space.db, id);
  if (edits === 0) {
    const content = await contentOf(existingText(space.db, object, field), line.value('as'));
    out.result({ text: content }, content);
    return;
  }
  requireWriter(space, id);
  const target = textToEdit(space.db, object, field);
  if (insert !== undefined) target.insert(position(insert[0], target.length), insert[1]);
  else if (remove !== undefined) {
    const at = position(remove[0], target.length);
    const count = parseCount(remove[1], '--delete POS N');
    target.delete(at, position(String(at + count), target.length) - at);
  }
  if (replay !== undefined) await replayInto(context, { space, target, path: replay });
  await space.flush();
  out.result({ id, length: target.length }, `${target.length} characters`);
}

/** The text, or what a format makes of it. */
async function contentOf(text: TextField, format: string | undefined): Promise<string> {
  if (format === undefined) return text.toString();
  if (!('toDocument' in text)) {
    throw new CliError('CLI_FIELD', 'the field is plain text; --as is for texts with marks');
  }
  const rich = text as RichTextField;
  if (format === 'delta') return JSON.stringify(rich.toDelta());
  const { htmlOf, markdownOf } = await import('@atoll/text-formats');
  if (format === 'markdown') return markdownOf(rich.toDocument());
  if (format === 'html') return htmlOf(rich.toDocument());
  throw usage('--as is one of markdown, html, delta');
}

async function replayInto(
  { out, signal }: CommandContext,
  into: { readonly space: Space; readonly target: TextField; readonly path: string },
): Promise<void> {
  const { path, space, target } = into;
  const { endContent, patches, startContent } = parseTrace(await readText(path), path);
  const wasEmpty = target.length === 0;
  if (startContent !== '') target.insert(target.length, startContent);
  let transactions = 0;
  for (let at = 0; at < patches.length; at += EDITS_A_TRANSACTION) {
    signal.throwIfAborted();
    const some = patches.slice(at, at + EDITS_A_TRANSACTION);
    space.db.transaction(() => some.forEach((patch) => apply(target, patch)));
    if (++transactions % TRANSACTIONS_A_FLUSH === 0) await space.flush();
    out.progress(progressBar(at + some.length, patches.length, 'edits'));
  }
  out.progress('');
  if (wasEmpty && target.toString() !== endContent) {
    throw new CliError('CLI_FILE', `${path} does not end as it says it would`);
  }
}

function apply(target: TextField, [at, deleted, inserted]: Patch): void {
  if (at + deleted > target.length) {
    throw new CliError('CLI_FILE', 'the trace edits where there is no text');
  }
  if (deleted > 0) target.delete(at, deleted);
  if (inserted !== '') target.insert(at, inserted);
}

function existingText(db: Database, object: AnyObject, field: string): TextField {
  const known = knownType(db, object.$type)?.fields[field];
  if (known?.kind === 'text' || known?.kind === 'rich') return object[field] as TextField;
  const why = known === undefined ? 'has no such field' : `is a ${known.kind}, no text`;
  throw new CliError('CLI_FIELD', `field ${field} of this ${object.$type} ${why}`);
}

/** A field that is not there yet becomes a text. */
function textToEdit(db: Database, object: AnyObject, field: string): TextField {
  if (knownType(db, object.$type)?.fields[field]?.kind === 'rich') {
    return existingText(db, object, field);
  }
  const type = growType(db, object.$type, { [field]: { kind: 'text' } });
  db.register(type);
  return existingText(db, object, field);
}

function position(given: string, length: number): number {
  const at = parseCount(given, 'POS');
  if (at <= length) return at;
  throw usage(`the text has ${length} characters; ${at} is behind its end`);
}
