/** Names a space: a new one, or one that is there. */
import type { Space } from '@atoll/client';
import { useClient } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { useNavigation } from '../app/navigation.tsx';
import { FRAME } from '../copy/workspace.ts';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';

/** Characters of a space's name; it must fit where it is shown. */
const NAME_CHARACTERS_MAX = 80;

/** The dialog. Without a space it makes one. */
export function NameSpaceDialog(props: {
  readonly space?: Space;
  readonly onClose: () => void;
}): ReactElement {
  const client = useClient();
  const { go } = useNavigation();
  const [name, setName] = useState(props.space?.name.get() ?? '');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const submit = async (): Promise<void> => {
    const trimmed = name.trim();
    if (trimmed === '') {
      setProblem(FRAME.nameMissing);
      return;
    }
    try {
      if (props.space === undefined) {
        const made = await client.spaces.create({ name: trimmed });
        go({ at: 'space', space: made.id, view: { on: 'tasks', as: 'list' } });
      } else {
        props.space.rename(trimmed);
        props.onClose();
      }
    } catch (failure) {
      setProblem(codeOf(failure) ?? FRAME.crashTitle);
    }
  };
  return (
    <FormDialog
      title={props.space === undefined ? FRAME.newSpace : FRAME.rename}
      submit={props.space === undefined ? FRAME.create : FRAME.rename}
      onSubmit={() => void submit()}
      onClose={props.onClose}
    >
      <Field
        label={FRAME.spaceName}
        hint={FRAME.spaceNameHint}
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
