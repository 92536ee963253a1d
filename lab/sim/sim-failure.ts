/** A simulation that found what must not be. */
import { AtollError } from '@atoll/kernel';

/** Raised by checkers; the runner prints the seed with it. */
export class SimFailure extends AtollError<'SIM_FAILED'> {
  override readonly name = 'SimFailure';

  constructor(message: string, options?: ErrorOptions) {
    super('SIM_FAILED', message, options);
  }
}
