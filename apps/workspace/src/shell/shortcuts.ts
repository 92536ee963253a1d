/** Keys and what they do: one table for the handler, the tooltips and the help. */
import type { CommandName } from './commands.tsx';

/** One row of the keyboard help. */
export interface Shortcut {
  /** Combinations such as `mod+k`, sequences such as `g t`. */
  readonly keys: string;
  readonly says: string;
  /** Absent for keys that a view handles itself. */
  readonly command?: CommandName;
  readonly where: 'everywhere' | 'lists' | 'notes';
}

/** All shortcuts. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: 'mod+k', says: 'Find or do', command: 'find', where: 'everywhere' },
  { keys: 'mod+z', says: 'Undo', command: 'undo', where: 'everywhere' },
  { keys: 'shift+mod+z', says: 'Redo', command: 'redo', where: 'everywhere' },
  { keys: 'alt+mod+z', says: 'Undo history', command: 'history', where: 'everywhere' },
  { keys: 'n', says: 'New thing here', command: 'new', where: 'everywhere' },
  { keys: 'shift+n', says: 'New note', command: 'new-note', where: 'everywhere' },
  { keys: 'g t', says: 'Go to tasks', command: 'tasks', where: 'everywhere' },
  { keys: 'g n', says: 'Go to notes', command: 'notes', where: 'everywhere' },
  { keys: 'g m', says: 'Go to members', command: 'members', where: 'everywhere' },
  { keys: 'g d', says: 'Go to devices', command: 'devices', where: 'everywhere' },
  { keys: 'g v', says: 'Go to versions', command: 'versions', where: 'everywhere' },
  { keys: 'f6', says: 'Next region', command: 'next-region', where: 'everywhere' },
  { keys: 'shift+f6', says: 'Previous region', command: 'previous-region', where: 'everywhere' },
  { keys: 'mod+/', says: 'Connection', command: 'connection', where: 'everywhere' },
  { keys: 'shift+mod+i', says: 'Invite to this space', command: 'invite', where: 'everywhere' },
  { keys: 'mod+.', says: 'Panel on or off', command: 'panel', where: 'everywhere' },
  { keys: 'v', says: 'Next view', command: 'next-view', where: 'everywhere' },
  { keys: 'f', says: 'Filter', command: 'filter', where: 'everywhere' },
  { keys: '?', says: 'This list', command: 'keys', where: 'everywhere' },
  { keys: 'escape', says: 'Close the topmost', command: 'panel', where: 'everywhere' },
  { keys: 'alt+mod+m', says: 'Comment on what is selected', command: 'comment', where: 'notes' },
  { keys: 'arrowdown', says: 'Next in the list', where: 'lists' },
  { keys: 'arrowup', says: 'Previous in the list', where: 'lists' },
  { keys: 'enter', says: 'Open', where: 'lists' },
  { keys: 'space', says: 'Tick', where: 'lists' },
  { keys: 'alt+arrowup', says: 'Move up', where: 'lists' },
  { keys: 'alt+arrowdown', says: 'Move down', where: 'lists' },
  { keys: 'alt+arrowleft', says: 'Move to the lane before', where: 'lists' },
  { keys: 'alt+arrowright', says: 'Move to the next lane', where: 'lists' },
  { keys: 'alt+arrowright', says: 'Move in', where: 'notes' },
  { keys: 'alt+arrowleft', says: 'Move out', where: 'notes' },
  { keys: 'delete', says: 'Delete', where: 'lists' },
];

/** What is needed of a key event. */
export interface KeyPress {
  readonly key: string;
  readonly metaKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly code?: string;
}

/** Name of a pressed combination, in the form of {@link Shortcut.keys}. */
export function keyName(press: KeyPress): string {
  const mod = press.metaKey || press.ctrlKey;
  // With Alt a Mac types other characters; the key itself says which one was meant.
  const letter = press.altKey ? /^Key([A-Z])$/u.exec(press.code ?? '')?.[1] : undefined;
  const key = (letter ?? (press.key === ' ' ? 'space' : press.key)).toLowerCase();
  const isSign = key.length === 1 && !/[a-z]/u.test(key);
  return [
    press.altKey ? 'alt' : '',
    // A sign such as "?" already has its Shift in it.
    press.shiftKey && !isSign ? 'shift' : '',
    mod ? 'mod' : '',
    key,
  ]
    .filter((part) => part !== '')
    .join('+');
}

const SIGNS: Readonly<Record<string, string>> = {
  arrowup: '↑',
  arrowdown: '↓',
  arrowleft: '←',
  arrowright: '→',
  enter: '↵',
  space: 'Space',
  delete: 'Del',
  escape: 'Esc',
};

/** Keys as people read them: `⇧⌘Z` on a Mac, `Ctrl Shift Z` elsewhere. */
export function keysText(keys: string, isMac: boolean): string {
  const names: Readonly<Record<string, string>> = isMac
    ? { mod: '⌘', shift: '⇧', alt: '⌥' }
    : { mod: 'Ctrl', shift: 'Shift', alt: 'Alt' };
  return keys
    .split(' ')
    .map((press) =>
      press
        .split('+')
        .map((part) => names[part] ?? SIGNS[part] ?? part.toUpperCase())
        .join(isMac ? '' : ' '),
    )
    .join(' then ');
}

/** Whether this is a Mac, for how keys are written. */
export const IS_MAC: boolean =
  typeof navigator !== 'undefined' && /Mac|iP/u.test(navigator.userAgent);

/** Keys of a command as people read them; `undefined` if it has none. */
export function keysOf(command: CommandName): string | undefined {
  const keys = SHORTCUTS.find((shortcut) => shortcut.command === command)?.keys;
  return keys === undefined ? undefined : keysText(keys, IS_MAC);
}
