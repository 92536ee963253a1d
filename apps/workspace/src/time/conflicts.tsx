/** What both sides of a merge changed: all answers side by side, none preselected. */
import type { AnyObject, MergeConflict, MergeSide, Space } from '@atoll/client';
import { useDatabase, useLive } from '@atoll/react';
import type { ReactElement } from 'react';
import { BRANCHES } from '../copy/time.ts';
import { fieldLabel, valueWords, type WordSource } from '../panel/history-words.ts';
import { objectName, type TypesByName } from '../table/cell.tsx';
import { Segmented } from '../ui/segmented.tsx';

/** What was chosen, by {@link conflictKey}. */
export type Picks = ReadonlyMap<string, MergeSide>;

/** A name of a conflict that is the same whenever one looks. */
export function conflictKey({ object, field, key }: MergeConflict): string {
  return JSON.stringify([object, field, key]);
}

/** The section. */
export function Conflicts(props: {
  readonly origin: Space;
  readonly conflicts: readonly MergeConflict[];
  readonly picks: Picks;
  readonly onPick: (key: string, side: MergeSide) => void;
}): ReactElement {
  const { origin, conflicts, picks, onPick } = props;
  const name = useLive(origin.name);
  const types = useDatabase(origin, (db) => new Map(db.types().map((type) => [type.name, type])));
  return (
    <section aria-label={BRANCHES.conflicts} data-testid="conflicts">
      <h2>{BRANCHES.conflicts}</h2>
      <p className="ink-2 section-lead">{BRANCHES.conflictsLead(name)}</p>
      <ul className="rows">
        {conflicts.map((conflict) => {
          const key = conflictKey(conflict);
          return (
            <Conflict
              key={key}
              {...{ origin, conflict, types, name }}
              pick={picks.get(key)}
              onPick={(side) => onPick(key, side)}
            />
          );
        })}
      </ul>
    </section>
  );
}

function Conflict(props: {
  readonly origin: Space;
  readonly conflict: MergeConflict;
  readonly types: TypesByName;
  readonly name: string;
  readonly pick: MergeSide | undefined;
  readonly onPick: (side: MergeSide) => void;
}): ReactElement {
  const { origin, conflict, types, name, pick } = props;
  const object = origin.db.getDeleted(conflict.object);
  const source: WordSource = { space: origin, types, type: object?.$type ?? '' };
  const title = titleOf(object, types);
  const field = conflict.field === undefined ? undefined : fieldLabel(source.type, conflict.field);
  const what = field === undefined ? title : `${title}, ${field}`;
  return (
    <li className="conflict" data-testid="conflict">
      <div className="grow">
        <div className="strong">{what}</div>
        {field === undefined ? (
          <p className="meta">{BRANCHES.goneOrKept}</p>
        ) : (
          <dl className="sides">
            <dt>{BRANCHES.was}</dt>
            <dd>{words(source, conflict, conflict.base)}</dd>
            <dt>{BRANCHES.fromOrigin(name)}</dt>
            <dd>{words(source, conflict, conflict.origin)}</dd>
            <dt>{BRANCHES.fromBranch}</dt>
            <dd>{words(source, conflict, conflict.branch)}</dd>
          </dl>
        )}
      </div>
      <Segmented<MergeSide | ''>
        label={BRANCHES.choose(what)}
        value={pick ?? ''}
        parts={[
          { value: 'origin', label: BRANCHES.fromOrigin(name) },
          { value: 'branch', label: BRANCHES.fromBranch },
        ]}
        onChange={(side) => (side === '' ? undefined : props.onPick(side))}
      />
    </li>
  );
}

function titleOf(object: AnyObject | undefined, types: TypesByName): string {
  return object === undefined ? '' : objectName(object, types);
}

function words(source: WordSource, { field, key }: MergeConflict, value: unknown): string {
  const text = valueWords(source, field ?? '', value);
  const shown = text === '' ? BRANCHES.nothing : text;
  return key === undefined ? shown : `${key}: ${shown}`;
}
