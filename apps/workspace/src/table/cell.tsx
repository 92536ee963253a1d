/** One value of a table: text, number, day, chips. Cells never wrap; the panel shows everything. */
import type { AnyObject } from '@atoll/client';
import {
  isBlobField,
  toJsonForm,
  type BlobRef,
  type ModelField,
  type Ref,
  type TypeData,
} from '@atoll/schema';
import type { ReactElement, ReactNode } from 'react';
import { moment } from '../copy/general.ts';
import { MODELS } from '../copy/models.ts';
import { TABLE } from '../copy/workspace.ts';
import { titleField, typeNoun } from '../data/type-words.ts';
import { modelWords, useModelCode } from '../panel/model-code.ts';
import { Icon } from '../ui/icon.tsx';
import type { Column } from './columns.ts';

/** Chips of a set that a cell shows before "+12". */
const CHIPS_MAX = 3;
/** Characters of a long text that a cell takes from it. */
const TEXT_CHARACTERS_MAX = 120;

/** What a cell needs to name the objects that refs point to. */
export type TypesByName = ReadonlyMap<string, TypeData>;

/** The content of a cell. */
export function CellContent(props: {
  readonly value: unknown;
  readonly column: Column;
  readonly types: TypesByName;
  /** Words for values that are ids or names to the machine. */
  readonly say?: ((field: string, value: unknown) => string | undefined) | undefined;
}): ReactElement {
  const said = props.say?.(props.column.field, props.value);
  if (said !== undefined) return <span className="cut">{said}</span>;
  return <>{shown(props.value, props.column, props.types)}</>;
}

function shown(value: unknown, column: Column, types: TypesByName): ReactNode {
  const { data } = column;
  if (value === undefined || value === null) return null;
  switch (data.kind) {
    case 'set':
    case 'list':
      return (
        <Chips
          values={[...(value as Iterable<unknown>)]}
          isRef={data.of.kind === 'ref'}
          types={types}
        />
      );
    case 'ref':
      return <RefChip to={value as Ref<unknown>} types={types} />;
    case 'enum':
      return <span className="chip">{String(value)}</span>;
    case 'model':
      return <ModelCell field={value as ModelField<unknown>} />;
    default:
      return <span className="cut">{plainText(value, column)}</span>;
  }
}

/** The first words of a document or a spreadsheet; what it is where it has none. */
function ModelCell({ field }: { readonly field: ModelField<unknown> }): ReactElement {
  const hasCode = useModelCode(field);
  const words = hasCode ? modelWords(field, TEXT_CHARACTERS_MAX) : '';
  const noun = MODELS.names[field.model] ?? typeNoun(field.model);
  if (words === '') return <span className="cut ink-2">{noun}</span>;
  return <span className="cut">{words.replaceAll('\n', ' ')}</span>;
}

function plainText(value: unknown, { data, field }: Column): string {
  if (isBlobField(data)) return blobText(value as BlobRef);
  switch (data.kind) {
    case 'number':
    case 'integer':
      return typeof value === 'number' ? numberText(value, field) : '';
    case 'counter':
      return (value as { readonly value: number }).value.toLocaleString();
    case 'date':
      return value instanceof Date ? moment(value.getTime(), Date.now()) : '';
    case 'boolean':
      return value === true ? TABLE.yes : TABLE.no;
    case 'bytes':
      return value instanceof Uint8Array ? sizeText(value.length) : '';
    case 'json':
    case 'records':
      return JSON.stringify(value).slice(0, TEXT_CHARACTERS_MAX);
    case 'value':
    case 'union':
      return JSON.stringify(toJsonForm(data, value)).slice(0, TEXT_CHARACTERS_MAX);
    case 'map':
      return [...(value as Iterable<readonly [string, unknown]>)]
        .map(([key, item]) => `${key}: ${String(item)}`)
        .join(', ');
    default:
      return String(value).slice(0, TEXT_CHARACTERS_MAX);
  }
}

/** "sea.png, 94.0 KiB" of a file. */
function blobText({ name, size }: BlobRef): string {
  return [name, sizeText(size)].filter((part) => part !== undefined).join(', ');
}

/** A number as people read it; sizes in KiB become the unit that fits. */
export function numberText(value: number, field: string): string {
  return /KiB$/u.test(field) ? sizeText(value * 1_024) : value.toLocaleString();
}

/** "94.0 MiB" of bytes. */
export function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1_024 && unit < units.length - 1) {
    size /= 1_024;
    unit++;
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1;
  return `${(digits === 0 ? WHOLE : TENTHS).format(size)} ${units[unit] ?? ''}`;
}

// Making one takes longer than drawing a row.
const WHOLE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat(undefined, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

function Chips(props: {
  readonly values: readonly unknown[];
  readonly isRef: boolean;
  readonly types: TypesByName;
}): ReactElement {
  const more = props.values.length - CHIPS_MAX;
  return (
    <>
      {props.values.slice(0, CHIPS_MAX).map((value, index) =>
        props.isRef ? (
          <RefChip key={index} to={value as Ref<unknown>} types={props.types} />
        ) : (
          <span key={index} className="chip">
            <span className="cut">{String(value)}</span>
          </span>
        ),
      )}
      {more > 0 ? <span className="chip">{TABLE.more(more)}</span> : null}
    </>
  );
}

/** A ref as a chip; dashed when what it names is not in this space. */
export function RefChip(props: {
  readonly to: Ref<unknown>;
  readonly types: TypesByName;
}): ReactElement {
  const { to, types } = props;
  const isHere = to.$state === 'present';
  return (
    <span className={isHere ? 'chip ref' : 'chip missing'}>
      {isHere ? null : <span className="for-readers">{TABLE.missingLegend}</span>}
      <span className="cut">{refName(to, types)}</span>
    </span>
  );
}

/** The name of what a ref points to. */
function refName(to: Ref<unknown>, types: TypesByName): string {
  const target = to.$target as AnyObject | undefined;
  return to.$key ?? (target === undefined ? '…' : objectName(target, types));
}

/** The name of an object: its title, or what it is. */
export function objectName(object: AnyObject, types: TypesByName): string {
  const type = types.get(object.$type);
  const field = type === undefined ? undefined : titleField(type);
  const title = field === undefined ? undefined : object[field];
  return typeof title === 'string' && title !== ''
    ? title
    : `${object.$type} ${object.id.slice(0, 6)}`;
}

/** The mark of a sorted column. */
export function SortMark(props: {
  readonly direction: 'asc' | 'desc' | undefined;
}): ReactElement | null {
  if (props.direction === undefined) return null;
  return <Icon name={props.direction === 'asc' ? 'up' : 'down'} />;
}
