/** Mistakes of the service that uses this package. What visitors send is answered with a value. */
import { AtollError } from '@atoll/kernel';

/** Every way the package can refuse its own caller. Codes only grow. */
export type VerifyErrorCode =
  | 'VERIFY_ORIGIN' // A service is named by its origin, such as https://example.org. Give that.
  | 'VERIFY_LOG'; // What was kept of an identity's log cannot be read. Remove it: the next sign-in brings it again.

/** Error of the verify package. */
export class VerifyError extends AtollError<VerifyErrorCode> {
  override readonly name = 'VerifyError';
}
