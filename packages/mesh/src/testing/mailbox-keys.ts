/** The keys of a mailbox that follow from a test's secret: all of them, or as whoever only reads has them. */
import { deriveKey } from '@atoll/crypto';
import { simSigner } from '@atoll/testkit';
import { openingOf, type MailboxAccess } from '../mailbox-access.ts';

/** With what somebody opens the mailbox of a secret of 32 bytes. */
export function testMailbox(
  secret: Uint8Array,
  { readsOnly = false }: { readonly readsOnly?: boolean } = {},
): MailboxAccess {
  const reader = simSigner(deriveKey(secret, 'mailbox-access'));
  const writer = simSigner(deriveKey(secret, 'mailbox-posting'));
  const keys = { readKey: reader.publicKey, writeKey: writer.publicKey };
  return { ...keys, signer: readsOnly ? reader : writer };
}

/** What somebody signed to open a mailbox in another session. */
export async function signedElsewhere(access: MailboxAccess): Promise<Uint8Array> {
  const handshakeHash = new Uint8Array(32).fill(1);
  return (await openingOf(access, { ref: 0, handshakeHash })).signature;
}
