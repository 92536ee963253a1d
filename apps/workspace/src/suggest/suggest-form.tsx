/** Suggesting a task or a note for a space in which one does not write. */
import type { ContributedFields, Space } from '@atoll/client';
import { useDoor, useIdentity } from '@atoll/react';
import { useId, useState, type ReactElement } from 'react';
import { SUGGEST } from '../copy/suggestions.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { useDoorAct } from './use-door-act.ts';

/** The form, as long as the space takes anything that the workspace can write. */
export function SuggestForm({ space }: { readonly space: Space }): ReactElement {
  const { banned, isOpen, terms } = useDoor(space);
  const identity = useIdentity();
  const types = Object.keys(SUGGEST.kinds).filter((type) => terms?.types.includes(type));
  if (!isOpen || types.length === 0) return <NoteLine kind="info" what={SUGGEST.closed} />;
  if (banned.some(({ id }) => id === identity?.id)) {
    return <NoteLine kind="warn" what={SUGGEST.banned} />;
  }
  return <Form space={space} types={types} name={identity?.displayName ?? ''} />;
}

function Form(props: {
  readonly space: Space;
  readonly types: readonly string[];
  readonly name: string;
}): ReactElement {
  const { name, space, types } = props;
  const { busy, forget, problem, run } = useDoorAct();
  const textId = useId();
  const [chosen, setChosen] = useState('Task');
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [isEmpty, setEmpty] = useState(false);
  const type = types.includes(chosen) ? chosen : (types[0] ?? 'Task');
  const send = async (): Promise<void> => {
    if (busy) return;
    setEmpty(title.trim() === '');
    if (title.trim() === '') return;
    // What is written while this one is on its way stays.
    setTitle('');
    setText('');
    const isDone = await run(async () => {
      const id = await space.door.post(type, fieldsOf(type, title, text));
      const sent = space.door.state.get().own.find((one) => one.id === id);
      return sent?.state === 'sending' ? SUGGEST.sentLater : SUGGEST.sent;
    });
    if (isDone) return;
    setTitle((now) => (now === '' ? title : now));
    setText((now) => (now === '' ? text : now));
  };
  return (
    <form
      className="pile"
      data-testid="suggest"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {types.length === 1 ? null : (
        <Segmented
          label={SUGGEST.what}
          value={type}
          parts={types.map((value) => ({ value, label: SUGGEST.kinds[value] ?? value }))}
          onChange={setChosen}
        />
      )}
      <Field
        label={SUGGEST.name}
        value={title}
        problem={isEmpty ? SUGGEST.needsTitle : undefined}
        onChange={(event) => {
          forget();
          setEmpty(false);
          setTitle(event.target.value);
        }}
      />
      {type === 'Note' ? (
        <div className="field">
          <label htmlFor={textId}>{SUGGEST.text}</label>
          <textarea
            id={textId}
            className="input"
            rows={5}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      ) : null}
      <p className="hint">{SUGGEST.signed(name)}</p>
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
      <div>
        <Button kind="primary" type="submit" disabled={busy}>
          {SUGGEST.send}
        </Button>
      </div>
    </form>
  );
}

function fieldsOf(type: string, title: string, text: string): ContributedFields {
  const trimmed = text.trim();
  return type === 'Note' && trimmed !== ''
    ? { title: title.trim(), body: trimmed }
    : { title: title.trim() };
}
