/** `atoll post` and `atoll moderate …`: strangers hand things to a public space, and moderators take them up. */
import type { ContributedFields, Door, Space } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { parseCount, usage } from '../command-line.ts';
import { findSpace } from '../find-space.ts';
import { parseAssignment, valueFromText } from '../field-values.ts';

/** Hands something to the door of a space that this profile follows. */
export async function post({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', type = '', ...rest] = line.operands;
  const space = await findSpace(await open({ online: true }), spaceName);
  const id = await space.door.post(type, fieldsOf(space, type, rest));
  const { state } = ownOf(space, id);
  out.result(
    { id, state },
    state === 'sending'
      ? 'It is kept here, and goes to the server with the next atoll sync.'
      : 'It waits for a moderator. atoll moderate list says what became of it.',
    id,
  );
}

/** Opens the door of a space, or gives it other terms. */
export async function openDoor({ line, open, out }: CommandContext): Promise<void> {
  const [spaceName = '', ...types] = line.operands;
  const client = await open({ online: true });
  const space = await findSpace(client, spaceName);
  const takesItself = line.has('itself');
  await space.door.open({
    ...{ types, takesItself },
    ...count('perAuthor', 'per-author', line.value('per-author')),
    ...count('perHour', 'per-hour', line.value('per-hour')),
    ...count('bytesMax', 'bytes', line.value('bytes')),
  });
  out.result(
    { space: space.id, ...space.door.state.get().terms },
    takesItself
      ? 'Whoever follows the space can send things now; what comes is shown without waiting.'
      : 'Whoever follows the space can send things now; they wait for atoll moderate take.',
  );
}

/** Closes it. */
export async function closeDoor(context: CommandContext): Promise<void> {
  await act(context, (door) => door.close(), 'Nothing more is taken.');
}

/** Begins another one with the same terms. */
export async function renewDoor(context: CommandContext): Promise<void> {
  await act(context, (door) => door.renew(), 'There is another door; what waited is left behind.');
}

/** Lists what waits, what was contributed, what one has sent, and who is banned. */
export async function listContributions({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open({ online: true }), line.operand(0));
  await space.door.look();
  const { banned, isFull, items, own, unknownTypes, waiting } = space.door.state.get();
  if (unknownTypes !== undefined) {
    const types = unknownTypes.join(', ');
    out.note(
      `Waits for a program that knows the types ${types}; add one object of each to tell the space.`,
    );
  }
  if (isFull === true)
    out.note('There is no room for more; atoll moderate renew leaves behind what waits.');
  const rows = [
    ...waiting.map((one) => ({ what: 'waiting', ...one })),
    ...items.map(({ hidden, ...one }) => ({ what: hidden?.why ?? 'shown', ...one })),
    ...own.map(({ state, ...one }) => ({ what: `mine, ${state}`, ...one })),
    ...banned.map((one) => ({
      ...{ what: 'banned author', id: one.id, author: one, hidesAll: one.hidesAll },
    })),
  ];
  out.rows(
    rows.map((row) => ({ ...row })),
    rows.map((row) => [
      row.what,
      'author' in row ? row.author.displayName : '',
      'type' in row ? `${row.type} ${JSON.stringify(row.fields)}` : '',
      'object' in row ? String(row.object) : row.id,
    ]),
  );
}

/** Makes the object of something that waits. */
export async function takeContribution({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open({ online: true }), line.operand(0));
  await space.door.look();
  const id = waitingId(space, line.operand(1));
  const object = await space.door.take(id);
  await space.door.look();
  out.result({ id, object }, object);
}

/** Puts away what waits. */
export async function declineContribution({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open({ online: true }), line.operand(0));
  await space.door.look();
  const id = waitingId(space, line.operand(1));
  await space.door.decline(id);
  await space.door.look();
  out.result({ id }, 'It is not taken.');
}

/** Shows an object no more. */
export async function hideObject(context: CommandContext): Promise<void> {
  const object = context.line.operand(1);
  await act(context, (door) => door.hide(object), 'It is hidden.', { object });
}

/** Shows it again. */
export async function showObject(context: CommandContext): Promise<void> {
  const object = context.line.operand(1);
  await act(context, (door) => door.show(object), 'It is shown.', { object });
}

/** Takes nothing of somebody any more. */
export async function banAuthor(context: CommandContext): Promise<void> {
  const hidesAll = context.line.has('everything');
  const identity = context.line.operand(1);
  const said = hidesAll ? 'Everything of theirs is hidden.' : 'Nothing more of theirs is taken.';
  await act(context, (door) => door.ban(identity, { hidesAll }), said, { identity, hidesAll });
}

/** Takes a ban back. */
export async function allowAuthor(context: CommandContext): Promise<void> {
  const identity = context.line.operand(1);
  await act(context, (door) => door.allow(identity), 'They may send things again.', { identity });
}

/** The beginning of a name is enough where it is of one thing alone; what is of none the door refuses. */
function waitingId(space: Space, given: string): string {
  const found = space.door.state.get().waiting.filter(({ id }) => id.startsWith(given));
  return found.length === 1 ? (found[0]?.id ?? given) : given;
}

async function act(
  { line, open, out }: CommandContext,
  doing: (door: Door) => Promise<void>,
  said: string,
  what: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const space = await findSpace(await open({ online: true }), line.operand(0));
  await doing(space.door);
  out.result({ space: space.id, ...what }, said);
}

/** Values as the type of the space reads them, else as texts. */
function fieldsOf(space: Space, type: string, given: readonly string[]): ContributedFields {
  const data = space.db.definitionOf(type)?.data().fields ?? {};
  const entries = given.map(parseAssignment).map(({ field, sign, text }) => {
    if (sign !== undefined) throw usage(`a new object has no ${field} to change; use =`);
    const known = data[field];
    if (known?.kind === 'ref') return [field, { ref: text }] as const;
    const value = known === undefined ? text : valueFromText(field, known, text);
    if (isPlain(value)) return [field, value] as const;
    throw new CliError('CLI_FIELD', `field ${field} cannot be sent to a door`);
  });
  return Object.fromEntries(entries);
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function count(name: string, option: string, given: string | undefined): object {
  return given === undefined ? {} : { [name]: parseCount(given, `--${option} N`) };
}

function ownOf(space: Space, id: string): { readonly state: string } {
  return space.door.state.get().own.find((one) => one.id === id) ?? { state: 'sending' };
}
