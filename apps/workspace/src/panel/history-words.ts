/** Changes of an object as people read them. */
import type { FieldDiff, Space, TimelineEntry } from '@atoll/client';
import { dayText, moment } from '../copy/general.ts';
import { OBJECT_HISTORY } from '../copy/history.ts';
import { NOTES, TASKS } from '../copy/workspace.ts';
import { fieldWords } from '../data/type-words.ts';
import { plainWords } from '../data/value-words.ts';
import { objectName, type TypesByName } from '../table/cell.tsx';
import { modelDataWords } from './model-code.ts';

/** Fields that order things: that something moved is said, not where to. */
const ORDERING = ['rank', 'position', 'parent'];

/** Characters that are shown on each side of a change in a text. */
const AROUND = 24;
/** Characters that are shown of a change in a document. */
const CHANGED_MAX = 240;

/** True for fields that only say where something stands. */
export function isOrdering(field: string): boolean {
  return ORDERING.includes(field);
}

/** A field as people read it. */
export function fieldLabel(type: string, field: string): string {
  const known = type === 'Note' ? NOTES.fields[field] : undefined;
  if (known !== undefined) return known;
  // A field of a record, or of the records under keys.
  const [first = field, ...deeper] = field.split('.').filter((part) => part !== '*');
  return [fieldWords(first), ...deeper.map((part) => fieldWords(part).toLowerCase())].join(' · ');
}

/** A changed place: what stood there is struck, what stands there is new. */
export interface ChangeWords {
  readonly field: string;
  readonly parts: readonly ChangePart[];
}

/** A stretch of words in a change. */
export interface ChangePart {
  readonly is: 'kept' | 'old' | 'new';
  readonly text: string;
}

/** What words are made with. */
export interface WordSource {
  readonly space: Space;
  readonly types: TypesByName;
  readonly type: string;
}

/** Name of a person in the space. */
export function personName(space: Space, identity: string): string {
  const member = space.members.get().find(({ id }) => id === identity);
  return member?.displayName ?? OBJECT_HISTORY.somebody;
}

/** What somebody did, without the fields. */
export function deedWords(who: string, { isVoid, life }: TimelineEntry): string {
  if (isVoid) return OBJECT_HISTORY.refused(who);
  if (life === 'created') return OBJECT_HISTORY.made(who);
  if (life === 'deleted' || life === 'uncreated') return OBJECT_HISTORY.deleted(who);
  return life === 'restored' ? OBJECT_HISTORY.restored(who) : OBJECT_HISTORY.changed(who);
}

/** The words of one changed field; `undefined` for what is nobody's to read. */
export function changeWords(
  source: WordSource,
  diff: FieldDiff,
  { life }: Pick<TimelineEntry, 'life'>,
): ChangeWords | undefined {
  const field = fieldLabel(source.type, diff.field);
  if (source.type === 'Note' && diff.field === 'form' && life === 'created') return undefined;
  if (isOrdering(diff.field)) {
    return life === 'created' ? undefined : { field: OBJECT_HISTORY.moved, parts: [] };
  }
  const parts = partsOf(source, diff).filter(({ text }) => text !== '');
  return parts.length === 0 ? undefined : { field, parts };
}

function partsOf(source: WordSource, diff: FieldDiff): readonly ChangePart[] {
  const words = (value: unknown): string => valueWords(source, diff.field, value);
  switch (diff.kind) {
    case 'value':
      return kindOf(source, diff.field) === 'model'
        ? around(words(diff.before), words(diff.after))
        : [...old(words(diff.before)), ...fresh(words(diff.after))];
    case 'counter':
      return [...old(words(diff.before)), ...fresh(words(diff.after))];
    case 'set':
      return [
        ...diff.removed.flatMap((item) => old(words(item))),
        ...diff.added.flatMap((item) => fresh(words(item))),
      ];
    case 'map':
      return diff.entries.flatMap(({ key, before, after }) => [
        ...(kindOf(source, diff.field) === 'records'
          ? // That there is a record under a key; what is in it is told beside.
            [...(after === true ? fresh(key) : old(key)), SPACE]
          : [
              { is: 'kept' as const, text: `${key} ` },
              ...old(words(before)),
              ...fresh(words(after)),
              SPACE,
            ]),
      ]);
    case 'text': {
      const isFormatting = diff.pieces.every(({ change }) => change === 'kept');
      if (isFormatting) return fresh(OBJECT_HISTORY.formatting);
      return excerpt(
        diff.pieces.map(({ change, text }) => ({
          is: change === 'added' ? 'new' : change === 'removed' ? 'old' : 'kept',
          text,
        })),
      );
    }
    case 'list':
      return diff.pieces.flatMap(({ change, value, ...rest }) => {
        if (change === 'added' || change === 'moved') return fresh(words(value));
        if (change === 'removed') return old(words(value));
        return 'was' in rest ? [...old(words(rest.was)), ...fresh(words(value))] : [];
      });
  }
}

