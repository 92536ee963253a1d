/** Everything that HALO decodes, and mutations of it. Used by unit and long fuzzing. */
import { AtollError, assert, equalBytes, parseId, toHex } from '@atoll/kernel';
import type { SimRng } from '@atoll/testkit';
import { decodeAttestation, encodeAttestation, withFields } from '../claims/attestation.ts';
import { formatPresentation, parsePresentation } from '../claims/presentation.ts';
import { decodePublication, encodePublication, makePublication } from '../claims/publication.ts';
import { KeyRing } from '../key-ring.ts';
import { formatInvitationCode, parseInvitationCode } from '../invitation-code.ts';
import { decodeInvitationRecord, encodeInvitationRecord } from '../invitation-record.ts';
import { decodeGuestMessage, decodeHostMessage, encodePairing } from '../pairing-messages.ts';
import { decodeStatements, encodeStatements } from '../statement-codec.ts';
import { decodeTicket, encodeTicket } from '../ticket.ts';
import { fromBase64Url, toBase64Url } from '../base64url.ts';
import { SAID_MS, presented, said } from './claims.ts';
import { person } from './people.ts';
import { samples } from './samples.ts';

/** Valid bytes, and what a decoder makes of bytes, encoded again. */
export interface Form {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly again: (bytes: Uint8Array) => Uint8Array | undefined;
}

/** One form for every kind of thing. */
export async function forms(): Promise<Form[]> {
  const { code, deviceTicket, messages, record, statements, ticket } = await samples();
  const all: Form[] = statements.map((statement, at) => ({
    name: `${at} ${statement.kind}`,
    bytes: encodeStatements([statement]),
    again: (bytes) => encodeStatements(decodeStatements(bytes)),
  }));
  for (const message of messages) {
    all.push({
      name: message.say,
      bytes: encodePairing(message),
      again: (bytes) => {
        const read = decodeHostMessage(bytes) ?? decodeGuestMessage(bytes);
        return read === undefined ? undefined : encodePairing(read);
      },
    });
  }
  for (const one of [ticket, deviceTicket]) {
    all.push({
      name: `${one.kind} ticket`,
      bytes: encodeTicket(one),
      again: (bytes) => encodeTicket(decodeTicket(bytes)),
    });
  }
  all.push({
    name: 'key ring',
    bytes: ticket.keys.export(),
    again: (bytes) => KeyRing.import(bytes).export(),
  });
  all.push({
    name: 'record',
    bytes: encodeInvitationRecord(record),
    again: (bytes) => encodeInvitationRecord(decodeInvitationRecord(bytes)),
  });
  all.push({
    name: 'code',
    bytes: fromBase64Url(formatInvitationCode(code)) ?? new Uint8Array(),
    again: (bytes) => fromBase64Url(formatInvitationCode(parseInvitationCode(toBase64Url(bytes)))),
  });
  all.push(...(await claimForms()));
  return all;
}

async function claimForms(): Promise<Form[]> {
  const attestation = await said();
  const mira = await person('Mira');
  const publication = await makePublication({
    space: parseId('space', '5a'.repeat(32)),
    publisher: mira.identity,
    deviceSigner: mira.deviceSigner,
    publishedMs: SAID_MS,
    attestation: withFields(attestation, ['club']),
  });
  const presentations = [
    await presented(),
    await presented({ as: 'identity', attestations: [attestation] }),
  ];
  return [
    {
      name: 'attestation',
      bytes: encodeAttestation(attestation),
      again: (bytes) => encodeAttestation(decodeAttestation(bytes)),
    },
    {
      name: 'publication',
      bytes: encodePublication(publication),
      again: (bytes) => encodePublication(decodePublication(bytes)),
    },
    ...presentations.map((presentation) => ({
      name: `presentation as ${presentation.body.subject.as}`,
      bytes: fromBase64Url(formatPresentation(presentation)) ?? new Uint8Array(),
      again: (bytes: Uint8Array) =>
        fromBase64Url(formatPresentation(parsePresentation(toBase64Url(bytes)))),
    })),
  ];
}

/** Bytes of what was read, or `undefined` for a refusal with a code. */
export function readOrRefuse({ again }: Form, bytes: Uint8Array): Uint8Array | undefined {
  try {
    return again(bytes);
  } catch (failure) {
    if (failure instanceof AtollError) return undefined;
    throw failure;
  }
}

function mutated(bytes: Uint8Array, rng: SimRng): Uint8Array<ArrayBuffer> {
  const copy = Array.from(bytes);
  const changes = 1 + rng.int(3);
  for (let at = 0; at < changes; at++) {
    // Lengths, tags and counts stand in front: look there more often.
    const place = rng.int(rng.chance(0.5) ? Math.min(8, copy.length) : copy.length);
    switch (rng.int(4)) {
      case 0:
        copy[place] = rng.int(256);
        break;
      case 1:
        copy[place] = (copy[place] ?? 0) ^ (1 << rng.int(8));
        break;
      case 2:
        copy.splice(place, 1 + rng.int(4));
        break;
      default:
        copy.splice(place, 0, rng.int(256));
    }
  }
  return Uint8Array.from(copy);
}

/** How many inputs there were, and how many of them were refused. */
export interface FuzzOutcome {
  readonly tried: number;
  readonly refused: number;
}

/** Mutates valid bytes. @throws KernelError when a reader takes a second encoding of something. */
export async function fuzzEncodings(rng: SimRng, count: number): Promise<FuzzOutcome> {
  const all = await forms();
  let refused = 0;
  for (let at = 0; at < count; at++) {
    const form = rng.pick(all);
    const mutant = mutated(form.bytes, rng);
    const read = readOrRefuse(form, mutant);
    if (read === undefined) refused++;
    else assert(equalBytes(read, mutant), `${form.name} has two encodings: ${toHex(mutant)}`);
  }
  return { tried: count, refused };
}
