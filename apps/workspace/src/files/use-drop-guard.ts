/**
 * Files that are dropped onto the window: those of spaces are opened wherever they fall, and one that falls
 * beside all places for files must not take the page away.
 */
import { useEffect } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { OPEN_FILE } from '../copy/keep.ts';
import { keepDropped } from '../keep/dropped-file.ts';
import { useToast } from '../ui/toast.tsx';

const SPACE_FILE = /\.atoll$/iu;

/** Keeps the page while it is shown. */
export function useDropGuard(): void {
  const { lay } = useNavigation();
  const toast = useToast();
  useEffect(() => {
    const openSpace = (event: DragEvent): void => {
      const file = [...(event.dataTransfer?.files ?? [])].find(({ name }) => SPACE_FILE.test(name));
      if (file === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      keepDropped(file);
      lay('open-file');
    };
    // Before the places for files: a space is no attachment.
    addEventListener('drop', openSpace, { capture: true });
    return () => removeEventListener('drop', openSpace, { capture: true });
  }, [lay]);
  useEffect(() => {
    const keep = (event: DragEvent): void => {
      if (event.defaultPrevented || event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      // Which files they are is only told when they are dropped.
      event.dataTransfer.dropEffect = 'copy';
      if (event.type === 'drop') toast({ text: OPEN_FILE.notHere });
    };
    addEventListener('dragover', keep);
    addEventListener('drop', keep);
    return () => {
      removeEventListener('dragover', keep);
      removeEventListener('drop', keep);
    };
  }, [toast]);
}
