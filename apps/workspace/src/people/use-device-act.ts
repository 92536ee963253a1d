/** Doing something about a device, and why it was refused in a sentence. */
import { codeOf } from '../app/failure.ts';
import { useAct, type Act } from '../app/use-act.ts';
import { DEVICES } from '../copy/devices.ts';
import { wordsProblem } from '../welcome/words-field.tsx';

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
export function useDeviceAct(): Act {
  return useAct(deviceProblem);
}
