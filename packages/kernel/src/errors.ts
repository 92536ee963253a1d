/** The base of every typed error. Each package extends it once, with the union of its own codes. */

/** Where an error came from and what a user can do; shown by every front end in the same way. */
export class AtollError<Code extends string = string> extends Error {
  override readonly name: string = 'AtollError';
  /** Stable, upper-case, prefixed by the package. Codes only grow. */
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Kernel's own refusals. */
export type KernelErrorCode =
  | 'KERNEL_IMPOSSIBLE' // A condition that the code relies on does not hold: a defect of ours. Report it.
  | 'KERNEL_ID_MALFORMED' // Text given as an id is not one. Copy it again, whole.
  | 'KERNEL_ABORTED' // The operation was cancelled by its owner. Nothing.
  | 'KERNEL_CLOSED'; // The thing was used after it was closed. Open it again.

/** Error of the kernel package. */
export class KernelError extends AtollError<KernelErrorCode> {
  override readonly name = 'KernelError';
}

/** Checks what must hold; kept on in production, because a wrong state must never be written. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new KernelError('KERNEL_IMPOSSIBLE', what);
}

/** The stable code of any thrown value, or `UNKNOWN`. */
export function errorCode(failure: unknown): string {
  return failure instanceof AtollError ? failure.code : 'UNKNOWN';
}
