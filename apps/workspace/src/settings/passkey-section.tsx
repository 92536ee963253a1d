/** Settings of passkeys: which there are, what they do, adding and removing. */
import type { Passkey } from '@atoll/client';
import { useClient, useLive } from '@atoll/react';
import { useEffect, useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { dayOf } from '../copy/general.ts';
import { PASSKEYS, passkeyProblem } from '../copy/passkeys.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useToast } from '../ui/toast.tsx';

type Doing = { readonly at: 'adding' } | { readonly at: 'removing'; readonly passkey: Passkey };

/** The section. */
export function PasskeySection(): ReactElement {
  const client = useClient();
  const { passkeys } = client.halo;
  const list = useLive(passkeys);
  const toast = useToast();
  const [doing, setDoing] = useState<Doing | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const isSupported = usePasskeys();
  const openWith = async ({ key, name }: Passkey): Promise<void> => {
    setProblem(undefined);
    try {
      await passkeys.openWith(key);
      toast({ text: PASSKEYS.opensNow(name) });
    } catch (failure) {
      setProblem(passkeyProblem(codeOf(failure)));
    }
  };
  return (
    <>
      <p className="ink-2">{isSupported === false ? PASSKEYS.unsupported : PASSKEYS.intro}</p>
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
      <div className="rows">
        {list.map((passkey) => (
          <div key={passkey.key} data-testid="passkey" data-way={passkey.way}>
            <Icon name="key" />
            <div className="grow">
              <div className="cut">{passkey.name}</div>
              <div className="meta">{stateOf(passkey)}</div>
            </div>
            {client.isProtected && !passkey.opensThisDevice && isSupported === true ? (
              <Button
                aria-label={PASSKEYS.openWithName(passkey.name)}
                onClick={() => void openWith(passkey)}
              >
                {PASSKEYS.openWith}
              </Button>
            ) : null}
            <Button
              aria-label={PASSKEYS.removeName(passkey.name)}
              onClick={() => setDoing({ at: 'removing', passkey })}
            >
              {PASSKEYS.remove}
            </Button>
          </div>
        ))}
        {isSupported === true ? (
          <div>
            <Icon name="plus" />
            <span className="grow">{list.length === 0 ? PASSKEYS.none : PASSKEYS.another}</span>
            <Button onClick={() => setDoing({ at: 'adding' })}>{PASSKEYS.add}</Button>
          </div>
        ) : null}
      </div>
      {doing?.at === 'adding' ? <AddPasskey onClose={() => setDoing(undefined)} /> : null}
      {doing?.at === 'removing' ? (
        <RemovePasskey passkey={doing.passkey} onClose={() => setDoing(undefined)} />
      ) : null}
    </>
  );
}

/** Whether passkeys are of any use here; `undefined` until that is known. */
export function usePasskeys(): boolean | undefined {
  const { passkeys } = useClient().halo;
  const [isSupported, setSupported] = useState<boolean | undefined>(undefined);
  useEffect(() => {
    void passkeys.isSupported().then(setSupported);
  }, [passkeys]);
  return isSupported;
}

function AddPasskey({ onClose }: { readonly onClose: () => void }): ReactElement {
  const client = useClient();
  const { passkeys } = client.halo;
  const toast = useToast();
  const [name, setName] = useState(PASSKEYS.nameNew(passkeys.get().length));
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const add = async (): Promise<void> => {
    const called = name.trim();
    if (called === '') setProblem(PASSKEYS.nameMissing);
    if (called === '' || busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const { key } = await passkeys.add({ name: called });
      const opens = passkeys.get().find((one) => one.key === key)?.opensThisDevice === true;
      toast({ text: opens ? PASSKEYS.addedAndOpens(called) : PASSKEYS.added(called) });
      onClose();
    } catch (failure) {
      setProblem(passkeyProblem(codeOf(failure)));
      setBusy(false);
    }
  };
  return (
    <FormDialog
      keep
      title={PASSKEYS.addTitle}
      describe={PASSKEYS.addLead}
      submit={PASSKEYS.add}
      busy={busy}
      onSubmit={() => void add()}
      onClose={onClose}
    >
      <Field
        label={PASSKEYS.name}
        autoComplete="off"
        problem={problem}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
    </FormDialog>
  );
}

function RemovePasskey(props: {
  readonly passkey: Passkey;
  readonly onClose: () => void;
}): ReactElement {
  const { passkeys } = useClient().halo;
  const toast = useToast();
  const { key, name } = props.passkey;
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const remove = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await passkeys.remove(key);
      toast({ text: PASSKEYS.removed(name) });
      props.onClose();
    } catch (failure) {
      setProblem(passkeyProblem(codeOf(failure)));
      setBusy(false);
    }
  };
  return (
    <FormDialog
      title={PASSKEYS.removeTitle(name)}
      describe={PASSKEYS.removeLead}
      submit={PASSKEYS.remove}
      busy={busy}
      onSubmit={() => void remove()}
      onClose={props.onClose}
    >
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
    </FormDialog>
  );
}

function stateOf({ addedAtMs, opensThisDevice, way }: Passkey): string {
  const when = dayOf(addedAtMs);
  const parts = [PASSKEYS.since(when), way === 'kept' ? PASSKEYS.kept : PASSKEYS.waiting];
  return [...parts, ...(opensThisDevice ? [PASSKEYS.opens] : [])].join(', ');
}
