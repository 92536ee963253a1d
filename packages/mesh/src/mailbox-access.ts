/**
 * How a mailbox is opened: by one key for reading and another for writing, which together name it. Whoever has the
 * first alone, as the followers of a public space, takes what lies there and changes nothing.
 */
import { hash, signStatement, verifyStatement } from '@atoll/crypto';
import { equalBytes, toHex, type Ed25519Platform, type Signer } from '@atoll/kernel';
import type { SpaceItem } from './session-messages.ts';

/** The two keys of a mailbox, public halves of 32 bytes. */
export interface MailboxKeys {
  /** Whoever signs with it reads. */
  readonly readKey: Uint8Array;
  /** Whoever signs with it reads and writes. The same as the other for a mailbox that holds records and no log. */
  readonly writeKey: Uint8Array;
}

/** What somebody has of a mailbox. */
export interface MailboxAccess extends MailboxKeys {
  /** One of the two keys: that of the writers, if they are the same. */
  readonly signer: Signer;
}

/** Opens a mailbox; the item that is said to a server. */
export type MailboxOpening = Extract<SpaceItem, { readonly say: 'open-mailbox' }>;

/** The access to a mailbox of records, which whoever may read may also write. */
export function recordsAccess(signer: Signer): MailboxAccess {
  return { readKey: signer.publicKey, writeKey: signer.publicKey, signer };
}

/** Name of the mailbox of two keys, 32 bytes in hex: nobody else can be first to open it, or name other writers. */
export function mailboxIdOf({ readKey, writeKey }: MailboxKeys): string {
  return toHex(hash('mailbox', readKey, writeKey));
}

/** True for whoever writes there. */
export function mayWrite({ signer, writeKey }: MailboxAccess): boolean {
  return equalBytes(signer.publicKey, writeKey);
}

/** True for a mailbox that holds records and no log. */
export function isForRecords({ readKey, writeKey }: MailboxKeys): boolean {
  return equalBytes(readKey, writeKey);
}

/** What opens a mailbox in one session, and is worth nothing in another. */
export async function openingOf(
  access: MailboxAccess,
  at: { readonly ref: number; readonly handshakeHash: Uint8Array },
): Promise<MailboxOpening> {
  const { readKey, signer, writeKey } = access;
  const keys = { readKey, writeKey, writes: mayWrite(access) };
  const signature = await signStatement(signer, statementOf(keys, at.handshakeHash));
  return { say: 'open-mailbox', ref: at.ref, ...keys, signature };
}

/** True if an opening is signed by the key that it says. */
export function isOpenedBy(
  ed25519: Ed25519Platform,
  opening: MailboxOpening,
  handshakeHash: Uint8Array,
): Promise<boolean> {
  const { readKey, signature, writeKey, writes } = opening;
  const publicKey = writes ? writeKey : readKey;
  return verifyStatement(ed25519, statementOf(opening, handshakeHash), { publicKey, signature });
}

function statementOf(
  { readKey, writeKey, writes }: MailboxKeys & { readonly writes: boolean },
  audience: Uint8Array,
): Parameters<typeof signStatement>[1] {
  const body = new Uint8Array(readKey.length + writeKey.length + 1);
  body.set(readKey);
  body.set(writeKey, readKey.length);
  body[body.length - 1] = writes ? 1 : 0;
  return { purpose: 'mailbox-open', audience, body };
}
