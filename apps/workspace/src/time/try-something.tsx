/** Makes a branch: of everything, or of the thing that is open. */
import type { Space } from '@atoll/client';
import { useClient, useObject } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { useNavigation } from '../app/navigation.tsx';
import type { Place } from '../app/place.ts';
import { BRANCHES } from '../copy/time.ts';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { growBranch, useBranchesOf } from './branches.ts';
import { failureWords } from './failure-words.ts';

/** Characters of a branch's name; it must fit where it is shown. */
const NAME_CHARACTERS_MAX = 80;
/** Characters of a title on a button. */
const TITLE_CHARACTERS_MAX = 24;

/** The object that is open at a place. */
function openAt(place: Place): string | undefined {
  if (place.at !== 'space') return undefined;
  return place.open ?? (place.view.on === 'notes' ? place.view.note : undefined);
}

/** The dialog. */
export function TrySomething(props: {
  readonly space: Space;
  readonly onClose: () => void;
}): ReactElement {
  const { space, onClose } = props;
  const client = useClient();
  const { place, go } = useNavigation();
  const origin = space.name.get();
  const { open, aside } = useBranchesOf(space);
  const [name, setName] = useState(BRANCHES.suggested(origin, open.length + aside.length));
  const [what, setWhat] = useState<'everything' | 'this'>('everything');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [isMaking, setMaking] = useState(false);
  const object = useObject(space, openAt(place));
  const title = typeof object?.['title'] === 'string' ? object['title'] : '';
  const submit = async (): Promise<void> => {
    if (isMaking) return;
    setMaking(true);
    try {
      const made = await growBranch(client, space, {
        name: name.trim() === '' ? BRANCHES.suggested(origin, 0) : name.trim(),
        ...(what === 'this' && object !== undefined ? { objects: [object.id] } : {}),
      });
      const isNote = object?.$type === 'Note';
      const view = isNote ? ({ on: 'notes' } as const) : ({ on: 'tasks', as: 'list' } as const);
      go({ at: 'space', space: made.id, view });
    } catch (failure) {
      setProblem(failureWords(codeOf(failure), BRANCHES.failed));
      setMaking(false);
    }
  };
  return (
    <FormDialog
      title={BRANCHES.tryTitle(origin)}
      describe={BRANCHES.lead}
      submit={BRANCHES.make}
      busy={isMaking}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Field
        label={BRANCHES.nameField}
        autoFocus
        maxLength={NAME_CHARACTERS_MAX}
        value={name}
        problem={problem}
        onChange={(event) => setName(event.target.value)}
      />
      {object === undefined ? null : (
        <Segmented
          label={BRANCHES.what}
          value={what}
          parts={[
            { value: 'everything', label: BRANCHES.everything },
            { value: 'this', label: BRANCHES.onlyThis(title.slice(0, TITLE_CHARACTERS_MAX)) },
          ]}
          onChange={setWhat}
        />
      )}
    </FormDialog>
  );
}
