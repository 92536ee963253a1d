/** Copying a text, and saying so for a moment. */
import { useState } from 'react';

/** How long "Copied" stands. */
const COPIED_MS = 3_000;

/** Whether it has just been copied, and what copies it. */
export function useCopied(text: string): readonly [boolean, () => void] {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return [copied, () => void copy()];
}
