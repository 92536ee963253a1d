/** A new identity, whose words are still to be written down. */
import { useClient } from '@atoll/react';
import { changeOwnSettings } from '../app/own-settings.ts';

/** What makes one, hands the words on and gives them. Rejects with what `halo.createIdentity` throws. */
export function useNewIdentity(
  onWords: (words: readonly string[]) => void,
): (name: string, device: string) => Promise<readonly string[]> {
  const { halo } = useClient();
  return async (displayName, deviceName) => {
    const { words } = await halo.createIdentity({ displayName, deviceName });
    onWords(words);
    changeOwnSettings({ words: 'later' });
    return words;
  };
}
