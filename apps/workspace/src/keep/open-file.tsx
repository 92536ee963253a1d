/** Opens a file of a space or of a backup: chosen, or dropped onto the window. */
import type { Client, ImportedSpace } from '@atoll/client';
import { useClient } from '@atoll/react';
import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { useNavigation } from '../app/navigation.tsx';
import { OPEN_FILE } from '../copy/keep.ts';
import { percentText } from '../files/file-words.ts';
import { Button } from '../ui/button.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useToast } from '../ui/toast.tsx';
import { onDropped, takeDropped } from './dropped-file.ts';
import { PassphraseField } from './passphrase-field.tsx';
import { openSpaceFile, SPACE_FILE, spacesIn } from './space-file.ts';
import type { ZipEntry } from './zip.ts';

type State =
  | { readonly at: 'asked' }
  | { readonly at: 'reading'; readonly percent: string }
  | { readonly at: 'locked'; readonly wrong: boolean }
  | { readonly at: 'failed'; readonly text: string; readonly code: string | undefined };

const FAILURES: Readonly<Record<string, string>> = {
  CLIENT_ARCHIVE_DAMAGED: OPEN_FILE.damaged,
  WORKSPACE_ZIP_MALFORMED: OPEN_FILE.damaged,
};

/** The dialog. */
export function OpenFile({ onClose }: { readonly onClose: () => void }): ReactElement {
  const [passphrase, setPassphrase] = useState('');
  const { file, state, open } = useOpening(onClose);
  useEffect(() => {
    // What was dropped is opened at once.
    const begin = (): void => {
      const given = takeDropped();
      if (given !== undefined) void open(given, '');
    };
    begin();
    return onDropped(begin);
  }, [open]);
  const isLocked = state.at === 'locked';
  return (
    <FormDialog
      title={OPEN_FILE.title}
      describe={OPEN_FILE.lead}
      testId="open-file"
      keep={state.at === 'reading'}
      submit={isLocked ? OPEN_FILE.open : undefined}
      status={state.at === 'reading' ? OPEN_FILE.reading(state.percent) : ''}
      onSubmit={() => {
        if (file !== undefined) void open(file, passphrase);
      }}
      onClose={onClose}
    >
      <PickFile onFile={(picked) => void open(picked, '')} />
      {isLocked && file !== undefined ? (
        <>
          <NoteLine icon="key" means={OPEN_FILE.locked(file.name)} />
          <PassphraseField
            isNew={false}
            label={OPEN_FILE.passphrase}
            problem={state.wrong ? OPEN_FILE.wrong : undefined}
            value={passphrase}
            onChange={setPassphrase}
          />
        </>
      ) : null}
      {state.at === 'failed' ? (
        <NoteLine kind="danger" means={state.text} code={state.code} live />
      ) : null}
    </FormDialog>
  );
}

function PickFile(props: { readonly onFile: (file: File) => void }): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  return (
    <div className="line pick-file">
      <Button icon="attach" onClick={() => field.current?.click()}>
        {OPEN_FILE.pick}
      </Button>
      <span className="small ink-2">{OPEN_FILE.drop}</span>
      <input
        ref={field}
        type="file"
        hidden
        accept={`${SPACE_FILE},.zip`}
        data-testid="pick-space-file"
        onChange={(event) => {
          const [picked] = event.target.files ?? [];
          event.target.value = '';
          if (picked !== undefined) props.onFile(picked);
        }}
      />
    </div>
  );
}

function useOpening(onDone: () => void): {
  readonly file: File | undefined;
  readonly state: State;
  readonly open: (file: File, passphrase: string) => Promise<void>;
} {
  const client = useClient();
  const { go } = useNavigation();
  const toast = useToast();
  const [state, setState] = useState<State>({ at: 'asked' });
  const [shown, setShown] = useState<File>();
  const isReading = useRef(false);
  const open = useCallback(
    async (file: File, passphrase: string): Promise<void> => {
      // Its progress is shown; a second file is for afterwards.
      if (isReading.current) return;
      isReading.current = true;
      setShown(file);
      const onShare = (share: number): void =>
        setState({ at: 'reading', percent: percentText(share) });
      onShare(0);
      try {
        const entries = await spacesIn(file);
        const opened = await openAll(client, entries, { passphrase, onShare });
        const [first] = opened;
        if (first === undefined) {
          setState({ at: 'failed', text: OPEN_FILE.damaged, code: undefined });
          return;
        }
        onDone();
        go({ at: 'space', space: first.space, view: { on: 'tasks', as: 'list' } });
        toast({ text: openedWords(client, opened) });
      } catch (failure) {
        setState(failureState(codeOf(failure), passphrase));
      } finally {
        isReading.current = false;
      }
    },
    [client, go, onDone, toast],
  );
  return { file: shown, state, open };
}

async function openAll(
  client: Client,
  entries: readonly ZipEntry[],
  options: { readonly passphrase: string; readonly onShare: (share: number) => void },
): Promise<readonly (ImportedSpace & { readonly wasHere: boolean })[]> {
  const all = entries.reduce((sum, { content }) => sum + content.size, 0);
  const opened: (ImportedSpace & { readonly wasHere: boolean })[] = [];
  let before = 0;
  for (const { content } of entries) {
    const known = new Set(client.spaces.list.get().map(({ id }) => id));
    const found = await openSpaceFile(client, content, {
      passphrase: options.passphrase,
      onBytes: (bytes) => options.onShare((before + bytes) / Math.max(1, all)),
    });
    before += content.size;
    opened.push({ ...found, wasHere: known.has(found.space) });
  }
  return opened;
}

function openedWords(
  client: Client,
  opened: readonly (ImportedSpace & { readonly wasHere: boolean })[],
): string {
  const [first] = opened;
  if (first === undefined || opened.length > 1) return OPEN_FILE.openedMany(opened.length);
  const name = client.spaces.get(first.space)?.name.get() ?? '';
  if (!first.wasHere) return OPEN_FILE.opened(name);
  return first.blocks === 0 ? OPEN_FILE.nothingNew(name) : OPEN_FILE.added(name);
}

function failureState(code: string | undefined, passphrase: string): State {
  if (code === 'CLIENT_ARCHIVE_PASSPHRASE') return { at: 'locked', wrong: true };
  if (code === 'CLIENT_ARCHIVE_LOCKED') {
    // With a passphrase it can only be locked if there are no keys in it.
    return passphrase === ''
      ? { at: 'locked', wrong: false }
      : { at: 'failed', text: OPEN_FILE.noKeys, code };
  }
  const text = code === undefined ? OPEN_FILE.damaged : (FAILURES[code] ?? OPEN_FILE.failed);
  return { at: 'failed', text, code };
}
