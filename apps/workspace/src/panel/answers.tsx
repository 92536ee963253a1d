/** Several values that people gave at the same time: shown side by side, none preselected. */
import type { AnyObject, Space } from '@atoll/client';
import { isScalar, type FieldData } from '@atoll/schema';
import { useDatabase, useMembers } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { moment } from '../copy/general.ts';
import { PANEL } from '../copy/workspace.ts';
import { fieldWords } from '../data/type-words.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Person } from '../ui/person.tsx';

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
  const answers = useDatabase(
    space,
    (db) => (isScalar(props.data) ? db.conflicts(object, field) : []),
    [object, field],
  );
  if (answers.length < 2) return null;
  const keep = (value: unknown): void => {
    (object as Record<string, unknown>)[field] = value;
    setOpen(false);
  };
  return (
    <>
      <button type="button" className="chip warn" onClick={() => setOpen(true)}>
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
                    <div className="strong">{String(answer.value ?? PANEL.empty)}</div>
                    <div className="meta">
                      {author?.displayName} {moment(answer.timeMs, Date.now())}
                      {index === 0 ? ` · ${PANEL.shownNow}` : ''}
                    </div>
                  </div>
                  <Button onClick={() => keep(answer.value)}>{PANEL.keep}</Button>
                </li>
              );
            })}
          </ul>
        </Dialog>
      ) : null}
    </>
  );
}
