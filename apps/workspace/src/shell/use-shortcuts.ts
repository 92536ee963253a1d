/** Listens to keys and runs commands. Single letters only where nobody types. */
import { useEffect } from 'react';
import { useOwnSettings } from '../app/own-settings.ts';
import { useCommands } from './commands.tsx';
import { keyName, SHORTCUTS } from './shortcuts.ts';

/** Time between the two keys of a sequence. */
const SEQUENCE_MS = 1_200;

/** Runs the commands of the table. Once, in the workspace. */
export function useShortcuts(): void {
  const { run } = useCommands();
  const { letterKeys } = useOwnSettings();
  useEffect(() => {
    let first = '';
    let firstAt = 0;
    const onKey = (event: KeyboardEvent): void => {
      const name = keyName(event);
      if (event.defaultPrevented || event.isComposing) return;
      if (belongsToTarget(name, event.target, letterKeys)) return;
      const now = event.timeStamp;
      const keys = now - firstAt < SEQUENCE_MS && first !== '' ? `${first} ${name}` : name;
      first = '';
      const found = SHORTCUTS.find((shortcut) => shortcut.keys === keys && shortcut.command);
      if (found?.command !== undefined) {
        if (run(found.command)) event.preventDefault();
      } else if (SHORTCUTS.some((shortcut) => shortcut.keys.startsWith(`${name} `))) {
        first = name;
        firstAt = now;
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [run, letterKeys]);
}

/** Whether what has the focus needs the keys itself. */
function belongsToTarget(name: string, target: EventTarget | null, letterKeys: boolean): boolean {
  if (name.endsWith('mod+z')) return hasOwnUndo(target);
  if (name.includes('mod+')) return false;
  // From a text one leaves it by this key, too.
  if (name.endsWith('f6')) return inDialog(target);
  if (name !== 'escape' && !letterKeys) return true;
  return isTyping(target) || inDialog(target);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName))
  );
}

function inDialog(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('[role=dialog],[role=menu]') !== null;
}

/** Plain fields keep the platform's undo; texts of the space have the space's. */
function hasOwnUndo(target: EventTarget | null): boolean {
  return isTyping(target) && target instanceof HTMLElement && target.dataset['undo'] !== 'space';
}
