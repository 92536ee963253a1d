/** Hooks over the door of a public space: what strangers may send, what one has sent, and what moderators see. */
import type {
  ContributedItem,
  DoorState,
  HiddenBecause,
  OwnContribution,
  Space,
  WaitingContribution,
} from '@atoll/client';
import { useLive } from './use-live.ts';

/** Everything that is known of the door of a space. */
export function useDoor(space: Space): DoorState {
  return useLive(space.door.state);
}

/** What this identity has sent to a space and what became of it, the newest first. */
export function useOwnContributions(space: Space): readonly OwnContribution[] {
  return useDoor(space).own;
}

/** What waits for a moderator; empty for who is none. */
export function useWaitingContributions(space: Space): readonly WaitingContribution[] {
  return useDoor(space).waiting;
}

/** The contribution that an object was made of; `undefined` for what members have written. */
export function useContributionOf(space: Space, object: string): ContributedItem | undefined {
  return useDoor(space).items.find((item) => item.object === object);
}

/** Why an object is not shown, and who has decided it; `undefined` for what is shown. */
export function useHiddenBecause(space: Space, object: string): HiddenBecause | undefined {
  return useDoor(space).hidden[object];
}
