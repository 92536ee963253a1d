/** What happened to an object, in sentences by day, and the way to see it as it was. */
import type { AnyObject, Space, TimelineEntry } from '@atoll/client';
import { useMembers } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { clockTime, moment } from '../copy/general.ts';
import { OBJECT_HISTORY } from '../copy/history.ts';
import type { TypesByName } from '../table/cell.tsx';
import { Button } from '../ui/button.tsx';
import { AsItWas } from './as-it-was.tsx';
import {
  changeWords,
  dayHeading,
  deedWords,
  personName,
  type ChangePart,
  type WordSource,
} from './history-words.ts';
import { useTimeline } from './use-timeline.ts';

/** The section "History". */
export function ObjectHistory(props: {
  readonly space: Space;
  readonly object: AnyObject;
  readonly types: TypesByName;
  readonly canWrite: boolean;
}): ReactElement {
  const { space, object, types } = props;
  useMembers(space);
  const { at, begins, entries, hasMore, more } = useTimeline(space, object);
  const [seen, setSeen] = useState<TimelineEntry | undefined>(undefined);
  const source: WordSource = { space, types, type: object.$type };
  const now = Date.now();
  return (
    <section className="object-history" data-testid="object-history">
      <h2>{OBJECT_HISTORY.title}</h2>
      {at === 'loading' ? <p className="small ink-3">{OBJECT_HISTORY.loading}</p> : null}
      {at === 'failed' ? <p className="small ink-2">{OBJECT_HISTORY.failed}</p> : null}
      {byDay(entries, now).map(([day, ofDay]) => (
        <div key={ofDay[0]?.id ?? day}>
          <h3 className="meta">{day}</h3>
          <ol>
            {ofDay.map((entry) => (
              <Entry key={entry.id} source={source} entry={entry} onSee={() => setSeen(entry)} />
            ))}
          </ol>
        </div>
      ))}
      {hasMore ? (
        <Button kind="quiet" onClick={more}>
          {OBJECT_HISTORY.more}
        </Button>
      ) : null}
      {begins === undefined ? null : (
        <p className="small ink-2" data-testid="history-begins">
          {OBJECT_HISTORY.begins(
            moment(begins.sinceMs, now),
            begins.droppedMs === undefined ? undefined : moment(begins.droppedMs, now),
          )}
        </p>
      )}
      {seen === undefined ? null : (
        <AsItWas
          source={source}
          object={object}
          entry={seen}
          canWrite={props.canWrite}
          onClose={() => setSeen(undefined)}
        />
      )}
    </section>
  );
}

function Entry(props: {
  readonly source: WordSource;
  readonly entry: TimelineEntry;
  readonly onSee: () => void;
}): ReactElement {
  const { entry, source } = props;
  const who = personName(source.space, entry.author);
  const changes = entry.changes.flatMap((change) => changeWords(source, change, entry) ?? []);
  const when = new Date(entry.toMs);
  return (
    <li data-testid="history-entry">
      <div className="line">
        <span className="grow">{deedWords(who, entry)}</span>
        <time className="meta numbers" dateTime={when.toISOString()}>
          {clockTime(when)}
        </time>
      </div>
      {entry.clockOff ? <p className="meta">{OBJECT_HISTORY.clockOff(who)}</p> : null}
      {changes.map(({ field, parts }, at) => (
        <p key={at} className="change">
          <span className="ink-3">{field}</span> <ChangeParts parts={parts} />
        </p>
      ))}
      {entry.isVoid ? null : (
        <Button
          kind="link"
          className="small"
          aria-label={`${OBJECT_HISTORY.seeAsItWas} ${clockTime(when)}`}
          onClick={props.onSee}
        >
          {OBJECT_HISTORY.seeAsItWas}
        </Button>
      )}
    </li>
  );
}

/** Old words struck, new ones marked; for who does not see it, `del` and `ins` say so. */
export function ChangeParts({ parts }: { readonly parts: readonly ChangePart[] }): ReactElement {
  return (
    <>
      {parts.map(({ is, text }, at) => {
        if (is === 'kept') return <span key={at}>{text}</span>;
        return is === 'old' ? <del key={at}>{text}</del> : <ins key={at}>{text}</ins>;
      })}
    </>
  );
}

function byDay(
  entries: readonly TimelineEntry[],
  nowMs: number,
): readonly (readonly [day: string, entries: readonly TimelineEntry[]])[] {
  const days: [string, TimelineEntry[]][] = [];
  for (const entry of entries) {
    const day = dayHeading(entry.toMs, nowMs);
    const last = days.at(-1);
    if (last?.[0] === day) last[1].push(entry);
    else days.push([day, [entry]]);
  }
  return days;
}
