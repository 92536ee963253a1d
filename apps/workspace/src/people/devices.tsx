/** One's own devices: what each is, the way to add another, and what can be done about one that is lost. */
import type { Device } from '@atoll/client';
import { useDevices } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { DEVICES } from '../copy/devices.ts';
import { FRAME, PEOPLE } from '../copy/workspace.ts';
import { WordsReminder } from '../settings/words-reminder.tsx';
import { Bar } from '../shell/bar.tsx';
import { WordsNotice } from '../shell/words-notice.tsx';
import type { WordsState } from '../shell/workspace.tsx';
import { Button } from '../ui/button.tsx';
import { DeviceDialog, type DeviceQuestion } from './device-dialogs.tsx';
import { DeviceRow } from './device-row.tsx';

/** The page of devices. */
export function Devices(props: WordsState): ReactElement {
  const devices = useDevices().map((device) =>
    device.name === '' ? { ...device, name: DEVICES.noName } : device,
  );
  const { lay } = useNavigation();
  const [asked, setAsked] = useState<{ key: string; ask: DeviceQuestion } | undefined>(undefined);
  const about = devices.find(({ key }) => key === asked?.key);
  const stopped = devices.filter(({ standing }) => standing !== 'active');
  const rowsOf = (some: readonly Device[]): ReactElement => (
    <ul className="rows">
      {some.map((device) => (
        <DeviceRow
          key={device.key}
          device={device}
          onAsk={(ask) => setAsked({ key: device.key, ask })}
        />
      ))}
    </ul>
  );
  return (
    <>
      <Bar title={FRAME.devices}>
        <Button kind="primary" icon="plus" onClick={() => lay('add-device')}>
          {PEOPLE.addDevice}
        </Button>
      </Bar>
      <div className="scroll">
        <div className="column">
          <WordsNotice />
          <WordsReminder {...props} />
          <h2>{PEOPLE.yourDevices}</h2>
          <p className="small ink-2" style={{ marginBottom: 'var(--s3)' }}>
            {PEOPLE.devicesLead}
          </p>
          {rowsOf(devices.filter(({ standing }) => standing === 'active'))}
          {stopped.length === 0 ? null : (
            <>
              <h2>{DEVICES.stoppedHeading}</h2>
              <p className="small ink-2" style={{ marginBottom: 'var(--s3)' }}>
                {DEVICES.stoppedLead}
              </p>
              <div data-testid="stopped-devices">{rowsOf(stopped)}</div>
            </>
          )}
        </div>
      </div>
      {asked === undefined || about === undefined ? null : (
        <DeviceDialog device={about} ask={asked.ask} onClose={() => setAsked(undefined)} />
      )}
    </>
  );
}
