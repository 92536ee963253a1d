/** Doing something that may be refused: once at a time, and saying in a sentence why it was not done. */
import { useState } from 'react';
import { useToast } from '../ui/toast.tsx';

/** A way to act. */
export interface Act {
  readonly busy: boolean;
  /** What was refused last. */
  readonly problem: string | undefined;
  readonly forget: () => void;
  /** Runs it, and shows what it says when it is done. Resolves to whether it was. */
  readonly run: (act: () => Promise<string>) => Promise<boolean>;
}

/** One act at a time; `problemOf` gives the sentence of a refusal. */
export function useAct(problemOf: (failure: unknown) => string): Act {
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
      setProblem(problemOf(failure));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, forget: () => setProblem(undefined), run };
}
