/** How this space is connected now: the pill, and behind it what is known. */
import type { PeerStatus, Space, SpaceStatus } from '@atoll/client';
import { useClient, useIdentity, useLive, useNetwork, useStatus } from '@atoll/react';
import { Switch } from 'radix-ui';
import { useEffect, useId, useState, type ReactElement } from 'react';
import {
  CONNECTION,
  headline,
  PATHS,
  pillText,
  refusalText,
  safeHere,
  closedServer,
  serverWarning,
  keysText,
  waitingText,
} from '../copy/connection.ts';
import { Popover } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Ring } from '../ui/ring.tsx';
import { usePhone } from '../ui/use-media.ts';
import { useCommand } from './commands.tsx';

/** A state is shown only when it lasted this long, except that offline becomes online at once. */
const SETTLE_MS = 800;

/** The pill with its popover. */
export function Connection({ space }: { readonly space: Space }): ReactElement {
  const [open, setOpen] = useState(false);
  const { online } = useNetwork();
  const phone = usePhone();
  const status = useSettled(useStatus(space));
  const text = pillText(status, online);
  useCommand('connection', () => setOpen(true));
  return (
    <Popover
      title={CONNECTION.label}
      open={open}
      onOpen={setOpen}
      testId="connection-popover"
      trigger={
        <button
          type="button"
          className={phone ? 'pill icon-only' : 'pill'}
          data-testid="connection"
          data-connection={online ? status.connection : 'offline'}
          aria-label={`${CONNECTION.label}: ${text}`}
        >
          <Ring how={online ? status.connection : 'offline'} />
          <span>{text}</span>
        </button>
      }
    >
      <Details space={space} status={status} online={online} />
    </Popover>
  );
}

function useSettled(status: SpaceStatus): SpaceStatus {
  const [shown, setShown] = useState(status);
  const atOnce =
    shown.connection === status.connection ||
    (shown.connection === 'offline' && status.connection !== 'offline');
  useEffect(() => {
    const timer = setTimeout(() => setShown(status), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [status]);
  return atOnce ? status : shown;
}

function Details(props: {
  readonly space: Space;
  readonly status: SpaceStatus;
  readonly online: boolean;
}): ReactElement {
  const { status, online } = props;
  const me = useIdentity();
  const name = useLive(props.space.name);
  const others = status.peers.filter((peer) => peer.id !== me?.id);
  const mine = status.peers.filter((peer) => peer.id === me?.id);
  const people = new Set(others.map((peer) => peer.id)).size;
  const waiting = waitingText(status);
  return (
    <>
      <div className="part pile">
        <h2 className="line">
          <Ring how={online ? status.connection : 'offline'} />
          {headline(status, online, people)}
        </h2>
        <p className="line small">
          <Icon name={status.durable ? 'check' : 'clock'} />
          {safeHere(status)}
        </p>
        {waiting === undefined ? null : (
          <p className="line small">
            <Icon name={status.unsentBlocks > 0 ? 'clock' : 'check'} />
            {waiting}
          </p>
        )}
        <Troubles status={status} />
        {status.receiving === undefined ? null : (
          <p className="line small">
            <Icon name="busy" turning />
            {CONNECTION.receiving(name)}: {CONNECTION.progress(status.receiving)}
          </p>
        )}
      </div>
      <div className="part">
        <Peers title={CONNECTION.inSpace} peers={others} />
        <Peers title={CONNECTION.yours} peers={mine} />
        <Servers status={status} />
      </div>
      <p className="part meta">
        {online && status.connection !== 'offline'
          ? CONNECTION.relaySees
          : CONNECTION.everythingWorks}
      </p>
      <OfflineSwitch />
    </>
  );
}

/** What does not go as it should, each thing once. */
function Troubles({ status }: { readonly status: SpaceStatus }): ReactElement {
  const warning = serverWarning(status);
  const keys = closedServer(status) ?? keysText(status);
  const texts = [
    ...(warning === undefined ? [] : [warning]),
    ...(keys === undefined ? [] : [keys]),
    ...(status.refusals ?? []).map((refusal) => refusalText(refusal)),
  ];
  return (
    <>
      {[...new Set(texts)].map((text) => (
        <p key={text} className="line small" data-testid="connection-trouble">
          <Icon name="warning" />
          {text}
        </p>
      ))}
    </>
  );
}

function Peers(props: {
  readonly title: string;
  readonly peers: readonly PeerStatus[];
}): ReactElement | null {
  if (props.peers.length === 0) return null;
  return (
    <>
      <h3>{props.title}</h3>
      <ul>
        {props.peers.map((peer, index) => (
          <li key={index} className="peer">
            <Icon name="laptop" />
            <div className="grow">
              <div className="small cut">
                {[peer.displayName, peer.deviceName ?? ''].filter((part) => part !== '').join(', ')}
              </div>
              <div className="meta numbers">
                {peer.rttMs === undefined ? '' : `${CONNECTION.milliseconds(peer.rttMs)} `}
                {peer.upToDate ? CONNECTION.upToDate : CONNECTION.catchingUp}
              </div>
            </div>
            <span className="line meta">
              <Ring how={peer.path} />
              {PATHS[peer.path]}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Servers({ status }: { readonly status: SpaceStatus }): ReactElement | null {
  const { kubes } = useNetwork();
  if (kubes.length === 0) return null;
  const holds = {
    none: CONNECTION.serverNone,
    behind: CONNECTION.serverBehind,
    'has-everything': CONNECTION.serverHas,
  }[status.mailbox];
  return (
    <>
      <h3>{kubes.length === 1 ? CONNECTION.server : CONNECTION.servers}</h3>
      <ul>
        {kubes.map((kube) => (
          <li key={kube.url} className="peer">
            <Icon name="cloud" />
            <div className="grow">
              <div className="small cut">{kube.url}</div>
              <div className="meta">{kube.connected ? holds : null}</div>
            </div>
            <span className="line meta">
              <Ring how={kube.connected ? 'direct' : 'offline'} />
              {kube.connected ? 'Connected' : 'Not connected'}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The switch "Work offline". */
function OfflineSwitch(): ReactElement {
  const { network } = useClient();
  const { online } = useNetwork();
  const id = useId();
  return (
    <div className="foot">
      <label className="grow small" htmlFor={id}>
        {CONNECTION.workOffline}
      </label>
      <Switch.Root
        id={id}
        className="switch"
        data-testid="work-offline"
        checked={!online}
        onCheckedChange={(checked) => network.setOnline(!checked)}
      >
        <Switch.Thumb asChild>
          <span />
        </Switch.Thumb>
      </Switch.Root>
    </div>
  );
}
