/** What an authenticator says, as refusals with a sentence. */
import {
  type PasskeyAnswer,
  type PasskeyOutput,
  type PasskeyRefusal,
  type Platform,
} from '@atoll/kernel';
import { ClientError, type ClientErrorCode } from '../client-error.ts';

const REFUSALS: Readonly<Record<PasskeyRefusal, readonly [ClientErrorCode, string]>> = {
  unsupported: ['CLIENT_NO_PASSKEYS', 'there are no passkeys here'],
  cancelled: ['CLIENT_PASSKEY_CANCELLED', 'no passkey was given'],
  'no-prf': ['CLIENT_PASSKEY_NO_SECRET', 'this kind of passkey gives no secret'],
  'wrong-credential': ['CLIENT_PASSKEY_OTHER', 'this is another passkey'],
  known: ['CLIENT_PASSKEY_KNOWN', 'this passkey was added before'],
};

/** What was given, or the refusal. @throws ClientError. */
export function givenBy(answer: PasskeyAnswer): PasskeyOutput {
  if (answer.at === 'given') return answer;
  const [code, text] = REFUSALS[answer.at];
  throw new ClientError(code, text);
}

/** Passkeys of a platform. @throws ClientError `CLIENT_NO_PASSKEYS`. */
export function passkeysOn({ passkeys }: Pick<Platform, 'passkeys'>): NonNullable<typeof passkeys> {
  if (passkeys === undefined) givenBy({ at: 'unsupported' });
  return passkeys as NonNullable<typeof passkeys>;
}
