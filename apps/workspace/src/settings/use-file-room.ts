/** How much room the files of all spaces take on this device, and what was freed. */
import { useSpaces } from '@atoll/react';
import { useEffect, useState } from 'react';

/** Bytes of sealed pieces. */
export interface FileRoom {
  readonly bytes: number;
  readonly freedBytes: number;
}

/** What it is now; absent until all spaces were asked, and where one could not be. */
export function useFileRoom(): FileRoom | undefined {
  const spaces = useSpaces();
  const [room, setRoom] = useState<FileRoom>();
  useEffect(() => {
    let isGone = false;
    const look = async (): Promise<void> => {
      const all = await Promise.all(spaces.map(({ blobs }) => blobs.usage()));
      const bytes = all.reduce((sum, usage) => sum + usage.bytes, 0);
      const freedBytes = all.reduce((sum, usage) => sum + usage.freedBytes, 0);
      if (!isGone) setRoom({ bytes, freedBytes });
    };
    look().catch(() => undefined);
    return () => {
      isGone = true;
    };
  }, [spaces]);
  return room;
}
