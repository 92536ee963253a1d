/** What lies over the workspace: the palette and the dialogs that have an address. */
import { useSpace } from '@atoll/react';
import { lazy, Suspense, useEffect, useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { useCommand } from './commands.tsx';
import { NameSpaceDialog } from './name-space.tsx';
import type { Palette as PaletteOf } from './palette.tsx';

const loadPalette = async (): Promise<{ default: typeof PaletteOf }> => {
  const { Palette } = await import('./palette.tsx');
  return { default: Palette };
};
const Palette = lazy(loadPalette);
const Keys = lazy(() => import('./keys.tsx').then((m) => ({ default: m.Keys })));
const NameVersion = lazy(() =>
  import('../time/name-version.tsx').then((m) => ({ default: m.NameVersion })),
);
const TrySomething = lazy(() =>
  import('../time/try-something.tsx').then((m) => ({ default: m.TrySomething })),
);
const Invite = lazy(() => import('../people/invite.tsx').then((m) => ({ default: m.Invite })));
const AddDevice = lazy(() =>
  import('../people/invite.tsx').then((m) => ({ default: m.AddDevice })),
);

/** Time for the first view to come up before anything else is loaded. */
const PRELOAD_MS = 1_000;

/** Draws what is open. */
export function Overlays(): ReactElement {
  const { place, lay } = useNavigation();
  const [finding, setFinding] = useState(false);
  const space = useSpace(place.at === 'space' ? place.space : undefined);
  useCommand('find', () => setFinding(true));
  // What opens at a key or a click must be there: the first letter after ⌘K is meant for the palette.
  useEffect(() => {
    const timer = setTimeout(() => {
      void loadPalette();
      void import('../panel/object-panel.tsx');
      void import('../notes/note-page.tsx');
    }, PRELOAD_MS);
    return () => clearTimeout(timer);
  }, []);
  const close = (): void => lay(undefined);
  return (
    <Suspense>
      {finding ? <Palette onClose={() => setFinding(false)} /> : null}
      {place.over === 'keys' ? <Keys onClose={close} /> : null}
      {place.over === 'new-space' ? <NameSpaceDialog onClose={close} /> : null}
      {place.over === 'rename-space' && space !== undefined ? (
        <NameSpaceDialog space={space} onClose={close} />
      ) : null}
      {place.over === 'invite' && space !== undefined ? (
        <Invite space={space} onClose={close} />
      ) : null}
      {place.over === 'name-version' && space !== undefined ? (
        <NameVersion space={space} onClose={close} />
      ) : null}
      {place.over === 'branch' && space !== undefined ? (
        <TrySomething space={space} onClose={close} />
      ) : null}
      {place.over === 'add-device' ? <AddDevice onClose={close} /> : null}
    </Suspense>
  );
}
