/** One field of an object: read as its kind wants, edited where that is simple. */
import type { AnyObject, Space } from '@atoll/client';
import {
  isBlobField,
  type BlobRef,
  type CounterField,
  type FieldData,
  type Ref,
} from '@atoll/schema';
import { useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { PANEL, TABLE } from '../copy/workspace.ts';
import { fieldWithUnit, fieldWords } from '../data/type-words.ts';
import { numberText, valueLines, valueText } from '../data/value-words.ts';
import { FileCard } from '../files/file-card.tsx';
import { RefChip, refName, type TypesByName } from '../table/cell.tsx';
import { formatFilters } from '../table/filter.ts';
import { Button } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { Answers } from './answers.tsx';
import { ModelValue } from './model-field.tsx';

/** Chips shown before one asks for all. */
const CHIPS_SHOWN = 24;

interface PropertyProps {
  readonly space: Space;
  readonly object: AnyObject;
  readonly field: string;
  readonly data: FieldData;
  readonly types: TypesByName;
  readonly canWrite: boolean;
}

/** A term and its value. */
export function Property(props: PropertyProps): ReactElement {
  return (
    <>
      <dt>{props.canWrite ? fieldWithUnit(props.field) : fieldWords(props.field)}</dt>
      <dd>
        <Value {...props} />
        <Answers space={props.space} object={props.object} field={props.field} data={props.data} />
      </dd>
    </>
  );
}

function Value(props: PropertyProps): ReactNode {
  const { object, field, data, canWrite } = props;
  const value = object[field];
  const write = (next: unknown): void => {
    (object as Record<string, unknown>)[field] = next;
  };
  if (isBlobField(data)) {
    return value === undefined ? (
      <span className="ink-3">{PANEL.empty}</span>
    ) : (
      <FileCard space={props.space} name="" file={value as BlobRef} />
    );
  }
  switch (data.kind) {
    case 'set':
    case 'list':
      return <Items {...props} items={[...((value ?? []) as Iterable<unknown>)]} />;
    case 'model':
      return <ModelValue space={props.space} object={object} field={field} canWrite={canWrite} />;
    case 'ref':
      return value === undefined ? (
        <span className="ink-3">{PANEL.empty}</span>
      ) : (
        <LinkChip {...props} to={value as Ref<unknown>} />
      );
    case 'boolean':
      return (
        <input
          type="checkbox"
          aria-label={fieldWords(field)}
          checked={value === true}
          disabled={!canWrite}
          onChange={(event) => write(event.target.checked)}
        />
      );
    case 'enum':
      return canWrite ? (
        <EnumMenu label={fieldWords(field)} values={data.values} value={value} onChange={write} />
      ) : (
        <span>{String(value ?? '')}</span>
      );
    case 'string':
    case 'number':
    case 'integer':
      return canWrite ? (
        <ScalarField key={String(value)} {...props} value={value} onChange={write} />
      ) : (
        <Lines {...props} value={value} />
      );
    case 'bigint':
      return canWrite ? (
        <ScalarField key={String(value)} {...props} value={value} onChange={write} />
      ) : (
        <Lines {...props} value={value} />
      );
    case 'day':
    case 'date':
      return canWrite ? (
        <MomentField {...props} kind={data.kind} value={value} onChange={write} />
      ) : (
        <Lines {...props} value={value} />
      );
    case 'counter':
      return <Count {...props} counter={value as CounterField} />;
    default:
      return <Lines {...props} value={value} />;
  }
}

/** A value to read, with each entry of a record or a map in a line of its own. */
function Lines(props: PropertyProps & { readonly value: unknown }): ReactElement {
  const { data, field, types, value } = props;
  if (typeof value === 'number') return <span>{numberText(value, field)}</span>;
  const lines = valueLines(data, value, (to) => refName(to, types));
  if (lines.length === 0) return <span className="ink-3">{PANEL.empty}</span>;
  return (
    <div className="value-lines">
      {lines.map((line, at) => (
        <div key={at}>{line}</div>
      ))}
    </div>
  );
}

/** A day, or a moment to the minute. */
function MomentField(props: {
  readonly field: string;
  readonly kind: 'day' | 'date';
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}): ReactElement {
  const { field, kind, value, onChange } = props;
  const shown = value instanceof Date ? localMoment(value) : String(value ?? '');
  return (
    <input
      type={kind === 'day' ? 'date' : 'datetime-local'}
      aria-label={fieldWords(field)}
      value={shown}
      onChange={({ target }) => {
        if (target.value === '') onChange(undefined);
        else onChange(kind === 'day' ? target.value : new Date(target.value));
      }}
    />
  );
}

/** "2026-05-01T14:00" where one is. */
function localMoment(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return Number.isNaN(local.getTime()) ? '' : local.toISOString().slice(0, 16);
}

/** How many, and one more or less. */
function Count(
  props: Pick<PropertyProps, 'field' | 'canWrite'> & { readonly counter: CounterField },
): ReactElement {
  const { canWrite, counter, field } = props;
  const label = fieldWords(field);
  return (
    <div className="line">
      <span className="numbers">{counter.value.toLocaleString()}</span>
      {canWrite ? (
        <>
          <Button kind="quiet" aria-label={PANEL.less(label)} onClick={() => counter.increment(-1)}>
            −
          </Button>
          <Button kind="quiet" aria-label={PANEL.more(label)} onClick={() => counter.increment(1)}>
            +
          </Button>
        </>
      ) : null}
    </div>
  );
}

function ScalarField(props: {
  readonly field: string;
  readonly data: FieldData;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}): ReactElement {
  const { field, data, value, onChange } = props;
  const before = value === undefined ? '' : String(value);
  const [typed, setTyped] = useState(before);
  const keep = (): void => {
    if (typed === before) return;
    if (data.kind === 'string') onChange(typed);
    else if (data.kind === 'bigint') {
      if (/^-?\d{1,300}$/u.test(typed.trim())) onChange(BigInt(typed.trim()));
      else setTyped(before);
    } else {
      const number = Number(typed.replace(',', '.'));
      const fits = typed.trim() !== '' && Number.isFinite(number);
      if (!fits || (data.kind === 'integer' && !Number.isInteger(number))) setTyped(before);
      else onChange(number);
    }
  };
  const shared = {
    'aria-label': fieldWords(field),
    value: typed,
    onBlur: keep,
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
      event.preventDefault();
      event.currentTarget.blur();
    },
  };
  if (data.kind === 'string') {
    return <textarea {...shared} rows={1} onChange={(event) => setTyped(event.target.value)} />;
  }
  return (
    <input {...shared} inputMode="decimal" onChange={(event) => setTyped(event.target.value)} />
  );
}

