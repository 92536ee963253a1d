/** What is true about a space now, put together from the store's, the mesh's and the members' sides. */
import type { IdentityId } from '@atoll/kernel';
import type { Mesh, SpacePeer, SpaceStatus as MeshStatus } from '@atoll/mesh';
import type { Member, Path, PeerStatus, SpaceRefusalStatus, SpaceStatus } from './api.ts';
import type { SpaceFacts } from './space-facts.ts';

/** Silence after which somebody does not count as here. */
const HERE_WITHIN_MS = 15_000;

/** What the status is made from. */
export interface StatusSources {
  readonly space: SpaceFacts;
  readonly mesh: Mesh;
  readonly nowMs: number;
  /** Session key of this device, in hex: its other tabs and processes are nobody else. */
  readonly ownRemote: string;
  /** Names of one's own devices, by session key. */
  readonly deviceNames: ReadonlyMap<string, string>;
  /** Blocks that somebody else is known to have had. */
  readonly sharedBlocks: number;
  /** When somebody else was last known to have exactly what is here; milliseconds since 1970. */
  readonly inStepMs: number | undefined;
  /** Keys are missing that nobody who was here has given. */
  readonly isUnhelped: boolean;
  /** The words have brought this device back, and the space has not heard of it. */
  readonly isComingBack: boolean;
  /** When the space was last seen to change, milliseconds since 1970; 0: never. */
  readonly changedMs: number;
}

/** The status of a space. */
export function spaceStatus(sources: StatusSources): SpaceStatus {
  const { mesh, sharedBlocks, space } = sources;
  const known = mesh.spaceStatus(space.id);
  const isSettled = known?.settled === true;
  const peers = peersOf(sources, isSettled);
  const direct = peers.filter(({ path }) => path !== 'relay').length;
  const relay = peers.length - direct;
  const alone = mesh.reached.length > 0 ? 'alone' : 'offline';
  const { blocks } = space;
  const mailboxHas = known?.mailboxSettled === true ? 'has-everything' : 'behind';
  return {
    blocks,
    connection: direct > 0 ? 'direct' : relay > 0 ? 'relay' : alone,
    peers,
    directPeers: direct,
    relayPeers: relay,
    unsentBlocks: isSettled ? 0 : Math.max(0, blocks - sharedBlocks),
    durable: space.durable,
    mailbox: known?.mailbox === true ? mailboxHas : 'none',
    ...moments(sources, isSettled),
    ...exceptions(sources, known),
  };
}

/** A server, or the device of another member, is known now to have all that is here and durable. */
export function isHandedOver({ mesh, space }: StatusSources): boolean {
  if (!space.durable) return false;
  if (mesh.spaceStatus(space.id)?.mailboxSettled === true) return true;
  return mesh.peersOf(space.id).some(({ agreed, remote }) => {
    const identity = space.identityOf(remote);
    return agreed && identity !== undefined && identity !== space.me;
  });
}

/** When it last changed, and when others last had all of it. */
function moments(
  { changedMs, inStepMs }: StatusSources,
  isSettled: boolean,
): Pick<SpaceStatus, 'lastChangeMs' | 'lastInStepMs'> {
  return {
    ...(changedMs === 0 ? {} : { lastChangeMs: changedMs }),
    ...(isSettled || inStepMs === undefined ? {} : { lastInStepMs: inStepMs }),
  };
}

/** What is not said of a space with which all is well and still. */
function exceptions(
  sources: StatusSources,
  known: MeshStatus | undefined,
): Pick<
  SpaceStatus,
  | 'warning'
  | 'incomplete'
  | 'keysMissing'
  | 'mailboxReadsOnly'
  | 'comingBack'
  | 'refusals'
  | 'receiving'
> {
  const refusals = refusalsOf(sources);
  const { receiving, warning, waiting = 0 } = known ?? {};
  return {
    ...(warning === undefined ? {} : { warning }),
    ...(waiting === 0 ? {} : { incomplete: true }),
    ...(sources.isUnhelped ? { keysMissing: true } : {}),
    ...(known?.mailbox === true && sources.space.lacksPosting ? { mailboxReadsOnly: true } : {}),
    ...(sources.isComingBack ? { comingBack: true } : {}),
    ...(refusals.length === 0 ? {} : { refusals }),
    ...(receiving === undefined
      ? {}
      : {
          receiving: {
            received: receiving.blocks,
            expected: receiving.expected,
            objects: sources.space.objects,
          },
        }),
  };
}

/** Members, with who of them is here. */
export function membersOf(sources: StatusSources): readonly Member[] {
  const { mesh, nowMs, space } = sources;
  const present = new Map<string, SpacePeer>();
  for (const peer of inSync(mesh, space)) {
    const identity = space.identityOf(peer.remote);
    if (identity !== undefined) present.set(identity, peer);
  }
  return space.members.map(
    ({ about, displayName, hue, id, letInBy, picture, role, untilEpoch }): Member => {
      const peer = present.get(id);
      const me = id === space.me;
      return {
        id,
        displayName,
        hue,
        ...(about === undefined ? {} : { about }),
        ...(picture === undefined ? {} : { picture }),
        role,
        ...(letInBy === undefined ? {} : { letInBy }),
        ...(untilEpoch === undefined ? {} : { untilEpoch }),
        me,
        here: me || (peer !== undefined && peer.silentMs <= HERE_WITHIN_MS),
        ...(peer === undefined || me
          ? {}
          : { path: pathOf(peer), lastHeardMs: Math.round(nowMs - peer.silentMs) }),
      };
    },
  );
}

function peersOf(
  { deviceNames, mesh, ownRemote, space }: StatusSources,
  upToDate: boolean,
): readonly PeerStatus[] {
  return inSync(mesh, space)
    .filter(({ remote }) => remote !== ownRemote)
    .map((peer): PeerStatus => {
      const deviceName = deviceNames.get(peer.remote);
      return {
        id: peer.peer,
        displayName: nameOf(space, peer.remote),
        ...(deviceName === undefined ? {} : { deviceName }),
        path: pathOf(peer),
        ...(peer.rttMs === undefined ? {} : { rttMs: Math.round(peer.rttMs) }),
        upToDate,
      };
    });
}

/** Own other tabs and processes know what this one does. */
function refusalsOf({ mesh, ownRemote, space }: StatusSources): readonly SpaceRefusalStatus[] {
  return mesh.peersOf(space.id).flatMap(({ refusal: why, remote }) => {
    if (why === undefined || remote === ownRemote) return [];
    return [{ displayName: nameOf(space, remote), why }];
  });
}

/** Programs with which a space is in sync. */
function inSync(mesh: Mesh, space: SpaceFacts): readonly SpacePeer[] {
  return mesh.peersOf(space.id).filter(({ refusal }) => refusal === undefined);
}

/** How the owner of a device is called, as far as the space knows; else empty. */
function nameOf(space: SpaceFacts, remote: string): string {
  const identity: IdentityId | undefined = space.identityOf(remote);
  return (identity === undefined ? undefined : space.nameOf(identity)) ?? '';
}

function pathOf(peer: SpacePeer): Path {
  return peer.reach;
}

/** Members who are there at this moment. */
export function whoIsHere(sources: StatusSources): ReadonlySet<IdentityId> {
  const there = membersOf(sources).filter(({ here }) => here);
  return new Set(there.map(({ id }) => id as IdentityId));
}
