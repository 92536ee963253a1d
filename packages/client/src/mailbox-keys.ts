/** The keys of a space's mailbox, from those of one generation of its membership. */
import { softwareKeys } from '@atoll/crypto';
import { mailboxSeed, postingSeed, type MembershipSecret } from '@atoll/halo';
import type { KeyPlatform, Platform } from '@atoll/kernel';
import type { MailboxAccess } from '@atoll/mesh';

/**
 * With what this program opens the mailbox of a generation: for writing too where it has the key for that, which
 * followers have not. `isFor` reading: although it might write.
 */
export async function mailboxOf(
  { keys = softwareKeys }: { readonly keys?: KeyPlatform | Platform['keys'] },
  { key, postbox, posting }: MembershipSecret,
  isFor?: 'reading',
): Promise<MailboxAccess> {
  const reader = await keys.signer(mailboxSeed(key, ''));
  const readKey = reader.publicKey;
  const reading = { readKey, writeKey: postbox, signer: reader };
  if (posting === undefined || isFor === 'reading') return reading;
  return { ...reading, signer: await keys.signer(postingSeed(posting)) };
}
