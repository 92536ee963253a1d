/** Saves all spaces as one file, under one passphrase. */
import { useClient } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { BACKUP, SAVE } from '../copy/keep.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useToast } from '../ui/toast.tsx';
import { PassphraseField } from './passphrase-field.tsx';
import { saveFailureWords, saveFile } from './save-file.ts';
import { collectAll } from './space-file.ts';

/** The dialog. */
export function Backup({ onClose }: { readonly onClose: () => void }): ReactElement {
  const client = useClient();
  const toast = useToast();
  const [passphrase, setPassphrase] = useState('');
  const [missing, setMissing] = useState(false);
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const [saving, setSaving] = useState<string | undefined>(undefined);
  const save = async (): Promise<void> => {
    if (saving !== undefined) return;
    setMissing(passphrase === '');
    if (passphrase === '') return;
    const spaces = client.spaces.list.get();
    try {
      const saved = await collectAll(spaces, {
        passphrase,
        onSpace: (at, space) => setSaving(BACKUP.progress(at, spaces.length, space.name.get())),
      });
      const day = new Date().toISOString().slice(0, 10);
      const name = `Atoll ${day}.zip`;
      saveFile(saved.content, name);
      onClose();
      const left = saved.left.length;
      if (left > 0) toast({ text: BACKUP.without(saved.left.join(', ')) });
      else if (saved.missing === 0) toast({ text: BACKUP.saved(spaces.length) });
      else toast({ text: SAVE.savedWithout(name, saved.missing) });
    } catch (caught) {
      setSaving(undefined);
      setFailure(codeOf(caught) ?? '');
    }
  };
  return (
    <FormDialog
      title={BACKUP.title}
      describe={BACKUP.lead}
      testId="backup"
      submit={BACKUP.button}
      submitIcon="download"
      busy={saving !== undefined}
      status={saving ?? ''}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <PassphraseField
        isNew
        label={SAVE.passphrase}
        hint={SAVE.passphraseHint}
        problem={missing ? BACKUP.passphraseMissing : undefined}
        value={passphrase}
        onChange={setPassphrase}
      />
      {failure === undefined ? null : (
        <NoteLine kind="danger" means={saveFailureWords(failure)} code={failure} live />
      )}
    </FormDialog>
  );
}
