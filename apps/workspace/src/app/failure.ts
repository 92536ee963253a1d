/** Failures as people see them: a stable code for those who report it, and the text to report. */

/** Codes of {@link WorkspaceError}. */
export type WorkspaceErrorCode = 'WORKSPACE_NO_ROOT'; // The page has no element to draw into. Load it again.

/** The application itself cannot go on. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
  readonly code: WorkspaceErrorCode;

  constructor(code: WorkspaceErrorCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

/** The stable code of a failure, if it has one. */
export function codeOf(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null || !('code' in failure)) return undefined;
  return typeof failure.code === 'string' ? failure.code : undefined;
}

/** What one sends to those who can repair it. */
export function detailsOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  const cause = failure.cause === undefined ? '' : `\ncaused by: ${detailsOf(failure.cause)}`;
  return `${codeOf(failure) ?? failure.name}\n${failure.stack ?? failure.message}${cause}`;
}
