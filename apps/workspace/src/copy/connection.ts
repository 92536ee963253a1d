/** Words for how data travels and where it is. Never more than is known. */
import type { Path, SpaceRefusalStatus, SpaceStatus } from '@atoll/client';
import { counted } from './general.ts';
import { say } from './say.ts';

/** The short text of the pill. */
export function pillText(status: SpaceStatus, online: boolean): string {
  const { connection, unsentBlocks, directPeers, relayPeers } = status;
  if (!online || connection === 'offline') {
    return unsentBlocks > 0 ? `Offline, ${unsentBlocks.toLocaleString()} to send` : 'Offline';
  }
  if (connection === 'alone') return 'Nobody else here';
  const all = directPeers + relayPeers;
  if (relayPeers === 0) return `Direct to ${String(all)}`;
  return relayPeers === all
    ? `Relay to ${String(all)}`
    : `Relay to ${String(relayPeers)} of ${String(all)}`;
}

/** The heading of the popover. */
export function headline(status: SpaceStatus, online: boolean, people: number): string {
  if (!online) return 'You work offline';
  switch (status.connection) {
    case 'offline':
      return 'You are not connected';
    case 'alone':
      return 'You are connected, nobody else is here';
    default:
      return people === 0
        ? 'Your devices are connected'
        : `You and ${counted(people, 'other', 'others')} are connected`;
  }
}

/** Whether the work is safe here. */
export function safeHere(status: SpaceStatus): string {
  return status.durable ? 'Everything is saved on this device.' : 'Saving on this device…';
}

/** What has not reached anybody, or that everything has. `undefined` where nothing can be known. */
export function waitingText(status: SpaceStatus): string | undefined {
  const { incomplete, unsentBlocks, mailbox, peers } = status;
  if (unsentBlocks > 0) {
    return `${counted(unsentBlocks, 'change has', 'changes have')} not left this device yet.`;
  }
  if (incomplete === true) return 'Earlier changes of others are still missing here.';
  if (mailbox === 'has-everything') return 'The server holds a sealed copy of everything.';
  if (mailbox === 'behind') return 'The server’s sealed copy is still catching up.';
  if (peers.some((peer) => peer.upToDate)) return 'Someone who is here has everything.';
  return undefined;
}

/** What is to be done where keys are missing. `undefined`: none are. */
export function keysText({ keysMissing }: SpaceStatus): string | undefined {
  if (keysMissing !== true) return undefined;
  return 'Some changes of others cannot be shown here yet: this device was not given the key to them. They appear once one of your other devices, or someone else in this space, is connected at the same time as this one.';
}

/** What is wrong with the server's copy. `undefined`: nothing that is known. */
export function serverWarning({ mailbox, warning }: SpaceStatus): string | undefined {
  if (warning === undefined) return undefined;
  const lost = 'The server had lost changes that it once held.';
  return mailbox === 'has-everything'
    ? say`${lost} It has them again; nothing is missing here.`
    : say`${lost} They are being sent to it again; nothing is missing here.`;
}

/** Why the server takes nothing from here. `undefined` where it does. */
export function closedServer({ mailboxReadsOnly }: SpaceStatus): string | undefined {
  return mailboxReadsOnly === true
    ? 'The server takes nothing from you yet: you have not been given the key for that. It comes as soon as somebody else of this space is here.'
    : undefined;
}

/** Why a device that is connected exchanges nothing of this space. */
export function refusalText({ displayName, why }: SpaceRefusalStatus): string {
  const who = displayName === '' ? 'Someone’s device' : say`${displayName}’s device`;
  switch (why) {
    case 'MESH_NOT_A_MEMBER':
      return say`${who} has not heard yet that you are in this space. It goes on by itself once it has.`;
    case 'MESH_REMOVED':
      return say`${who} says that this device is not in this space any more. What is here stays, and nothing new comes from there.`;
    case 'MESH_SPACE_LEFT':
      return say`${who} does not have this space any more.`;
  }
}

/** How one device is reached. */
export const PATHS: Readonly<Record<Path, string>> = {
  direct: 'Direct',
  relay: 'Relay',
  tabs: 'This browser',
};

/** The connection popover. */
export const CONNECTION = {
  label: 'Connection',
  inSpace: 'In this space',
  yours: 'Yours',
  server: 'Server',
  servers: 'Servers',
  serverHas: 'Holds a sealed copy. Up to date.',
  serverBehind: 'Holds a sealed copy. Catching up.',
  serverNone: 'Passes data on. Holds no copy of this space.',
  upToDate: 'Up to date.',
  catchingUp: 'Catching up.',
  milliseconds: (ms: number): string => `${Math.max(1, Math.round(ms)).toLocaleString()} ms.`,
  relaySees:
    'A relay passes on sealed data. It can see when and how much, and from which internet address. It cannot see who you are or what you write.',
  everythingWorks: 'Everything works. What you change is sent when someone is reachable.',
  workOffline: 'Work offline',
  receiving: (space: string): string => say`Receiving ${space}`,
  progress: (at: {
    readonly received: number;
    readonly expected: number;
    readonly objects: number;
  }): string => {
    const share = Math.floor((100 * at.received) / Math.max(1, at.expected));
    return `${counted(at.objects, 'thing', 'things')} so far, ${String(share)} %`;
  },
  progressMeans:
    'You can use what is here already. Closing the window is fine: it goes on from this point.',
} as const;
