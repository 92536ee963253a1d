/** Saves a space as a file: whole, or what is in it for other programs. */
import type { Space } from '@atoll/client';
import { useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { SAVE } from '../copy/keep.ts';
import { sizeText } from '../data/value-words.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useToast } from '../ui/toast.tsx';
import { PassphraseField } from './passphrase-field.tsx';
import { collectPlain, type PlainForm } from './plain-files.ts';
import { saveFailureWords, saveFile } from './save-file.ts';
import { collectSpace, fileName, SPACE_FILE } from './space-file.ts';

type Form = 'atoll' | PlainForm;

const FORMS: readonly Form[] = ['atoll', 'md', 'csv', 'json'];

/** The dialog. */
export function SaveSpace(props: {
  readonly space: Space;
  readonly onClose: () => void;
}): ReactElement {
  const { space, onClose } = props;
  const name = useLive(space.name);
  const [form, setForm] = useState<Form>('atoll');
  const [passphrase, setPassphrase] = useState('');
  const [files, setFiles] = useState(true);
  const { problem, saving, save } = useSaving(space, onClose);
  return (
    <FormDialog
      title={SAVE.title(name)}
      testId="save-space"
      submit={SAVE.save}
      submitIcon="download"
      busy={saving !== undefined}
      status={saving ?? ''}
      onSubmit={() => void save(form, { passphrase, files })}
      onClose={onClose}
    >
      <Forms form={form} onForm={setForm} />
      {form === 'atoll' ? (
        <>
          <PassphraseField
            isNew
            label={SAVE.passphrase}
            hint={passphrase === '' ? SAVE.passphraseNone : SAVE.passphraseHint}
            value={passphrase}
            onChange={setPassphrase}
          />
          <label className="line small check">
            <input
              type="checkbox"
              checked={files}
              onChange={(event) => setFiles(event.target.checked)}
            />
            {SAVE.files}
          </label>
        </>
      ) : (
        <NoteLine kind="warn" means={SAVE.whoPlain} />
      )}
      {problem === undefined ? null : (
        <NoteLine kind="danger" means={problem.text} code={problem.code} live />
      )}
    </FormDialog>
  );
}

function Forms(props: {
  readonly form: Form;
  readonly onForm: (form: Form) => void;
}): ReactElement {
  return (
    <fieldset className="choices">
      <legend className="label">{SAVE.form}</legend>
      {FORMS.map((each) => (
        <label key={each}>
          <input
            type="radio"
            name="form"
            checked={each === props.form}
            onChange={() => props.onForm(each)}
          />
          <span>
            <span className="strong">{SAVE.forms[each]}</span>
            {each === props.form ? <span className="hint">{SAVE.means[each]}</span> : null}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface Problem {
  readonly text: string;
  readonly code: string | undefined;
}

function useSaving(
  space: Space,
  onDone: () => void,
): {
  readonly problem: Problem | undefined;
  readonly saving: string | undefined;
  readonly save: (
    form: Form,
    options: { readonly passphrase: string; readonly files: boolean },
  ) => Promise<void>;
} {
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [saving, setSaving] = useState<string | undefined>(undefined);
  const toast = useToast();
  return {
    problem,
    saving,
    save: async (form, options) => {
      if (saving !== undefined) return;
      setProblem(undefined);
      setSaving(SAVE.saving(sizeText(0)));
      try {
        const file =
          form === 'atoll'
            ? {
                name: fileName(space.name.get(), SPACE_FILE),
                ...(await collectSpace(space, {
                  ...options,
                  onBytes: (bytes) => setSaving(SAVE.saving(sizeText(bytes))),
                })),
              }
            : await collectPlain(space, form);
        if (file === undefined) setProblem({ text: SAVE.nothing, code: undefined });
        else {
          const { content, missing, name } = file;
          saveFile(content, name);
          onDone();
          toast({ text: missing === 0 ? SAVE.saved(name) : SAVE.savedWithout(name, missing) });
        }
      } catch (failure) {
        const code = codeOf(failure);
        setProblem({ text: saveFailureWords(code), code });
      } finally {
        setSaving(undefined);
      }
    },
  };
}
