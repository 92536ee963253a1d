/** Commands that work wherever one is. */
import type { Space, UndoOutcome } from '@atoll/client';
import { useClient, useSpace } from '@atoll/react';
import { useNavigation } from '../app/navigation.tsx';
import type { Over, Place, View } from '../app/place.ts';
import { HISTORY } from '../copy/workspace.ts';
import { mayWrite } from '../data/may.ts';
import { Note } from '../data/workspace-types.ts';
import { useToast } from '../ui/toast.tsx';
import { useCommand } from './commands.tsx';

/** Offers them. Once, in the workspace. */
export function useGlobalCommands(): void {
  const { place, go, lay, open } = useNavigation();
  const space = useSpace(place.at === 'space' ? place.space : undefined);
  // In the past nothing is made or taken back: it would happen in the present, out of sight.
  const isPresent = space !== undefined && !(place.at === 'space' && place.was !== undefined);
  const inSpace = (view: View): (() => void) | undefined =>
    space === undefined ? undefined : () => go({ at: 'space', space: space.id, view });

  useUndoCommands(space, isPresent || space === undefined);
  useCommand('tasks', inSpace({ on: 'tasks', as: 'list' }));
  useCommand('notes', inSpace({ on: 'notes' }));
  useCommand('versions', inSpace({ on: 'versions' }));
  useSpaceDialogs(isPresent);
  useNewPrivate(isPresent ? space : undefined);
  useCommand('open-file', () => lay('open-file'));
  useCommand('backup', () => lay('backup'));
  useCommand('members', inSpace({ on: 'members' }));
  useCommand('devices', () => go({ at: 'devices' }));
  useCommand('settings', () => go({ at: 'settings' }));
  useCommand('keys', () => lay('keys'));
  useCommand('next-region', () => focusRegion(1));
  useCommand('previous-region', () => focusRegion(-1));
  useCommand(
    'panel',
    place.at === 'space' && (place.open ?? place.side) !== undefined
      ? () => open(undefined)
      : undefined,
  );
  useCommand('new-note', isPresent ? () => go(newNote(space)) : undefined);
}

/** What is laid over a space as it is now. */
function useSpaceDialogs(isOffered: boolean): void {
  const { lay } = useNavigation();
  const over = (name: Over): (() => void) | undefined => (isOffered ? () => lay(name) : undefined);
  useCommand('name-version', over('name-version'));
  useCommand('branch', over('branch'));
  useCommand('save-space', over('save-space'));
  useCommand('leave-space', over('leave-space'));
  useCommand('invite', over('invite'));
}

/** For who may add something to the space. */
function useNewPrivate(space: Space | undefined): void {
  const { lay } = useNavigation();
  const may = space !== undefined && mayWrite(space.myRole.get());
  useCommand('new-private', may ? () => lay('new-private') : undefined);
}

/** Regions in the order in which they stand; each has something that takes the focus. */
function focusRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('.frame > :is(nav, main, aside)')];
  const shown = regions.filter((region) => region.getClientRects().length > 0);
  const at = shown.findIndex((region) => region.contains(document.activeElement));
  const next = shown[(Math.max(at, step === 1 ? -1 : 0) + step + shown.length) % shown.length];
  const inside = 'a[href],button,input,textarea,[contenteditable=true],[tabindex="0"]';
  (next?.querySelector<HTMLElement>(inside) ?? next)?.focus();
}

function newNote(space: Space): Place {
  const note = space.undo.run(() => {
    const made = space.db.add(Note, { title: '' });
    // What is new stands on top, until it is put elsewhere.
    space.db.move(made, { index: 0 });
    return made;
  });
  return { at: 'space', space: space.id, view: { on: 'notes', note: note.id } };
}

function useUndoCommands(space: Space | undefined, isOffered: boolean): void {
  const client = useClient();
  const toast = useToast();
  const undo = space?.undo ?? client.undo;
  const say = ({ skipped }: UndoOutcome): void => {
    if (skipped > 0) toast({ text: HISTORY.skipped });
  };
  useCommand('undo', isOffered ? () => say(undo.undo()) : undefined);
  useCommand('redo', isOffered ? () => say(undo.redo()) : undefined);
}
