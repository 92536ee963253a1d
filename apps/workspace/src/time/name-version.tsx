/** Asks for a name of the present. */
import type { Space } from '@atoll/client';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { UNDO } from '../copy/general.ts';
import { VERSIONS } from '../copy/time.ts';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
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
    <FormDialog
      title={VERSIONS.name}
      describe={VERSIONS.lead}
      submit={VERSIONS.name}
      onSubmit={submit}
      onClose={onClose}
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
    </FormDialog>
  );
}
