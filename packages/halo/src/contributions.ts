/** What it takes to answer a door and to come to one: a part of its own, see `load-contributions.ts`. */
export {
  LOBBY_ROOMS,
  LOBBY_TOKEN_BYTES,
  checkContribution,
  doorAgreer,
  doorKey,
  lobbySeed,
  openContribution,
  openDoor,
  sealContribution,
  sealDoor,
  signContribution,
} from './contribution.ts';
export { readingSecret } from './derive.ts';
