/** One's own devices, and the way to add another. */
import type { Device } from '@atoll/client';
import { useDevices } from '@atoll/react';
import type { ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { moment } from '../copy/general.ts';
import { FRAME, PEOPLE } from '../copy/workspace.ts';
import { WordsReminder } from '../settings/words-reminder.tsx';
import { Bar } from '../shell/bar.tsx';
import type { WordsState } from '../shell/workspace.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

/** The page of devices. */
export function Devices(props: WordsState): ReactElement {
  const devices = useDevices();
  const { lay } = useNavigation();
  return (
    <>
      <Bar title={FRAME.devices}>
        <Button kind="primary" icon="plus" onClick={() => lay('add-device')}>
          {PEOPLE.addDevice}
        </Button>
      </Bar>
      <div className="scroll">
        <div className="column">
          <WordsReminder {...props} />
          <h2>{PEOPLE.yourDevices}</h2>
          <p className="small ink-2" style={{ marginBottom: 'var(--s3)' }}>
            {PEOPLE.devicesLead}
          </p>
          <ul className="rows">
            {devices.map((device) => (
              <Row key={device.key} device={device} />
            ))}
          </ul>
        </div>
      </div>
    </>
  );
}

function Row({ device }: { readonly device: Device }): ReactElement {
  const isPhone = /phone|android|ipad/iu.test(device.name);
  const { thisDevice, state, admittedAtMs } = device;
  return (
    <li data-testid="device">
      <span className="device-icon">
        <Icon name={isPhone ? 'phone' : 'laptop'} />
      </span>
      <div className="grow">
        <div className="strong">{device.name}</div>
        <div className="meta">
          {PEOPLE.added(moment(admittedAtMs, Date.now()))}
          {thisDevice ? '' : `. ${state === 'here' ? PEOPLE.connected : PEOPLE.away}.`}
        </div>
      </div>
      {thisDevice ? <span className="chip ok">{PEOPLE.thisDevice}</span> : null}
    </li>
  );
}
