/** Every rule that is broken on purpose. */
import { CLAIM_MUTANTS } from './claim-mutants.ts';
import { COLLECTION_MUTANTS } from './collection-mutants.ts';
import { DEVICE_MUTANTS } from './device-mutants.ts';
import { EPOCH_MUTANTS } from './epoch-mutants.ts';
import { FORK_MUTANTS } from './fork-mutants.ts';
import { KEY_MUTANTS } from './key-mutants.ts';
import { MEMBER_MUTANTS } from './member-mutants.ts';
import { INVITATION_MUTANTS } from './invitation-mutants.ts';
import { MERGE_MUTANTS } from './merge-mutants.ts';
import type { Mutant } from './mutant.ts';
import { PUBLIC_MUTANTS } from './public-mutants.ts';
import { RECOVERY_MUTANTS } from './recovery-mutants.ts';
import { PATH_MUTANTS } from './path-mutants.ts';
import { RETURN_MUTANTS } from './return-mutants.ts';
import { RIGHTS_MUTANTS } from './rights-mutants.ts';
import { STORE_MUTANTS } from './store-mutants.ts';
import { VIEW_MUTANTS } from './view-mutants.ts';
import { WIRE_MUTANTS } from './wire-mutants.ts';
import { WORDS_MUTANTS } from './words-mutants.ts';
import { ZONE_MUTANTS } from './zone-mutants.ts';

/** By what they are about. */
export const ALL_MUTANTS: readonly Mutant[] = [
  ...MERGE_MUTANTS,
  ...STORE_MUTANTS,
  ...RIGHTS_MUTANTS,
  ...PATH_MUTANTS,
  ...MEMBER_MUTANTS,
  ...KEY_MUTANTS,
  ...EPOCH_MUTANTS,
  ...FORK_MUTANTS,
  ...COLLECTION_MUTANTS,
  ...RETURN_MUTANTS,
  ...RECOVERY_MUTANTS,
  ...VIEW_MUTANTS,
  ...WIRE_MUTANTS,
  ...CLAIM_MUTANTS,
  ...DEVICE_MUTANTS,
  ...INVITATION_MUTANTS,
  ...PUBLIC_MUTANTS,
  ...ZONE_MUTANTS,
  ...WORDS_MUTANTS,
];
