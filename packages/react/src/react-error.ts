/** The one way in which the hooks themselves can fail. */

/** Codes of {@link ReactBindingError}. */
export type ReactBindingErrorCode = 'REACT_NO_PROVIDER'; // A hook outside of AtollProvider. Put the provider around what uses it.

/** A hook was used where it cannot work. */
export class ReactBindingError extends Error {
  override readonly name = 'ReactBindingError';
  readonly code: ReactBindingErrorCode;

  constructor(code: ReactBindingErrorCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}
