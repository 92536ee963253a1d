/** Asks for a name of the present. */
import type { Space } from '@atoll/client';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { CANCEL, UNDO } from '../copy/general.ts';
import { VERSIONS } from '../copy/time.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { useToast } from '../ui/toast.tsx';
import { undoLabelled } from './undo-labelled.ts';

/** Characters of a version's name; it must fit where it is shown. */
const NAME_CHARACTERS_MAX = 80;

/** The dialog. */
export function NameVersion(props: {
  readonly space: Space;
  readonly onClose: () => void;
}): ReactElement {
  const { space, onClose } = props;
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const toast = useToast();
  const submit = (): void => {
    const trimmed = name.trim();
    if (trimmed === '' || space.history.versions.get(trimmed) !== undefined) {
      setProblem(trimmed === '' ? VERSIONS.nameMissing : VERSIONS.nameTaken);
      return;
    }
    const label = VERSIONS.made(trimmed);
    try {
      space.undo.run(() => space.history.versions.create(trimmed), { label });
    } catch (failure) {
      setProblem(codeOf(failure) ?? VERSIONS.failed);
      return;
    }
    onClose();
    toast({ text: label, action: { label: UNDO, run: () => undoLabelled(space, label) } });
  };
  return (
    <Dialog title={VERSIONS.name} describe={VERSIONS.lead} onClose={onClose}>
      <form
        className="pile"
        style={{ gap: 'var(--s4)' }}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field
          label={VERSIONS.nameField}
          hint={VERSIONS.nameHint}
          autoFocus
          maxLength={NAME_CHARACTERS_MAX}
          value={name}
          problem={problem}
          onChange={(event) => {
            setName(event.target.value);
            setProblem(undefined);
          }}
        />
        <div className="line" style={{ justifyContent: 'flex-end' }}>
          <Button kind="quiet" onClick={onClose}>
            {CANCEL}
          </Button>
          <Button kind="primary" type="submit">
            {VERSIONS.name}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
