/** Refusals of the halo package towards its own caller. What a peer sends is judged by verdicts instead. */
import { AtollError } from '@atoll/kernel';

/** Every way HALO can refuse. Codes only grow. */
export type HaloErrorCode =
  | 'HALO_STATEMENT_MALFORMED' // Bytes given as control statements are not their one encoding.
  | 'HALO_STATEMENT_LIMIT' // More statements, readers or devices than one section may hold.
  | 'HALO_PATH_UNSUPPORTED' // A grant below the whole space; this version knows only the empty path.
  | 'HALO_KEYS_MALFORMED' // Bytes given as a key ring are not one.
  | 'HALO_KEY_MISSING' // The key ring has no key of that generation.
  | 'HALO_TICKET_MALFORMED' // Bytes given as a ticket are not one.
  | 'HALO_DERIVATION' // A name or day that no key can be derived for.
  | 'HALO_NOT_A_CODE' // The text is no invitation code.
  | 'HALO_CODE_CUT_OFF' // The text begins like an invitation code and is too short or damaged.
  | 'HALO_CODE_NEWER' // The invitation code comes from a newer version.
  | 'HALO_INVITATION_OVER' // The invitation takes no further step: joined, ended, cancelled or closed.
  | 'HALO_DIGITS_MALFORMED'; // An authorization code is not six digits.

/** Error of the halo package. */
export class HaloError extends AtollError<HaloErrorCode> {
  override readonly name = 'HaloError';
}
