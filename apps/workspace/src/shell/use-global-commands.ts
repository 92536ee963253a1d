/** Commands that work wherever one is. */
import { useClient, useSpace } from '@atoll/react';
import { useNavigation } from '../app/navigation.tsx';
import type { View } from '../app/place.ts';
import { HISTORY } from '../copy/workspace.ts';
import { Note } from '../data/workspace-types.ts';
import { useToast } from '../ui/toast.tsx';
import { useCommand } from './commands.tsx';

/** Offers them. Once, in the workspace. */
export function useGlobalCommands(): void {
  const client = useClient();
  const { place, go, lay, open } = useNavigation();
  const toast = useToast();
  const space = useSpace(place.at === 'space' ? place.space : undefined);
  const undo = space?.undo ?? client.undo;
  const inSpace = (view: View): (() => void) | undefined =>
    space === undefined ? undefined : () => go({ at: 'space', space: space.id, view });

  useCommand('undo', () => {
    const outcome = undo.undo();
    if (outcome.skipped > 0) toast({ text: HISTORY.skipped });
  });
  useCommand('redo', () => {
    const outcome = undo.redo();
    if (outcome.skipped > 0) toast({ text: HISTORY.skipped });
  });
  useCommand('tasks', inSpace({ on: 'tasks', as: 'list' }));
  useCommand('notes', inSpace({ on: 'notes' }));
  useCommand('members', inSpace({ on: 'members' }));
  useCommand('devices', () => go({ at: 'devices' }));
  useCommand('settings', () => go({ at: 'settings' }));
  useCommand('invite', space === undefined ? undefined : () => lay('invite'));
  useCommand('keys', () => lay('keys'));
  useCommand(
    'panel',
    place.at === 'space' && (place.open ?? place.side) !== undefined
      ? () => open(undefined)
      : undefined,
  );
  useCommand(
    'new-note',
    space === undefined
      ? undefined
      : () => {
          const note = space.undo.run(() => {
            const made = space.db.add(Note, { title: '' });
            // What is new stands on top, until it is put elsewhere.
            space.db.move(made, { index: 0 });
            return made;
          });
          go({ at: 'space', space: space.id, view: { on: 'notes', note: note.id } });
        },
  );
}
