/** Taking up what a stranger has contributed: whether, and how it becomes an object with its proof beside it. */
import { unrecorded, type Space } from '@atoll/echo';
import { encodeValue, type Value } from '@atoll/codec';
import type { CheckedContribution, Door } from '@atoll/halo';
import { AtollError, equalBytes, type ObjectId } from '@atoll/kernel';
import { ContributionRecord } from './contribution-records.ts';
import type { Proof } from './contributed-items.ts';

/** The time that rates are over. */
export const RATE_MS: number = 60 * 60_000;

/**
 * So long something may wait for a moderator. What is older is taken up no more: of what was taken up and deleted since,
 * nobody knows any more when whoever has kept a copy brings it again.
 */
export const WAITING_MS: number = 60 * 24 * RATE_MS;
/** So far ahead the clock of an author may be: what comes from later would be good for longer. */
export const AHEAD_MS: number = 24 * RATE_MS;

/** Whether it is time to take up what was written then: `late` for good, `early` until that time has come. */
export function timeOf(writtenAtMs: number, nowMs: number): 'good' | 'late' | 'early' {
  if (writtenAtMs > nowMs + AHEAD_MS) return 'early';
  return writtenAtMs < nowMs - WAITING_MS ? 'late' : 'good';
}

/** Whether a contribution may be taken up at all. */
export function isWanted(
  space: Space,
  door: Door,
  contribution: CheckedContribution,
  nowMs: number,
): boolean {
  const { fields, identity, type, writtenAtMs } = contribution;
  if (timeOf(writtenAtMs, nowMs) !== 'good') return false;
  if (contribution.space !== space.id || !equalBytes(contribution.door, door.nonce)) return false;
  if (!door.isOpen || !door.types.includes(type)) return false;
  if (encodeValue(fields).length > door.bytesMax) return false;
  return !space.authority.moderation.isBanned(identity);
}

/**
 * Whether the limits of a door let it be taken up without a moderator, by what was taken up in the last hour. What a
 * taker's clock has put into the future does not count for longer than that.
 */
export function isWithinRate(
  door: Door,
  { identity }: CheckedContribution,
  { nowMs, proofs }: { readonly nowMs: number; readonly proofs: readonly Proof[] },
): boolean {
  const lately = proofs.filter(
    ({ isSecond, takenAtMs }) => !isSecond && Math.abs(nowMs - takenAtMs) < RATE_MS,
  );
  const theirs = lately.filter(({ contribution }) => contribution.identity === identity);
  return lately.length < door.perHour && theirs.length < door.perAuthor;
}

/** Whether the fields are those of an object; `unknown` where the type is not known here. */
export function fitsType(
  { database }: Space,
  { fields, type }: CheckedContribution,
): 'yes' | 'no' | 'unknown' {
  const definition = database.definitionOf(type);
  if (definition === undefined) return 'unknown';
  const checked = definition['~standard'].validate(inputOf(database, fields));
  return 'issues' in checked && checked.issues !== undefined ? 'no' : 'yes';
}

/**
 * Makes the object and its proof, in one block; its id, or `undefined` where the fields do not fit the type, or the type
 * is not known here.
 */
export function takeUp(
  { database }: Space,
  { fields, id, identity, type }: CheckedContribution,
  { nowMs, signed }: { readonly nowMs: number; readonly signed: Uint8Array },
): ObjectId | undefined {
  const definition = database.definitionOf(type);
  if (definition === undefined) return undefined;
  let made: ObjectId | undefined;
  try {
    unrecorded(database, () =>
      database.transaction(() => {
        const item = database.add(definition, inputOf(database, fields) as never);
        const author = identity;
        const proof = { contribution: id, author, item: item.id, signed, takenAtMs: nowMs };
        database.add(ContributionRecord, proof);
        made = item.id as ObjectId;
      }),
    );
  } catch (failure) {
    // Strangers write these fields: what does not fit is no object.
    if (failure instanceof AtollError) return undefined;
    throw failure;
  }
  return made;
}

/** Takes away what was taken up a second time. */
export function dropSecond({ database }: Space, { object, record }: Proof): void {
  unrecorded(database, () =>
    database.transaction(() => {
      for (const id of [object, record]) {
        const known = database.get(id);
        if (known !== undefined) database.delete(known);
      }
    }),
  );
}

/** Refs stand as records with one key. */
function inputOf(
  database: Space['database'],
  fields: { readonly [field: string]: Value },
): { readonly [field: string]: unknown } {
  const entries = Object.entries(fields).map(([field, value]) => {
    const ref = refIn(value);
    return [field, ref === undefined ? value : database.get(ref)] as const;
  });
  return Object.fromEntries(entries);
}

function refIn(value: Value): string | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined;
  const [[key, id] = [], ...more] = Object.entries(value);
  return key === 'ref' && typeof id === 'string' && more.length === 0 ? id : undefined;
}
