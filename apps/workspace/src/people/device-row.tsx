/** One device in the list: what it is called, since when it is yours, how it stands, and what can be done. */
import type { Device } from '@atoll/client';
import { useClient } from '@atoll/react';
import type { ReactElement } from 'react';
import { DEVICES } from '../copy/devices.ts';
import { moment } from '../copy/general.ts';
import { PEOPLE } from '../copy/workspace.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import type { DeviceQuestion } from './device-dialogs.tsx';
import { useDeviceAct } from './use-device-act.ts';

/** The row. */
export function DeviceRow(props: {
  readonly device: Device;
  readonly onAsk: (ask: DeviceQuestion) => void;
}): ReactElement {
  const { device, onAsk } = props;
  const { name, standing, thisDevice } = device;
  const isPhone = /phone|android|ipad/iu.test(name);
  return (
    <li data-testid="device" data-standing={standing}>
      <span className="device-icon">
        <Icon name={device.isPasskey ? 'key' : isPhone ? 'phone' : 'laptop'} />
      </span>
      <div className="grow">
        <div className="line" style={{ flexWrap: 'wrap', columnGap: 'var(--s2)', rowGap: 0 }}>
          <span className="strong">{name}</span>
          <Chip device={device} />
        </div>
        <div className="meta">{standing === 'active' ? addedText(device) : stopText(device)}</div>
      </div>
      {thisDevice ? (
        <Button kind="quiet" onClick={() => onAsk('rename')}>
          {DEVICES.rename}
        </Button>
      ) : (
        <OfAnother device={device} onAsk={onAsk} />
      )}
      <NoVote device={device} />
    </li>
  );
}

function Chip({ device }: { readonly device: Device }): ReactElement | null {
  const { standing, thisDevice } = device;
  if (thisDevice) return <span className="chip ok">{PEOPLE.thisDevice}</span>;
  if (standing === 'active') return null;
  return <span className="chip warn">{DEVICES[STANDING_WORDS[standing]]}</span>;
}

const STANDING_WORDS = { suspended: 'stopped', removed: 'removed' } as const;

function OfAnother(props: {
  readonly device: Device;
  readonly onAsk: (ask: DeviceQuestion) => void;
}): ReactElement {
  const { device, onAsk } = props;
  const { name, onlyByWords, standing } = device;
  const remove: MenuEntry = {
    label: DEVICES.removeForGood,
    detail: DEVICES.removeForGoodDetail,
    danger: true,
    onSelect: () => onAsk('remove'),
  };
  const entries: readonly MenuEntry[] = [
    { label: DEVICES.rename, onSelect: () => onAsk('rename') },
    ...(standing === 'removed' ? [] : [remove]),
  ];
  return (
    <span className="line">
      {standing === 'active' ? (
        // What the words have brought back, only they stop.
        <Button className="danger" onClick={() => onAsk(onlyByWords ? 'remove' : 'stop')}>
          {DEVICES.stop}
        </Button>
      ) : (
        <Button onClick={() => onAsk('restore')}>{DEVICES.bringBack}</Button>
      )}
      <Menu
        align="end"
        trigger={<IconButton icon="more" label={DEVICES.more(name)} />}
        entries={entries}
      />
    </span>
  );
}

/** Let in by one device alone, it waits for another one to say that it is not a stranger's. */
function NoVote({ device }: { readonly device: Device }): ReactElement | null {
  const { devices } = useClient().halo;
  const { busy, problem, run } = useDeviceAct();
  const { admittedBy, isPasskey, key, mayAgree, name, standing, thisDevice, votes } = device;
  if (votes || isPasskey || standing !== 'active' || thisDevice || admittedBy === undefined)
    return null;
  if (!mayAgree) {
    return (
      <div className="whole">
        <NoteLine what={DEVICES.noVoteHere} means={DEVICES.noVoteElsewhere} />
      </div>
    );
  }
  const agree = async (): Promise<string> => {
    await devices.agree(key);
    const hasVote = devices.get().some((one) => one.key === key && one.votes);
    return hasVote ? DEVICES.agreed(name) : DEVICES.agreedLater(name, admittedBy);
  };
  return (
    <div className="whole">
      <NoteLine what={DEVICES.noVote(admittedBy)} means={problem ?? DEVICES.noVoteMeans}>
        <Button aria-busy={busy} onClick={() => void run(agree)}>
          {DEVICES.mine}
        </Button>
      </NoteLine>
    </div>
  );
}

function addedText({ admittedAtMs, admittedBy, isPasskey, state, thisDevice }: Device): string {
  const added =
    admittedAtMs === undefined
      ? unlistedText(admittedBy)
      : `${PEOPLE.added(moment(admittedAtMs, Date.now()))}${DEVICES.by(admittedBy ?? '')}`;
  if (thisDevice) return added;
  if (isPasskey) return `${added}. ${DEVICES.passkey}`;
  return `${added}. ${state === 'here' ? PEOPLE.connected : PEOPLE.away}.`;
}

/** Nobody has written it down: that it is there is known from the identity alone. */
function unlistedText(admittedBy: string | undefined): string {
  return admittedBy === undefined ? DEVICES.first : DEVICES.unlisted(admittedBy);
}

function stopText({ notes, standing }: Device): string {
  const words = notes.filter(({ says }) => says === 'goes' || says === 'goes-and-wipes').at(-1);
  if (words !== undefined) {
    const says = words.says === 'goes' ? DEVICES.removedByWords : DEVICES.toWipe;
    return says(moment(words.atMs, Date.now()));
  }
  if (standing === 'removed') return DEVICES.removedByDevices;
  const last = notes.find(({ says }) => says === 'suspended');
  return DEVICES.stoppedBy(last?.byName ?? '', moment(last?.atMs ?? 0, Date.now()));
}
