/** What lies over the workspace: the palette and the dialogs that have an address. */
import type { Space } from '@atoll/client';
import { useSpace } from '@atoll/react';
import { lazy, Suspense, useEffect, useState, type ComponentType, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import type { Over } from '../app/place.ts';
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
const SaveSpace = lazy(() =>
  import('../keep/save-space.tsx').then((m) => ({ default: m.SaveSpace })),
);
const LeaveSpace = lazy(() => import('./leave-space.tsx').then((m) => ({ default: m.LeaveSpace })));
const LeaveWork = lazy(() => import('./leave-work.tsx').then((m) => ({ default: m.LeaveWork })));
const OpenFile = lazy(() => import('../keep/open-file.tsx').then((m) => ({ default: m.OpenFile })));
const Backup = lazy(() => import('../keep/backup.tsx').then((m) => ({ default: m.Backup })));
const Invite = lazy(() => import('../people/invite.tsx').then((m) => ({ default: m.Invite })));
const NewPrivate = lazy(() =>
  import('../private/new-private.tsx').then((m) => ({ default: m.NewPrivate })),
);
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
      // Without a server they come when they are needed: from what the browser keeps, or not.
      const parts = [
        loadPalette(),
        import('../panel/object-panel.tsx'),
        import('../notes/note-page.tsx'),
      ];
      void Promise.allSettled(parts);
    }, PRELOAD_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Suspense>
      {finding ? <Palette onClose={() => setFinding(false)} /> : null}
      <DialogAt over={place.over} space={space} onClose={() => lay(undefined)} />
    </Suspense>
  );
}

interface DialogProps {
  readonly onClose: () => void;
}

/** Dialogs that are about nothing in particular. */
const DIALOGS: Partial<Readonly<Record<Over, ComponentType<DialogProps>>>> = {
  keys: Keys,
  'new-space': NameSpaceDialog,
  'add-device': AddDevice,
  'open-file': OpenFile,
  backup: Backup,
};

/** Dialogs about a space. */
const SPACE_DIALOGS: Partial<
  Readonly<Record<Over, ComponentType<DialogProps & { readonly space: Space }>>>
> = {
  'rename-space': NameSpaceDialog,
  'name-version': NameVersion,
  branch: TrySomething,
  'save-space': SaveSpace,
  'leave-space': LeaveSpace,
  'leave-work': LeaveWork,
  invite: Invite,
  'new-private': NewPrivate,
};

function DialogAt(
  props: DialogProps & { readonly over: Over | undefined; readonly space: Space | undefined },
): ReactElement | null {
  const { over, space, onClose } = props;
  if (over === undefined) return null;
  const Plain = DIALOGS[over];
  if (Plain !== undefined) return <Plain onClose={onClose} />;
  const OfSpace = SPACE_DIALOGS[over];
  return OfSpace === undefined || space === undefined ? null : (
    <OfSpace space={space} onClose={onClose} />
  );
}
