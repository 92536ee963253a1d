/** One value of a table: text, number, day, chips. Cells never wrap; the panel shows everything. */
import type { AnyObject } from '@atoll/client';
import type { ElementData, ModelField, Ref, TypeData } from '@atoll/schema';
import type { ReactElement, ReactNode } from 'react';
import { MODELS } from '../copy/models.ts';
import { PRIVATE } from '../copy/private.ts';
import { TABLE } from '../copy/workspace.ts';
import { titleField, typeNoun } from '../data/type-words.ts';
import { numberText, valueText } from '../data/value-words.ts';
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
      return <Chips values={[...(value as Iterable<unknown>)]} of={data.of} types={types} />;
    case 'ref':
      return <RefChip to={value as Ref<unknown>} types={types} />;
    case 'enum':
      return <span className="chip">{String(value)}</span>;
    case 'model':
      return <ModelCell field={value as ModelField<unknown>} />;
    default:
      return <span className="cut">{plainText(value, column, types)}</span>;
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

function plainText(value: unknown, { data, field }: Column, types: TypesByName): string {
  if (typeof value === 'number') return numberText(value, field);
  const text = valueText(data, value, (to) => refName(to, types));
  return text.slice(0, TEXT_CHARACTERS_MAX).replaceAll('\n', ' ').toWellFormed();
}

function Chips(props: {
  readonly values: readonly unknown[];
  readonly of: ElementData;
  readonly types: TypesByName;
}): ReactElement {
  const more = props.values.length - CHIPS_MAX;
  return (
    <>
      {props.values.slice(0, CHIPS_MAX).map((value, index) =>
        props.of.kind === 'ref' ? (
          <RefChip key={index} to={value as Ref<unknown>} types={props.types} />
        ) : (
          <span key={index} className="chip">
            <span className="cut">
              {valueText(props.of, value, (to) => refName(to, props.types))}
            </span>
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
  if (to.$state === 'unreadable') {
    return (
      <span className="chip missing" title={PRIVATE.unreadRefMeans}>
        <Icon name="lock" />
        <span className="cut">{PRIVATE.unreadRef}</span>
      </span>
    );
  }
  const isHere = to.$state === 'present';
  return (
    <span className={isHere ? 'chip ref' : 'chip missing'}>
      {isHere ? null : <span className="for-readers">{TABLE.missingLegend}</span>}
      <span className="cut">{refName(to, types)}</span>
    </span>
  );
}

/** The name of what a ref points to. */
export function refName(to: Ref<unknown>, types: TypesByName): string {
  const target = to.$target as AnyObject | undefined;
  if (to.$state === 'unreadable') return PRIVATE.unreadRef;
  return to.$key ?? (target === undefined ? '…' : objectName(target, types));
}

/** The name of an object: its title, or what it is. */
export function objectName(object: AnyObject, types: TypesByName): string {
  const type = types.get(object.$type);
  if (type?.relation !== undefined) {
    const [from, to] = [object['source'], object['target']] as readonly (
      Ref<unknown> | undefined
    )[];
    // A relation to a relation is named no further.
    if (from !== undefined && to !== undefined && !isRelation(from, types)) {
      return `${refName(from, types)} → ${refName(to, types)}`;
    }
  }
  const field = type === undefined ? undefined : titleField(type);
  const title = field === undefined ? undefined : object[field];
  return typeof title === 'string' && title !== ''
    ? title
    : `${object.$type} ${object.id.slice(0, 6)}`;
}

function isRelation({ $target }: Ref<unknown>, types: TypesByName): boolean {
  const target = $target as AnyObject | undefined;
  return target !== undefined && types.get(target.$type)?.relation !== undefined;
}

/** The mark of a sorted column. */
export function SortMark(props: {
  readonly direction: 'asc' | 'desc' | undefined;
}): ReactElement | null {
  if (props.direction === undefined) return null;
  return <Icon name={props.direction === 'asc' ? 'up' : 'down'} />;
}
