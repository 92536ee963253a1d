/** The authorization code: six digits, told by one person to another, good for one try. */
import type { Rng } from '@atoll/kernel';
import { HaloError } from './halo-error.ts';

/** Digits of an authorization code. */
export const DIGITS = 6;
const CODES = 1_000_000;
/** Greatest multiple of a million below 2^32: numbers from it on would make some codes likelier. */
const UNBIASED_BELOW = 4_294_000_000;

/** Six random digits, all equally likely. */
export function newDigits(rng: Rng): string {
  for (;;) {
    const bytes = rng.bytes(4);
    const number = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
    if (number < UNBIASED_BELOW) return String(number % CODES).padStart(DIGITS, '0');
  }
}

/**
 * Digits as a person types or pastes them: spaces and hyphens between them are ignored.
 * @throws HaloError `HALO_DIGITS_MALFORMED`.
 */
export function parseDigits(text: string): string {
  const digits = text.replace(/[\s-]/g, '');
  if (!/^[0-9]{6}$/.test(digits)) {
    throw new HaloError('HALO_DIGITS_MALFORMED', `an authorization code has ${DIGITS} digits`);
  }
  return digits;
}
