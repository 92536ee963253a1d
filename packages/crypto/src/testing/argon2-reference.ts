/** Argon2id by a second library, which takes a secret and associated data: so it can be held against RFC 9106. */
import { argon2id } from '@noble/hashes/argon2.js';

/** Inputs and costs as RFC 9106, section 3.1, names them. */
export interface Argon2Input {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly secret?: Uint8Array;
  readonly associated?: Uint8Array;
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** The tag, 32 bytes. */
export function argon2Reference(input: Argon2Input): Uint8Array {
  const { associated, lanes, memoryKiB, passes, password, salt, secret } = input;
  return argon2id(password, salt, {
    ...{ m: memoryKiB, t: passes, p: lanes, dkLen: 32 },
    ...(secret === undefined ? {} : { key: secret }),
    ...(associated === undefined ? {} : { personalization: associated }),
  });
}
