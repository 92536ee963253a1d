/** The filters as sentences, each part a menu; Backspace in an empty value removes the last. */
import type { TypeData } from '@atoll/schema';
import { useState, type ReactElement } from 'react';
import { TABLE } from '../copy/workspace.ts';
import { fieldWords } from '../data/type-words.ts';
import { useCommand } from '../shell/commands.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { needsValue, sentence, WAY_WORDS, waysFor, type TableFilter } from './filter.ts';

/** The bar of filters. */
export function FilterBar(props: {
  readonly type: TypeData;
  readonly filters: readonly TableFilter[];
  readonly onChange: (filters: readonly TableFilter[]) => void;
}): ReactElement {
  const { type, filters, onChange } = props;
  const [fresh, setFresh] = useState<number | undefined>(undefined);
  const replace = (at: number, filter: TableFilter | undefined): void =>
    onChange(filters.flatMap((old, index) => (index !== at ? [old] : (filter ?? []))));
  const add = (field: string): void => {
    const data = type.fields[field];
    const way = data === undefined ? undefined : waysFor(data)[0];
    if (way === undefined) return;
    setFresh(filters.length);
    onChange([...filters, { field, way, value: '' }]);
  };
  useCommand('filter', () => document.getElementById('add-filter')?.click());
  const fields = Object.entries(type.fields).filter(([, data]) => waysFor(data).length > 0);
  return (
    <div className="filters" role="group" aria-label={TABLE.addFilter}>
      <Icon name="filter" />
      {filters.map((filter, index) => (
        <FilterSentence
          key={index}
          type={type}
          filter={filter}
          isFresh={fresh === index}
          onChange={(next) => replace(index, next)}
        />
      ))}
      <Menu
        trigger={
          <Button kind="quiet" icon="plus" id="add-filter">
            {TABLE.addFilter}
          </Button>
        }
        entries={fields.map(([field]) => ({
          label: fieldWords(field),
          onSelect: () => add(field),
        }))}
      />
    </div>
  );
}

function FilterSentence(props: {
  readonly type: TypeData;
  readonly filter: TableFilter;
  readonly isFresh: boolean;
  readonly onChange: (filter: TableFilter | undefined) => void;
}): ReactElement {
  const { filter, onChange } = props;
  const data = props.type.fields[filter.field];
  const ways = data === undefined ? [] : waysFor(data);
  return (
    <span className="filter" role="group" aria-label={sentence(filter)}>
      <span>{fieldWords(filter.field)}</span>
      <Menu
        trigger={<button type="button">{WAY_WORDS[filter.way]}</button>}
        entries={ways.map((way) => ({
          label: WAY_WORDS[way],
          chosen: way === filter.way,
          onSelect: () => onChange({ ...filter, way }),
        }))}
      />
      {needsValue(filter.way) ? <FilterValue {...props} choices={choicesOf(data)} /> : null}
      <button
        type="button"
        aria-label={TABLE.removeFilter(sentence(filter))}
        onClick={() => onChange(undefined)}
      >
        <Icon name="close" />
      </button>
    </span>
  );
}

function choicesOf(data: TypeData['fields'][string] | undefined): readonly string[] | undefined {
  if (data?.kind === 'enum') return data.values;
  return data?.kind === 'boolean' ? [TABLE.yes, TABLE.no] : undefined;
}

function FilterValue(props: {
  readonly filter: TableFilter;
  readonly isFresh: boolean;
  readonly choices: readonly string[] | undefined;
  readonly onChange: (filter: TableFilter | undefined) => void;
}): ReactElement {
  const { filter, choices, onChange } = props;
  if (choices !== undefined) {
    return (
      <Menu
        trigger={
          <button type="button" className="value">
            {filter.value === '' ? '…' : filter.value}
          </button>
        }
        entries={choices.map((value) => ({
          label: value,
          chosen: value === filter.value,
          onSelect: () => onChange({ ...filter, value }),
        }))}
      />
    );
  }
  return (
    <span className="value">
      <input
        aria-label={`${TABLE.value}: ${fieldWords(filter.field)}`}
        value={filter.value}
        autoFocus={props.isFresh}
        spellCheck={false}
        onChange={(event) => onChange({ ...filter, value: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Backspace' && filter.value === '') onChange(undefined);
        }}
      />
    </span>
  );
}
