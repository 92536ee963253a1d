/** Several values that people gave at the same time: shown side by side, none preselected. */
import type { AnyObject, Conflict, Space } from '@atoll/client';
import { isScalar, type FieldData, type Ref } from '@atoll/schema';
import { useDatabase, useMembers } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { moment } from '../copy/general.ts';
import { PANEL } from '../copy/workspace.ts';
import { fieldWords } from '../data/type-words.ts';
import { useMayChange } from '../private/private-words.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Person } from '../ui/person.tsx';
import { valueWords, type WordSource } from './history-words.ts';

/** The chip "2 answers", where there are two. */
export function Answers(props: {
  readonly space: Space;
  readonly object: AnyObject;
  readonly field: string;
  readonly data: FieldData;
}): ReactElement | null {
  const { space, object, field } = props;
  const [open, setOpen] = useState(false);
  const members = useMembers(space);
  const canWrite = useMayChange(space, object.id);
  const answers = useDatabase(
    space,
    (db) => (isScalar(props.data) ? db.conflicts(object, field) : []),
    [object, field],
  );
  const types = useDatabase(space, (db) => new Map(db.types().map((type) => [type.name, type])));
  const source: WordSource = { space, types, type: object.$type };
  if (answers.length < 2) return null;
  const keep = (answer: Conflict): void => {
    // Over exactly those that are shown; what came in meanwhile is not overwritten.
    space.db.resolve(object, field, answer);
    setOpen(false);
  };
  return (
    <>
      <button
        type="button"
        className="chip warn"
        data-testid="answers"
        onClick={() => setOpen(true)}
      >
        <Icon name="warning" />
        {PANEL.answers(answers.length)}
      </button>
      {open ? (
        <Dialog
          title={PANEL.answersTitle(fieldWords(field))}
          describe={PANEL.answersLead}
          onClose={() => setOpen(false)}
        >
          <ul className="rows">
            {answers.map((answer, index) => {
              const author = members.find((member) => member.id === answer.author);
              return (
                <li key={index}>
                  {author === undefined ? null : <Person person={author} />}
                  <div className="grow">
                    <div className="strong">{answerWords(source, field, answer.value)}</div>
                    <div className="meta">
                      {author?.displayName} {moment(answer.timeMs, Date.now())}
                      {index === 0 ? ` · ${PANEL.shownNow}` : ''}
                    </div>
                  </div>
                  {canWrite ? <Button onClick={() => keep(answer)}>{PANEL.keep}</Button> : null}
                </li>
              );
            })}
          </ul>
        </Dialog>
      ) : null}
    </>
  );
}

/** A value as people read it: refs by the name of what they point to. */
function answerWords(source: WordSource, field: string, value: unknown): string {
  if (typeof value === 'object' && value !== null && '$id' in value) {
    const { $id, $key } = value as Ref<unknown>;
    return valueWords(source, field, $key ?? $id);
  }
  const plain: unknown = value instanceof Date ? value.toISOString() : value;
  const words = valueWords(source, field, typeof plain === 'bigint' ? plain.toString() : plain);
  return words === '' ? PANEL.empty : words;
}
