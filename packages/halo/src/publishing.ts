/** What it takes to publish a space and to follow one, beside the types: a part of its own, see `load-publishing.ts`. */
export { admitGuest } from './admit-guest.ts';
export { HaloError } from './halo-error.ts';
export { followerLog, linkReader } from './link-reader.ts';
export {
  PUBLIC_SECRET_BYTES,
  formatPublicLink,
  parsePublicLink,
  publicFingerprint,
} from './public-link.ts';
export { openPublicRecord, publicMailboxSeed, sealPublicRecord } from './public-record.ts';
