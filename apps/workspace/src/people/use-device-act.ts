/** Doing something about a device: once at a time, and saying in a sentence why it was refused. */
import { useState } from 'react';
import { codeOf } from '../app/failure.ts';
import { DEVICES } from '../copy/devices.ts';
import { useToast } from '../ui/toast.tsx';
import { wordsProblem } from '../welcome/words-field.tsx';

/** A way to act. */
export interface DeviceAct {
  readonly busy: boolean;
  /** What was refused last. */
  readonly problem: string | undefined;
  readonly forget: () => void;
  /** Runs it, and shows what it says when it is done. Resolves to whether it was. */
  readonly run: (act: () => Promise<string>) => Promise<boolean>;
}

/** The sentence of a refusal, of words too. */
export function deviceProblem(failure: unknown): string {
  const code = codeOf(failure) ?? '';
  const known = DEVICES.codes[code];
  if (known !== undefined) return known;
  const isOfWords = code.startsWith('CRYPTO_WORDS') || code === 'CLIENT_UNREACHABLE';
  if (!isOfWords) return `${DEVICES.failed} ${code}`;
  return wordsProblem({ code, message: failure instanceof Error ? failure.message : '' });
}

/** One act at a time. */
export function useDeviceAct(): DeviceAct {
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
      setProblem(deviceProblem(failure));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, forget: () => setProblem(undefined), run };
}
