/**
 * How somebody who is known already proves that an invitation is for him: no digits are needed, since the host
 * knows whom it wants. The host names him only to himself, and nobody else learns anything or uses anything up.
 */
import { hash, signStatement, verifyStatement } from '@atoll/crypto';
import {
  idBytes,
  idFromBytes,
  utf8,
  type Ed25519Platform,
  type IdentityId,
  type Signer,
} from '@atoll/kernel';
import { checkIdentityLog, hasDevice } from './identity-log-check.ts';
import type { IdentityLog } from './identity.ts';
import type { GuestMessage } from './pairing-messages.ts';
import { identityIdOf } from './statement-ids.ts';
import type { Bytes } from './statements.ts';

const INTRODUCE: Bytes = utf8('introduce');

/** Says on one line for whom an invitation is: only who knows the identity recognises it. */
export function knownTag(handshakeHash: Uint8Array, identity: IdentityId): Bytes {
  return hash('invitation-for', handshakeHash, idBytes(identity));
}

/** "I am the one": signed over the line. */
export async function signIntroduction(
  { deviceSigner, log }: { readonly log: IdentityLog; readonly deviceSigner: Signer },
  handshakeHash: Bytes,
): Promise<GuestMessage> {
  const statement = statementOf(handshakeHash);
  const signature = await signStatement(deviceSigner, statement);
  return {
    say: 'introduce',
    log,
    device: idFromBytes('device', deviceSigner.publicKey),
    signature,
  };
}

/** True if a device of that identity is at the other end of the line. */
export async function judgeIntroduction(
  platform: Ed25519Platform,
  { device, log, signature }: Extract<GuestMessage, { say: 'introduce' }>,
  expected: { readonly identity: IdentityId; readonly handshakeHash: Bytes },
): Promise<boolean> {
  if (identityIdOf(log.genesis) !== expected.identity) return false;
  const devices = await checkIdentityLog(platform, log);
  if (devices === undefined || !hasDevice(devices, device)) return false;
  const proof = { publicKey: idBytes(device), signature };
  return verifyStatement(platform, statementOf(expected.handshakeHash), proof);
}

function statementOf(audience: Bytes): Parameters<typeof signStatement>[1] {
  return { purpose: 'invitation-guest', audience, body: INTRODUCE };
}
