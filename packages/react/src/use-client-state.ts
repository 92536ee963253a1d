/** Hooks over what a client says about itself: identity, devices, spaces, people, connection, undo. */
import type {
  Device,
  GuestInvitation,
  GuestInvitationState,
  HostInvitation,
  HostInvitationState,
  Identity,
  Member,
  NetworkStatus,
  PresenceEntry,
  Space,
  SpaceStatus,
  Undo,
  UndoPlace,
  UndoState,
} from '@atoll/client';
import { useMemo, useSyncExternalStore } from 'react';
import { useClient } from './provider.ts';
import { useLive } from './use-live.ts';

/** One's identity; `undefined` on a fresh profile. */
export function useIdentity(): Identity | undefined {
  return useLive(useClient().halo.identity);
}

/** One's own devices. */
export function useDevices(): readonly Device[] {
  return useLive(useClient().halo.devices);
}

/** One's spaces. */
export function useSpaces(): readonly Space[] {
  return useLive(useClient().spaces.list);
}

/**
 * A space by id, open and kept open; `undefined` while it is not here or is being opened. Which of the two:
 * {@link useSpaces} lists those that are here.
 */
export function useSpace(id: string | undefined): Space | undefined {
  const spaces = useSpaces();
  const space = spaces.find((each) => each.id === id);
  return useOpened(space === undefined ? NO_SPACES : space)[0];
}

/** Those of some spaces that are open. All are opened while they are asked for here, a few at a time. */
export function useOpened(spaces: Space | readonly Space[]): readonly Space[] {
  const opened = useMemo(() => new OpenedSpaces(spaces), [spaces]);
  return useSyncExternalStore(opened.subscribe, opened.get, opened.get);
}

const NO_SPACES: readonly Space[] = [];

/** Holds spaces as long as somebody listens. */
class OpenedSpaces {
  readonly #spaces: readonly Space[];
  #open: readonly Space[] = NO_SPACES;

  constructor(spaces: Space | readonly Space[]) {
    this.#spaces = 'id' in spaces ? [spaces] : spaces;
  }

  readonly get = (): readonly Space[] => {
    const now = this.#spaces.filter(({ state }) => state.get() === 'open');
    const isSame =
      now.length === this.#open.length && now.every((space, at) => space === this.#open[at]);
    if (!isSame) this.#open = now;
    return this.#open;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    const stops = this.#spaces.flatMap((space) => [space.state.subscribe(listener), space.hold()]);
    return () => {
      for (const stop of stops) stop();
    };
  };
}

/** The members of a space. */
export function useMembers(space: Space): readonly Member[] {
  return useLive(space.members);
}

/** Other devices that are in a space now, and where they look. */
export function usePresence(space: Space): readonly PresenceEntry[] {
  return useLive(space.presence.others);
}

/** What is true about a space's data and connections now. */
export function useStatus(space: Space): SpaceStatus {
  return useLive(space.status);
}

/** Servers, and whether one works offline. */
export function useNetwork(): NetworkStatus {
  return useLive(useClient().network.status);
}

/** Where an invitation stands, for the one who made it or the one who answers it. */
export function useInvitation(invitation: HostInvitation): HostInvitationState;
export function useInvitation(invitation: GuestInvitation): GuestInvitationState;
export function useInvitation(
  invitation: HostInvitation | GuestInvitation,
): HostInvitationState | GuestInvitationState {
  return useLive<HostInvitationState | GuestInvitationState>(invitation.state);
}

/** State of undo with the ways to use it; of one space or of everything, or of one place in it. */
export function useUndo(space?: Space, place?: UndoPlace): UndoState & Omit<Undo, 'state'> {
  const client = useClient();
  const whole = space?.undo ?? client.undo;
  const { scope, object, field } = place ?? {};
  const undo = useMemo(() => {
    const isWhole = scope === undefined && object === undefined && field === undefined;
    if (isWhole) return whole;
    return whole.in({
      ...(scope === undefined ? {} : { scope }),
      ...(object === undefined ? {} : { object }),
      ...(field === undefined ? {} : { field }),
    });
  }, [whole, scope, object, field]);
  const state = useLive(undo.state);
  return useMemo(
    () => ({
      ...state,
      undo: () => undo.undo(),
      redo: () => undo.redo(),
      undoEntry: (id) => undo.undoEntry(id),
      preview: (id) => undo.preview(id),
      run: (change, options) => undo.run(change, options),
      gesture: (options) => undo.gesture(options),
      in: (inner) => undo.in(inner),
    }),
    [state, undo],
  );
}