function kindOf({ type, types }: WordSource, field: string): string | undefined {
  return types.get(type)?.fields[field]?.kind;
}

/** Of two long texts what differs, in whole lines or words where that is possible. */
function around(before: string, after: string): readonly ChangePart[] {
  if (before === '' || after === '') return [...old(cut(before)), ...fresh(cut(after))];
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const kept = (text: string): ChangePart => ({ is: 'kept', text });
  return [
    kept(before.slice(Math.max(0, head - AROUND), head)),
    ...old(cut(before.slice(head, before.length - tail))),
    ...fresh(cut(after.slice(head, after.length - tail))),
    kept(before.slice(before.length - tail, before.length - tail + AROUND)),
  ];
}

function cut(text: string): string {
  return text.length <= CHANGED_MAX ? text : `${text.slice(0, CHANGED_MAX)}…`;
}

/** Between the entries of a map. */
const SPACE: ChangePart = { is: 'kept', text: ' ' };

/** Of what stayed, only what stands around the changes: enough to find the place again. */
function excerpt(parts: readonly ChangePart[]): readonly ChangePart[] {
  return parts.map((part, at) => {
    const { is, text } = part;
    if (is !== 'kept') return part;
    const head = at === 0 ? '' : text.slice(0, AROUND);
    const tail = at === parts.length - 1 ? '' : text.slice(-AROUND);
    return text.length <= head.length + tail.length + 1 ? part : { is, text: `${head}…${tail}` };
  });
}

function old(text: string): readonly ChangePart[] {
  return text === '' ? [] : [{ is: 'old', text }];
}

function fresh(text: string): readonly ChangePart[] {
  return text === '' ? [] : [{ is: 'new', text }];
}

/** A value as people read it. */
export function valueWords(source: WordSource, field: string, value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number') return value.toLocaleString();
  if (typeof value === 'string') return textWords(source, field, value);
  const data = source.types.get(source.type)?.fields[field];
  return data?.kind === 'model'
    ? modelDataWords(data.model, value)
    : plainWords(withNames(source, field, value));
}

/** Data in which ids are names. */
function withNames(source: WordSource, field: string, value: unknown): unknown {
  if (typeof value === 'string') return textWords(source, field, value);
  if (typeof value !== 'object' || value === null) return value;
  const named = (part: unknown): unknown => withNames(source, field, part);
  if (Array.isArray(value)) return value.map(named);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, named(part)]));
}

function textWords(source: WordSource, field: string, value: string): string {
  const { space, type, types } = source;
  if (type === 'Task' && field === 'state' && value in TASKS.states) {
    return TASKS.states[value as keyof typeof TASKS.states];
  }
  if (type === 'Note' && field === 'form') return NOTES.forms[value] ?? value;
  if (/^\d{4}-\d\d-\d\d$/u.test(value)) return dayText(value, Date.now());
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/u.test(value)) return moment(Date.parse(value), Date.now());
  if (/^[\da-f]{64}$/u.test(value)) return personName(space, value);
  const object = /^[\da-f]{32}$/u.test(value) ? space.db.getDeleted(value) : undefined;
  return object === undefined ? value : objectName(object, types);
}

/** The day of a moment as a heading. */
export function dayHeading(atMs: number, nowMs: number): string {
  const days = Math.round((startOfDay(nowMs) - startOfDay(atMs)) / 86_400_000);
  if (days === 0) return OBJECT_HISTORY.today;
  if (days === 1) return OBJECT_HISTORY.yesterday;
  const isThisYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  return new Date(atMs).toLocaleDateString(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
}

function startOfDay(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}
