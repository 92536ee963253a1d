/**
 * The sealed record of a public link: a ticket for reading, sealed under a key that follows from the link and signed
 * by the key that the link names. A server keeps it; whoever has the link but not that key can put nothing in its
 * place.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { deriveKey, open, seal, sealingKey, signStatement, verifyStatement } from '@atoll/crypto';
import {
  equalBytes,
  utf8,
  type AeadPlatform,
  type Ed25519Platform,
  type Rng,
  type Signer,
} from '@atoll/kernel';
import { HaloError } from './halo-error.ts';
import { publicFingerprint, type PublicLink } from './public-link.ts';
import type { Bytes } from './statements.ts';
import { TICKET_BYTES_MAX, decodeTicket, encodeTicket, type SpaceTicket } from './ticket.ts';

const RECORD_VERSION = 1;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const ASSOCIATED: Bytes = utf8('atoll/public-record');

/** Ed25519 seed of the access key of the mailbox in which the record lies. */
export function publicMailboxSeed(secret: Uint8Array): Bytes {
  return deriveKey(secret, 'public-mailbox');
}

/** The record of a link. `signer`: the key that the link names. */
export async function sealPublicRecord(
  ports: { readonly rng: Rng; readonly aead?: AeadPlatform | undefined; readonly signer: Signer },
  secret: Uint8Array,
  ticket: SpaceTicket,
): Promise<Bytes> {
  const { aead, rng, signer } = ports;
  const body = encodeTicket(ticket);
  const signature = await signStatement(signer, statementOf(secret, body));
  const writer = new Writer(body.length + 128).u8(RECORD_VERSION);
  const plaintext = writer.raw(signer.publicKey).raw(signature).bytes(body).finish();
  return seal(keyOf(secret), { rng, associated: ASSOCIATED, plaintext, ...(aead && { aead }) });
}

/** The ticket in a record of this link; `undefined` for whatever else lies there. Never throws for its bytes. */
export async function openPublicRecord(
  ports: { readonly ed25519: Ed25519Platform; readonly aead?: AeadPlatform | undefined },
  { fingerprint, secret }: PublicLink,
  sealed: Uint8Array,
): Promise<SpaceTicket | undefined> {
  const { aead, ed25519 } = ports;
  const plaintext = open(keyOf(secret), { associated: ASSOCIATED, sealed, ...(aead && { aead }) });
  if (plaintext === undefined) return undefined;
  try {
    const reader = new Reader(plaintext);
    if (reader.u8() !== RECORD_VERSION) return undefined;
    const publicKey = reader.take(KEY_BYTES);
    const signature = reader.take(SIGNATURE_BYTES);
    const body = reader.bytes(TICKET_BYTES_MAX).slice();
    reader.end();
    const ticket = decodeTicket(body);
    if (ticket.kind !== 'space') return undefined;
    if (!equalBytes(publicFingerprint(ticket.space, publicKey), fingerprint)) return undefined;
    const proof = { publicKey, signature };
    const isSigned = await verifyStatement(ed25519, statementOf(secret, body), proof);
    return isSigned ? ticket : undefined;
  } catch (failure) {
    if (failure instanceof CodecError || failure instanceof HaloError) return undefined;
    throw failure;
  }
}

function statementOf(secret: Uint8Array, body: Uint8Array): Parameters<typeof signStatement>[1] {
  return { purpose: 'public-record', audience: deriveKey(secret, 'public-audience'), body };
}

function keyOf(secret: Uint8Array): ReturnType<typeof sealingKey> {
  return sealingKey(deriveKey(secret, 'public-record'));
}
