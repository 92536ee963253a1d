/**
 * Safety numbers: what two people compare to know that neither of them talks to somebody in between, and that
 * both see the same devices of each other. 60 digits, 30 for each identity; equal from both sides.
 */
import { CodecError, Reader, Writer } from '@atoll/codec';
import { hash } from '@atoll/crypto';
import {
  compareBytes,
  equalBytes,
  fromHex,
  idBytes,
  idFromBytes,
  type IdentityId,
} from '@atoll/kernel';
import { fromBase64Url, toBase64Url } from '../base64url.ts';
import { logStatements, type IdentityLog } from '../identity.ts';
import { identityEntryOf, identityIdOf } from '../statement-ids.ts';
import type { Bytes } from '../statements.ts';

/** What the number of one identity is made from. */
export interface SafetyHalf {
  readonly identity: IdentityId;
  /** Hash of the identity and of everything in its log, whatever the order. 32 bytes. */
  readonly fingerprint: Bytes;
}

/** A number to compare, the identities in the order of their ids. */
export interface SafetyNumber {
  /** Twelve groups of five digits. */
  readonly groups: readonly string[];
  readonly halves: readonly [SafetyHalf, SafetyHalf];
}

/** What came out of comparing a scanned code with the number here. */
export type SafetyScan =
  | 'equal'
  /** The code is of two other people. */
  | 'other-people'
  /** The same people, but one side knows of devices of this identity that the other does not. */
  | { readonly differs: IdentityId };

const GROUPS_A_HALF = 6;
const BYTES_A_GROUP = 5;
const DIGITS_A_GROUP = 5;
const HASH_BYTES = 32;
const PREFIX = 'atoll:verify:';
const VERSION = 1;
/** Version and two halves in base64url. */
const SCAN_CHARACTERS = 172;

/** The number of two identities; whose log is named first makes no difference. */
export function safetyNumber(one: IdentityLog, other: IdentityLog): SafetyNumber {
  const [a, b] = [halfOf(one), halfOf(other)];
  const halves: readonly [SafetyHalf, SafetyHalf] = a.identity < b.identity ? [a, b] : [b, a];
  return { groups: halves.flatMap(({ fingerprint }) => groupsOf(fingerprint)), halves };
}

/** Digests an identity and its log. */
export function halfOf(log: IdentityLog): SafetyHalf {
  const identity = identityIdOf(log.genesis);
  const entries = logStatements(log).map(
    (entry) => fromHex(identityEntryOf(entry)) ?? new Uint8Array(),
  );
  entries.sort(compareBytes);
  return { identity, fingerprint: hash('safety-number', ...unique(entries)) };
}

/** Text of the code to scan. */
export function formatSafetyScan({ halves }: SafetyNumber): string {
  const writer = new Writer(160).u8(VERSION);
  for (const { fingerprint, identity } of halves) writer.raw(idBytes(identity)).raw(fingerprint);
  return PREFIX + toBase64Url(writer.finish());
}

/** Compares what was scanned with the number here; `undefined` for a text that is no such code. */
export function compareSafetyScan(text: string, own: SafetyNumber): SafetyScan | undefined {
  const scanned = readScan(text.trim());
  if (scanned === undefined) return undefined;
  for (const [at, { identity }] of own.halves.entries()) {
    if (scanned[at]?.identity !== identity) return 'other-people';
  }
  for (const [at, { fingerprint, identity }] of own.halves.entries()) {
    const theirs = scanned[at]?.fingerprint;
    if (theirs === undefined || !equalBytes(theirs, fingerprint)) return { differs: identity };
  }
  return 'equal';
}

function readScan(text: string): readonly SafetyHalf[] | undefined {
  if (!text.startsWith(PREFIX) || text.length !== PREFIX.length + SCAN_CHARACTERS) return undefined;
  const bytes = fromBase64Url(text.slice(PREFIX.length));
  if (bytes === undefined) return undefined;
  try {
    const reader = new Reader(bytes);
    if (reader.u8() !== VERSION) return undefined;
    const halves = [0, 1].map(() => ({
      identity: idFromBytes('identity', reader.raw(HASH_BYTES)),
      fingerprint: reader.take(HASH_BYTES),
    }));
    reader.end();
    return halves;
  } catch (failure) {
    if (failure instanceof CodecError) return undefined;
    throw failure;
  }
}

/** Five bytes a group: 40 bits over 100,000 leave no digit likelier than another by more than 10^-7. */
function groupsOf(fingerprint: Bytes): readonly string[] {
  return Array.from({ length: GROUPS_A_HALF }, (_, group) => {
    let value = 0;
    for (let at = 0; at < BYTES_A_GROUP; at++) {
      value = value * 256 + (fingerprint[group * BYTES_A_GROUP + at] ?? 0);
    }
    return String(value % 10 ** DIGITS_A_GROUP).padStart(DIGITS_A_GROUP, '0');
  });
}

function unique(sorted: readonly Uint8Array[]): readonly Uint8Array[] {
  return sorted.filter((entry, at) => {
    const before = sorted[at - 1];
    return before === undefined || !equalBytes(before, entry);
  });
}
