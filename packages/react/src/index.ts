/** React hooks over the client. Holds no state of its own. @packageDocumentation */
export { AtollProvider, useClient } from './provider.ts';
export { ReactBindingError, type ReactBindingErrorCode } from './react-error.ts';
export { useLive } from './use-live.ts';
export {
  useDevices,
  useIdentity,
  useInvitation,
  useMembers,
  useNetwork,
  useOpened,
  usePresence,
  useSpace,
  useSpaces,
  useStatus,
  useUndo,
} from './use-client-state.ts';
export {
  useContributionOf,
  useDoor,
  useHiddenBecause,
  useOwnContributions,
  useWaitingContributions,
} from './use-door.ts';
export {
  useCount,
  useDatabase,
  useGroups,
  useObject,
  useQuery,
  useSpacesQuery,
} from './use-query.ts';
export {
  usePersonRights,
  useRemovalPlan,
  useWhoCan,
  useWhoCanSee,
  useZoneOf,
  useZones,
} from './use-rights.ts';
export { useText, type TextHandle } from './use-text.ts';
