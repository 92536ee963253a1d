/** Changing who reads something private, and why it was refused in a sentence. */
import { codeOf } from '../app/failure.ts';
import { useAct, type Act } from '../app/use-act.ts';
import { PRIVATE } from '../copy/private.ts';

function privateProblem(failure: unknown): string {
  const code = codeOf(failure) ?? '';
  return PRIVATE.codes[code] ?? `${PRIVATE.failed} ${code}`;
}

/** One act at a time. */
export function usePrivateAct(): Act {
  return useAct(privateProblem);
}
