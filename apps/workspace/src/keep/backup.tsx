/** Saves all spaces as one file, under one passphrase. */
import { useClient } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { CANCEL } from '../copy/general.ts';
import { BACKUP, SAVE } from '../copy/keep.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useToast } from '../ui/toast.tsx';
import { PassphraseField } from './passphrase-field.tsx';
import { saveFile } from './save-file.ts';
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
      toast({
        text:
          saved.missing === 0
            ? BACKUP.saved(spaces.length)
            : SAVE.savedWithout(name, saved.missing),
      });
    } catch (caught) {
      setSaving(undefined);
      setFailure(codeOf(caught) ?? '');
    }
  };
  return (
    <Dialog title={BACKUP.title} describe={BACKUP.lead} testId="backup" onClose={onClose}>
      <form
        className="pile"
        style={{ gap: 'var(--s4)' }}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
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
          <NoteLine
            kind="danger"
            means={failure === 'CLIENT_ARCHIVE_PRUNED' ? SAVE.pruned : SAVE.failed}
            code={failure}
            live
          />
        )}
        <div className="line" style={{ justifyContent: 'flex-end' }}>
          <span className="grow small ink-2" role="status">
            {saving}
          </span>
          <Button kind="quiet" onClick={onClose}>
            {CANCEL}
          </Button>
          <Button kind="primary" icon="download" type="submit" aria-busy={saving !== undefined}>
            {BACKUP.button}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
