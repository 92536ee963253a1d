/** Doing something about rights: once at a time, and saying in a sentence why it was refused. */
import { useState } from 'react';
import { codeOf } from '../app/failure.ts';
import { MEMBERS } from '../copy/members.ts';
import { useToast } from '../ui/toast.tsx';

/** A way to act. */
export interface RightsAct {
  readonly busy: boolean;
  /** What was refused last, for dialogs. */
  readonly problem: string | undefined;
  /** Runs it; `said` is shown when it is done. Resolves to whether it was. */
  readonly run: (act: () => Promise<string | undefined>) => Promise<boolean>;
}

/** The sentence of a refusal. */
function refusalOf(failure: unknown): string {
  const code = codeOf(failure) ?? '';
  return MEMBERS.codes[code] ?? `${MEMBERS.failed} ${code}`;
}

/** One act at a time. `quiet`: refusals are shown by who asks, not in a toast. */
export function useRightsAct(quiet = false): RightsAct {
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const run = async (act: () => Promise<string | undefined>): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setProblem(undefined);
    try {
      const said = await act();
      if (said !== undefined) toast({ text: said });
      return true;
    } catch (failure) {
      const says = refusalOf(failure);
      if (quiet) setProblem(says);
      else toast({ text: says });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run };
}
