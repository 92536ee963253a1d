/** Words of the palette. */
import type { CommandName } from '../shell/commands.tsx';
import { say } from './say.ts';

/** The palette. */
export const FIND = {
  title: 'Find or do',
  placeholder: 'Find or do',
  results: 'What was found',
  nothing: 'Nothing of that name.',
  here: 'Searched on this device',
  looking: 'Still looking into other spaces…',
  onlyHere: 'Tab: only this space',
  everywhere: 'Tab: all spaces',
  recent: 'Recent',
  doing: 'Do',
  spaces: 'Spaces',
  newTask: (title: string): string => (title === '' ? 'New task' : say`New task “${title}”`),
  newNote: (title: string): string => (title === '' ? 'New note' : say`New note “${title}”`),
} as const;

/** Commands as the palette lists them. */
export const COMMANDS: readonly { readonly name: CommandName; readonly says: string }[] = [
  { name: 'invite', says: 'Invite to this space' },
  { name: 'new-private', says: 'New private note or task' },
  { name: 'tasks', says: 'Go to tasks' },
  { name: 'notes', says: 'Go to notes' },
  { name: 'members', says: 'Go to members' },
  { name: 'versions', says: 'Versions and branches' },
  { name: 'name-version', says: 'Name this version' },
  { name: 'branch', says: 'Try something in a branch' },
  { name: 'save-space', says: 'Save this space as a file' },
  { name: 'leave-space', says: 'Leave this space' },
  { name: 'open-file', says: 'Open a saved file' },
  { name: 'backup', says: 'Save everything as one file' },
  { name: 'undo', says: 'Undo' },
  { name: 'redo', says: 'Redo' },
  { name: 'history', says: 'Undo history' },
  { name: 'connection', says: 'Connection' },
  { name: 'devices', says: 'Devices' },
  { name: 'settings', says: 'Settings' },
  { name: 'keys', says: 'Keyboard' },
];
