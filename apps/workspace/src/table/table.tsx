/** Any type as a table: filters as sentences, sorting, exact counts, chips for refs. */
import type { AnyObject, Space } from '@atoll/client';
import type { TypeData } from '@atoll/schema';
import { useCount, useDatabase, useMembers, useQuery } from '@atoll/react';
import {
  useCallback,
  useEffect,
  useMemo,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react';
import { useNavigation } from '../app/navigation.tsx';
import type { View } from '../app/place.ts';
import { dayText } from '../copy/general.ts';
import { FRAME, TABLE, TASKS } from '../copy/workspace.ts';
import { typeNoun, typePlural } from '../data/type-words.ts';
import { UnreadLine } from '../private/private-mark.tsx';
import { usePrivacy } from '../private/private-words.ts';
import { Bar } from '../shell/bar.tsx';
import { Button } from '../ui/button.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { columnsOf, nextSort, parseSort } from './columns.ts';
import { formatFilters, parseFilters, sentence, whereOf, type TableFilter } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import { Grid } from './grid.tsx';

type TableView = Extract<View, { readonly on: 'table' }>;

/** The table of a type with its bar. */
export function Table(props: {
  readonly space: Space;
  readonly view: TableView;
  readonly notices: ReactNode;
}): ReactElement {
  const { space, view } = props;
  useEffect(() => space.presence.set({ view: `table/${view.type}` }), [space, view.type]);
  return (
    <>
      <Bar title={typePlural(view.type)} space={space} />
      {props.notices}
      <TableBody space={space} view={view} />
    </>
  );
}

/** The table without a bar. Filters of a view without an address are its own. */
export function TableBody(props: {
  readonly space: Space;
  readonly view: TableView;
}): ReactElement {
  const { space, view } = props;
  const types = useDatabase(space, (db) => new Map(db.types().map((type) => [type.name, type])));
  const type = types.get(view.type);
  if (type === undefined) return <Skeleton says={FRAME.opening} />;
  return <TypedTable space={space} view={view} type={type} types={types} />;
}

function TypedTable(props: {
  readonly space: Space;
  readonly view: TableView;
  readonly type: TypeData;
  readonly types: ReadonlyMap<string, TypeData>;
}): ReactElement {
  const { space, type, types } = props;
  const { place, go, replace, open } = useNavigation();
  const hasAddress = place.at === 'space' && place.view.on === 'table';
  const [own, setOwn] = useState<{ filters?: string; sort?: string }>({});
  const { filters: filterText, sort: sortText } = hasAddress ? props.view : own;
  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({});
  const filters = useMemo(() => parseFilters(filterText), [filterText]);
  const sort = useMemo(() => parseSort(sortText), [sortText]);
  const columns = useMemo(() => columnsOf(type, widths), [type, widths]);
  const where = useMemo(() => whereOf(filters, type), [filters, type]);
  const sortField = sort === undefined || type.fields[sort.field] === undefined ? undefined : sort;
  const rows = useQuery(
    space,
    (db) => {
      const query = db.query(type.name).where(where);
      return sortField === undefined ? query : query.orderBy(sortField.field, sortField.direction);
    },
    [type.name, where, sortField],
  );
  const say = useTaskWords(space);
  const privacy = usePrivacy(space);
  const total = useCount(space, (db) => db.query(type.name), [type.name]);

  const look = (next: { filters: string | undefined; sort: string | undefined }): void => {
    const view = {
      on: 'table',
      type: type.name,
      ...(next.filters === undefined ? {} : { filters: next.filters }),
      ...(next.sort === undefined ? {} : { sort: next.sort }),
    } as const;
    if (!hasAddress) setOwn(view);
    else {
      const to = { ...place, view };
      // Each letter of a value is not a place to go back to.
      if (parseFilters(next.filters).length === filters.length) replace(to);
      else go(to);
    }
  };
  const setFilters = (next: readonly TableFilter[]): void =>
    look({ filters: formatFilters(next), sort: sortText });
  return (
    <>
      <FilterBar type={type} filters={filters} onChange={setFilters} />
      {rows.length === 0 && (total > 0 || filters.length > 0) ? (
        <NothingFound
          filters={filters}
          total={TABLE.of(total, total, nounsOf(type.name))}
          onRemove={() => setFilters(filters.slice(0, -1))}
        />
      ) : (
        <Grid
          label={TABLE.label(typePlural(type.name))}
          rows={rows as readonly AnyObject[]}
          columns={columns}
          types={types}
          say={type.name === 'Task' ? say : undefined}
          privacy={privacy}
          sort={sortField}
          question={`${filterText ?? ''} ${sortText ?? ''}`}
          openId={place.at === 'space' ? place.open : undefined}
          onSort={(field) => look({ filters: filterText, sort: nextSort(sortText, field) })}
          onOpen={open}
          onWidth={(field, width) => setWidths((before) => ({ ...before, [field]: width }))}
        />
      )}
      <UnreadLine space={space} />
      <footer className="grid-foot">
        <span className="grow numbers" role="status" data-testid="count">
          {TABLE.of(rows.length, total, nounsOf(type.name))}
        </span>
        {hasRefs(type) ? (
          <span className="line meta legend">
            <span className="chip missing">{TABLE.missing}</span>
            {TABLE.missingLegend}
          </span>
        ) : null}
      </footer>
    </>
  );
}

/** States and people of tasks, which are stored as names and ids. */
function useTaskWords(space: Space): (field: string, value: unknown) => string | undefined {
  const members = useMembers(space);
  return useCallback(
    (field, value) => {
      if (field === 'state') return TASKS.states[value as keyof typeof TASKS.states];
      if (field === 'who') return members.find((member) => member.id === value)?.displayName;
      if (field === 'due' && typeof value === 'string') return dayText(value, Date.now());
      return undefined;
    },
    [members],
  );
}

function nounsOf(type: string): { readonly one: string; readonly many: string } {
  return { one: typeNoun(type).toLowerCase(), many: typePlural(type).toLowerCase() };
}

function hasRefs(type: TypeData): boolean {
  return Object.values(type.fields).some(
    (field) =>
      field.kind === 'ref' ||
      ((field.kind === 'set' || field.kind === 'list') && field.of.kind === 'ref'),
  );
}

function NothingFound(props: {
  readonly filters: readonly TableFilter[];
  readonly total: string;
  readonly onRemove: () => void;
}): ReactElement {
  const { filters } = props;
  return (
    <div className="blank grow">
      <div>
        <h2>{filters.length > 1 ? TABLE.nothing : TABLE.nothingOne}</h2>
        <p>
          {filters.map(sentence).join(', ')}. {TABLE.without(props.total)}.
        </p>
        <div className="line">
          <Button onClick={props.onRemove}>{TABLE.removeLast}</Button>
        </div>
      </div>
    </div>
  );
}
