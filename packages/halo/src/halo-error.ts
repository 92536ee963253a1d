/** Refusals of the halo package towards its own caller. What a peer sends is judged by verdicts instead. */
import { AtollError } from '@atoll/kernel';

/** Every way HALO can refuse. Codes only grow. */
export type HaloErrorCode =
  | 'HALO_STATEMENT_LIMIT' // More statements or readers than one section may hold.
  | 'HALO_KEYS_MALFORMED' // Stored keys, or the record of an invitation, cannot be read. Restore them from another device.
  | 'HALO_TICKET_MALFORMED' // What a host handed over is no ticket. Ask for a new invitation.
  | 'HALO_DERIVATION' // A server name or a day that no key can be derived for. Check the server's address.
  | 'HALO_NOT_A_CODE' // The text is no invitation code. Ask for it again.
  | 'HALO_CODE_CUT_OFF' // The invitation code is incomplete or damaged. Ask for it again.
  | 'HALO_CODE_NEWER' // The invitation code comes from a newer version. Update, then open it again.
  | 'HALO_INVITATION_OVER' // There is no offer to accept at this moment. Ask for a new invitation.
  | 'HALO_CLAIM_MALFORMED' // This is no attestation, presentation or credential, or it was changed or cut off. Ask for it again.
  | 'HALO_CLAIM_LIMIT' // An attestation has a kind, 1 to 32 fields with names of up to 64 bytes, and values of up to 3 KB. Say less, or in other words.
  | 'HALO_ORIGIN' // A web service is named by its origin, such as https://example.org. Give that.
  | 'HALO_INVITATION_TERMS' // No invitation can be like that: without digits it gives reading at most. Choose digits, or let people ask.
  | 'HALO_INVITATION_USED' // The invitation has let in as many as it may. Ask for another one.
  | 'HALO_TEXT_TOO_LONG' // What is said with a request is too long. Shorten it to 140 characters.
  | 'HALO_CAPSULE_TOO_LARGE' // The private space has had too many keys for a recovery capsule. Keep another device besides the words.
  | 'HALO_NOT_A_LINK' // The text is no link to a public space, or it was cut off. Copy the whole link again.
  | 'HALO_DIGITS_MALFORMED'; // An authorization code has six digits. Type it again.

/** Error of the halo package. */
export class HaloError extends AtollError<HaloErrorCode> {
  override readonly name = 'HaloError';
}
