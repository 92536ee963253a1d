/** Acts over the door of a space, with a sentence where one is refused. */
import { codeOf } from '../app/failure.ts';
import { useAct, type Act } from '../app/use-act.ts';
import { SUGGEST } from '../copy/suggestions.ts';

/** One act at a time. */
export function useDoorAct(): Act {
  return useAct((failure) => {
    const code = codeOf(failure) ?? '';
    return SUGGEST.codes[code] ?? `${SUGGEST.failed} ${code}`;
  });
}
