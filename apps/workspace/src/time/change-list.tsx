/** What is different between two states of a space, thing by thing, in words. */
import type { ObjectDiff, Space } from '@atoll/client';
import { useDatabase } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { CHANGES } from '../copy/time.ts';
import { typeNoun, typePlural } from '../data/type-words.ts';
import { changeWords, type WordSource } from '../panel/history-words.ts';
import { ChangeParts } from '../panel/object-history.tsx';
import { PrivateMark } from '../private/private-mark.tsx';
import { usePrivacy, type Privacy } from '../private/private-words.ts';
import { objectName, type TypesByName } from '../table/cell.tsx';
import { Button } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';

/** Things shown before one asks for more. */
const SHOWN_AT_ONCE = 50;

/** The list. `space` is the one that the things are in. */
export function ChangeList(props: {
  readonly space: Space;
  readonly changes: readonly ObjectDiff[];
}): ReactElement {
  const { space, changes } = props;
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const privacy = usePrivacy(space);
  const types = useDatabase(space, (db) => new Map(db.types().map((type) => [type.name, type])));
  const ordered = [...changes].sort((a, b) => order(a) - order(b) || (a.type < b.type ? -1 : 1));
  return (
    <>
      <ul className="rows changes" data-testid="changes">
        {ordered.slice(0, shown).map((diff) => (
          <Row key={diff.id} {...{ space, types, diff }} privacy={privacy(diff.id)} />
        ))}
      </ul>
      {changes.length <= shown ? null : (
        <Button kind="quiet" onClick={() => setShown(shown + SHOWN_AT_ONCE)}>
          {CHANGES.more(Math.min(SHOWN_AT_ONCE, changes.length - shown))}
        </Button>
      )}
    </>
  );
}

/** What changed first, then what came, then what went. */
function order({ life }: ObjectDiff): number {
  return ['kept', 'restored', 'created', 'deleted', 'uncreated'].indexOf(life);
}

const LIVES: Readonly<Record<ObjectDiff['life'], string>> = {
  kept: CHANGES.changed,
  created: CHANGES.created,
  deleted: CHANGES.deleted,
  uncreated: CHANGES.deleted,
  restored: CHANGES.restored,
};

const ICONS: Readonly<Record<string, IconName>> = {
  Task: 'task',
  Note: 'note',
  Comment: 'comment',
  File: 'file',
};

function Row(props: {
  readonly space: Space;
  readonly types: TypesByName;
  readonly diff: ObjectDiff;
  readonly privacy: Privacy | undefined;
}): ReactElement {
  const { space, types, diff, privacy } = props;
  const { life, type } = diff;
  const source: WordSource = { space, types, type };
  // Of what is new or gone the name says enough.
  const fields = life === 'kept' ? diff.fields : [];
  const changes = fields.flatMap((field) => changeWords(source, field, { life }) ?? []);
  return (
    <li data-testid="change">
      <Icon name={ICONS[type] ?? 'box'} />
      <div className="grow">
        <div className="line note-name strong">
          <span>{nameOf(space, diff, types)}</span>
          <PrivateMark privacy={privacy} />
        </div>
        <div className="meta">{typeNoun(type)}</div>
        {changes.map(({ field, parts }, at) => (
          <p key={at} className="change small">
            <span className="ink-3">{field}</span> <ChangeParts parts={parts} />
          </p>
        ))}
      </div>
      <span className={`chip ${life === 'created' || life === 'restored' ? 'ok' : ''}`}>
        {LIVES[life]}
      </span>
    </li>
  );
}

function nameOf(space: Space, diff: ObjectDiff, types: TypesByName): string {
  const object = space.db.getDeleted(diff.id);
  if (object !== undefined) return objectName(object, types);
  // Gone, or not there yet.
  const title = diff.fields.find((field) => field.kind === 'value' && field.before !== undefined);
  if (title?.kind === 'value') return String(title.before);
  const first = diff.fields.find((field) => field.kind === 'value' && isText(field.after));
  return first?.kind === 'value' ? String(first.after) : typePlural(diff.type);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