/** A choice of one among the values of an enum. */
function EnumMenu(props: {
  readonly label: string;
  readonly values: readonly string[];
  readonly value: unknown;
  readonly onChange: (value: string) => void;
}): ReactElement {
  return (
    <Menu
      trigger={
        <Button kind="quiet" aria-label={`${props.label}: ${String(props.value ?? PANEL.empty)}`}>
          {String(props.value ?? PANEL.empty)}
        </Button>
      }
      entries={props.values.map((value) => ({
        label: value,
        chosen: value === props.value,
        onSelect: () => props.onChange(value),
      }))}
    />
  );
}

function Items(props: PropertyProps & { readonly items: readonly unknown[] }): ReactElement {
  const { data, items } = props;
  const [all, setAll] = useState(false);
  const isRef = (data.kind === 'set' || data.kind === 'list') && data.of.kind === 'ref';
  const nameOf = (to: Ref<unknown>): string => refName(to, props.types);
  const shown = all ? items : items.slice(0, CHIPS_SHOWN);
  if (items.length === 0) return <span className="ink-3">{PANEL.empty}</span>;
  return (
    <>
      {shown.map((item, index) =>
        isRef ? (
          <LinkChip key={index} {...props} to={item as Ref<unknown>} />
        ) : (
          <span key={index} className="chip">
            {valueText(data.kind === 'set' || data.kind === 'list' ? data.of : data, item, nameOf)}
          </span>
        ),
      )}
      {shown.length < items.length ? (
        <Button kind="quiet" onClick={() => setAll(true)}>
          {PANEL.showAll(items.length)}
        </Button>
      ) : null}
    </>
  );
}

/** A ref that opens its target, or what else names the same absent thing. */
function LinkChip(
  props: Pick<PropertyProps, 'space' | 'object' | 'field' | 'data' | 'types'> & {
    readonly to: Ref<unknown>;
  },
): ReactElement {
  const { go, open } = useNavigation();
  const { space, object, field, data, to } = props;
  const follow = (): void => {
    if (to.$state === 'present') open(to.$id);
    else if (to.$key !== undefined) {
      const way = data.kind === 'ref' ? 'is' : 'has';
      const filters = formatFilters([{ field, way, value: to.$key }]);
      const view = {
        on: 'table',
        type: object.$type,
        ...(filters === undefined ? {} : { filters }),
      };
      go({ at: 'space', space: space.id, view: view as { on: 'table'; type: string } });
    }
  };
  return (
    <button
      type="button"
      onClick={follow}
      title={to.$state === 'present' ? undefined : TABLE.missingLegend}
    >
      <RefChip to={to} types={props.types} />
    </button>
  );
}
