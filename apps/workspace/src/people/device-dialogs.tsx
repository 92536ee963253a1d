/** What can be done about a device, each after saying what it does: another name, stopping, bringing back, removing. */
import type { Device } from '@atoll/client';
import { useClient } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { BRING_BACK, DEVICES, REMOVE_DEVICE, STOP } from '../copy/devices.ts';
import { moment } from '../copy/general.ts';
import { ChoiceLine } from '../ui/choice-line.tsx';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { WordsField } from '../welcome/words-field.tsx';
import { useDeviceAct } from './use-device-act.ts';

/** What is asked. */
export type DeviceQuestion = 'rename' | 'stop' | 'restore' | 'remove';

interface AboutDevice {
  readonly device: Device;
  readonly onClose: () => void;
}

/** The dialog of a question. */
export function DeviceDialog({
  ask,
  ...about
}: AboutDevice & { readonly ask: DeviceQuestion }): ReactElement {
  if (ask === 'rename') return <Rename {...about} />;
  if (ask === 'stop') return <Stop {...about} />;
  return <WithWords {...about} ask={ask} />;
}

function Rename({ device, onClose }: AboutDevice): ReactElement {
  const { devices } = useClient().halo;
  const [name, setName] = useState(device.name);
  const { busy, problem, run } = useDeviceAct();
  const submit = async (): Promise<void> => {
    const trimmed = name.trim();
    if (trimmed === '') return;
    const isDone = await run(async () => {
      await devices.rename(device.key, trimmed);
      return DEVICES.renamed(trimmed);
    });
    if (isDone) onClose();
  };
  return (
    <FormDialog
      title={DEVICES.renameTitle}
      testId="rename-device"
      submit={DEVICES.rename}
      busy={busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Field
        label={DEVICES.name}
        value={name}
        maxLength={80}
        problem={problem}
        onChange={(event) => setName(event.target.value)}
      />
    </FormDialog>
  );
}

function Stop({ device, onClose }: AboutDevice): ReactElement {
  const { devices } = useClient().halo;
  const { busy, problem, run } = useDeviceAct();
  const { key, lastWroteMs, name } = device;
  const submit = async (): Promise<void> => {
    const isDone = await run(async () => {
      await devices.suspend(key);
      return STOP.done(name);
    });
    if (isDone) onClose();
  };
  return (
    <FormDialog
      title={STOP.title(name)}
      testId="stop-device"
      submit={STOP.submit}
      danger
      busy={busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <dl className="consequences">
        <dt>{STOP.once}</dt>
        <dd>{STOP.onceMeans}</dd>
        <dt>{STOP.next}</dt>
        <dd>{STOP.nextMeans}</dd>
        <dt>{STOP.nobody}</dt>
        <dd>{STOP.nobodyMeans}</dd>
        <dt>{STOP.back}</dt>
        <dd>{STOP.backMeans}</dd>
      </dl>
      {lastWroteMs === undefined ? null : (
        <NoteLine icon="clock" means={STOP.last(moment(lastWroteMs, Date.now()))} />
      )}
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
    </FormDialog>
  );
}

/** What only the words decide. */
function WithWords({
  ask,
  device,
  onClose,
}: AboutDevice & { readonly ask: 'restore' | 'remove' }): ReactElement {
  const { devices } = useClient().halo;
  const [words, setWords] = useState('');
  const [wipe, setWipe] = useState(false);
  const { busy, forget, problem, run } = useDeviceAct();
  const { key, name } = device;
  const says = ask === 'restore' ? BRING_BACK : REMOVE_DEVICE;
  const submit = async (): Promise<void> => {
    const isDone = await run(async () => {
      if (ask === 'restore') await devices.restore(words, key);
      else await devices.remove(key, words, { wipe });
      return says.done(name);
    });
    if (!isDone) return;
    setWords('');
    onClose();
  };
  return (
    <FormDialog
      keep
      title={says.title(name)}
      describe={says.lead}
      testId={`${ask}-device`}
      submit={says.submit}
      danger={ask === 'remove'}
      busy={busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <WordsField
        value={words}
        problem={problem}
        onChange={(value) => {
          setWords(value);
          forget();
        }}
      />
      {ask === 'remove' ? (
        <ChoiceLine
          label={REMOVE_DEVICE.wipe}
          means={REMOVE_DEVICE.wipeMeans}
          value={wipe}
          onChange={setWipe}
        />
      ) : null}
    </FormDialog>
  );
}
