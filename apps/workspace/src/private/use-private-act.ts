/** Changing who reads: one act at a time, and why it was refused in a sentence. */
import { useState } from 'react';
import { codeOf } from '../app/failure.ts';
import { PRIVATE } from '../copy/private.ts';
import { useToast } from '../ui/toast.tsx';

/** A way to act. */
export interface PrivateAct {
  readonly busy: boolean;
  readonly problem: string | undefined;
  /** Runs it; what it says is shown. Resolves to whether it was done. */
  readonly run: (act: () => Promise<string>) => Promise<boolean>;
}

/** See {@link PrivateAct}. */
export function usePrivateAct(): PrivateAct {
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const run = async (act: () => Promise<string>): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setProblem(undefined);
    try {
      toast({ text: await act() });
      return true;
    } catch (failure) {
      const code = codeOf(failure) ?? '';
      setProblem(PRIVATE.codes[code] ?? `${PRIVATE.failed} ${code}`);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run };
}
