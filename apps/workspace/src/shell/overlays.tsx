/** What lies over the workspace: the palette and the dialogs that have an address. */
import { useSpace } from '@atoll/react';
import { lazy, Suspense, useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { useCommand } from './commands.tsx';
import { NameSpaceDialog } from './name-space.tsx';

const Palette = lazy(() => import('./palette.tsx').then((m) => ({ default: m.Palette })));
const Keys = lazy(() => import('./keys.tsx').then((m) => ({ default: m.Keys })));
const Invite = lazy(() => import('../people/invite.tsx').then((m) => ({ default: m.Invite })));
const AddDevice = lazy(() =>
  import('../people/invite.tsx').then((m) => ({ default: m.AddDevice })),
);

/** Draws what is open. */
export function Overlays(): ReactElement {
  const { place, lay } = useNavigation();
  const [finding, setFinding] = useState(false);
  const space = useSpace(place.at === 'space' ? place.space : undefined);
  useCommand('find', () => setFinding(true));
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
      {place.over === 'add-device' ? <AddDevice onClose={close} /> : null}
    </Suspense>
  );
}
