/**
 * What a host hands over through the invitation's channel once both sides have confirmed: the keys of a
 * space, or an identity's log and its HALO space. Secret from the first byte to the last.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { errorCode, idBytes, idFromBytes, type CredentialId, type SpaceId } from '@atoll/kernel';
import { roleLevelNumber, roleLevelOfNumber, type RoleLevel } from './access-level.ts';
import { isDeviceStatement } from './device-codec.ts';
import { HaloError } from './halo-error.ts';
import { logStatements, type IdentityLog } from './identity.ts';
import { KeyRing } from './key-ring.ts';
import { readStatement, writeStatement } from './statement-codec.ts';
import { spaceIdOf } from './statement-ids.ts';
import type { DeviceStatement } from './statements-devices.ts';
import type { Bytes, DeviceAdmission, SpaceGenesis } from './statements.ts';

/** Everything with which a joiner can begin to replicate and read a space. */
export interface SpaceTicket {
  readonly kind: 'space';
  readonly genesis: SpaceGenesis;
  /** Follows from the genesis. */
  readonly space: SpaceId;
  readonly keys: KeyRing;
  /** For display until the space itself says its name. */
  readonly name: string;
  /** What was granted; the space's blocks decide. */
  readonly level: RoleLevel;
  readonly credential: CredentialId;
  /** Addresses of servers at which members meet. */
  readonly kubes: readonly string[];
}

/** Everything with which a new device can act for its identity. */
export interface DeviceTicket {
  readonly kind: 'device';
  /** Genesis and admissions, that of the new device included. */
  readonly log: IdentityLog;
  /** Finds the recovery capsule; see `createIdentity`. 32 bytes. */
  readonly locatorSecret: Bytes;
  /** From it follow the identity's reading keys. 32 bytes. */
  readonly haloSecret: Bytes;
  /** The identity's private space. */
  readonly halo: SpaceTicket;
  /** For display until the HALO space is there. */
  readonly name: string;
}

/** What an invitation ends in. */
export type Ticket = SpaceTicket | DeviceTicket;

const TICKET_VERSION = 1;
const KIND = { space: 0, device: 1 } as const;
const ID_BYTES = 32;
/** Bytes of a space's or a person's name. */
const NAME_BYTES_MAX = 256;
/** Servers named in a ticket. */
const KUBES_MAX = 16;
const KUBE_BYTES_MAX = 512;
/** A ring of some two thousand generations. */
const KEYS_BYTES_MAX: number = 256 * 1024;
/** Entries of an identity's log: a device a week for ten years, and as much said about them. */
const LOG_ENTRIES_MAX = 1024;

/** Largest encoding of a ticket that is read. */
export const TICKET_BYTES_MAX: number = 512 * 1024;

/** The one encoding of a ticket. */
export function encodeTicket(ticket: Ticket): Bytes {
  const writer = new Writer(1024).u8(TICKET_VERSION).u8(KIND[ticket.kind]);
  if (ticket.kind === 'space') writeSpaceTicket(writer, ticket);
  else {
    writeIdentityLog(writer, ticket.log);
    writer.raw(ticket.locatorSecret).raw(ticket.haloSecret).text(ticket.name);
    writeSpaceTicket(writer, ticket.halo);
  }
  return writer.finish();
}

/** A ticket from its bytes. @throws HaloError `HALO_TICKET_MALFORMED`. */
export function decodeTicket(bytes: Uint8Array): Ticket {
  try {
    const reader = new Reader(bytes);
    const ticket = readTicket(reader);
    reader.end();
    return ticket;
  } catch (cause) {
    if (!(cause instanceof CodecError) && !(cause instanceof HaloError)) throw cause;
    const problem = `the bytes are no ticket (${errorCode(cause)})`;
    throw new HaloError('HALO_TICKET_MALFORMED', problem, { cause });
  }
}

function readTicket(reader: Reader): Ticket {
  if (bytesOver(reader)) throw new CodecError('CODEC_TOO_LARGE', 'a ticket is too large');
  if (reader.u8() !== TICKET_VERSION) {
    throw new CodecError('CODEC_UNKNOWN_TAG', 'a ticket of an unknown version');
  }
  const kind = reader.u8();
  if (kind === KIND.space) return readSpaceTicket(reader);
  if (kind !== KIND.device) throw new CodecError('CODEC_UNKNOWN_TAG', 'a ticket for nothing known');
  const log = readIdentityLog(reader);
  const locatorSecret = reader.take(ID_BYTES);
  const haloSecret = reader.take(ID_BYTES);
  const name = reader.text(NAME_BYTES_MAX);
  return { kind: 'device', log, locatorSecret, haloSecret, name, halo: readSpaceTicket(reader) };
}

function bytesOver(reader: Reader): boolean {
  return reader.left > TICKET_BYTES_MAX;
}

function writeSpaceTicket(writer: Writer, ticket: SpaceTicket): void {
  writeStatement(writer, ticket.genesis);
  writer.bytes(ticket.keys.export()).text(ticket.name).u8(roleLevelNumber(ticket.level));
  writer.raw(idBytes(ticket.credential)).varint(ticket.kubes.length);
  for (const kube of ticket.kubes) writer.text(kube);
}

function readSpaceTicket(reader: Reader): SpaceTicket {
  const genesis = readStatement(reader);
  if (genesis.kind !== 'space-genesis') {
    throw new CodecError('CODEC_MALFORMED', 'a ticket does not begin with a space genesis');
  }
  const keys = KeyRing.import(reader.bytes(KEYS_BYTES_MAX));
  const name = reader.text(NAME_BYTES_MAX);
  const level = roleLevelOfNumber(reader.u8());
  if (level === undefined) throw new CodecError('CODEC_MALFORMED', 'a ticket for no level');
  const credential = idFromBytes('credential', reader.raw(ID_BYTES));
  const count = reader.varint(KUBES_MAX);
  const kubes = Array.from({ length: count }, () => reader.text(KUBE_BYTES_MAX));
  return {
    kind: 'space',
    genesis,
    space: spaceIdOf(genesis),
    keys,
    name,
    level,
    credential,
    kubes,
  };
}

/** Genesis, count, then the other entries, each after the one that it follows. */
export function writeIdentityLog(writer: Writer, log: IdentityLog): void {
  const [, ...entries] = logStatements(log);
  writeStatement(writer, log.genesis);
  writer.varint(entries.length);
  for (const entry of entries) writeStatement(writer, entry);
}

/** Reads {@link writeIdentityLog}. Signatures and links are not looked at. @throws CodecError. */
export function readIdentityLog(reader: Reader): IdentityLog {
  const genesis = readStatement(reader);
  if (genesis.kind !== 'identity-genesis') {
    throw new CodecError('CODEC_MALFORMED', 'an identity log without a genesis');
  }
  const count = reader.varint(LOG_ENTRIES_MAX);
  const admissions: DeviceAdmission[] = [];
  const said: DeviceStatement[] = [];
  for (let at = 0; at < count; at++) {
    const entry = readStatement(reader);
    if (entry.kind === 'device-admission') admissions.push(entry);
    else if (isDeviceStatement(entry)) said.push(entry);
    else throw new CodecError('CODEC_MALFORMED', 'an identity log with something else in it');
  }
  return said.length === 0 ? { genesis, admissions } : { genesis, admissions, said };
}
