/** The frame around everything once there is an identity: sidebar, pane, panel, what lies over. */
import type { Space } from '@atoll/client';
import { useSpace, useSpaces } from '@atoll/react';
import { lazy, Suspense, useEffect, useRef, type ReactElement } from 'react';
import { Boundary } from '../app/boundary.tsx';
import { useNavigation } from '../app/navigation.tsx';
import { changeOwnSettings, ownSettings } from '../app/own-settings.ts';
import { formatPlace, type NoteSide, type Place } from '../app/place.ts';
import { FRAME } from '../copy/workspace.ts';
import { useDropGuard } from '../files/use-drop-guard.ts';
import { useBranchWatch } from '../time/branches.ts';
import { forgetPast, usePastSpace } from '../time/past-space.ts';
import { usePhone } from '../ui/use-media.ts';
import { CommandProvider } from './commands.tsx';
import { Opening } from './opening.tsx';
import { Overlays } from './overlays.tsx';
import { Pane } from './pane.tsx';
import { Sidebar } from './sidebar.tsx';
import { TabBar } from './tab-bar.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { useGlobalCommands } from './use-global-commands.ts';

const PersonPanel = lazy(() =>
  import('../people/person-panel.tsx').then((m) => ({ default: m.PersonPanel })),
);
const ObjectPanel = lazy(() =>
  import('../panel/object-panel.tsx').then((m) => ({ default: m.ObjectPanel })),
);

const NoteAside = lazy(() =>
  import('../notes/note-aside.tsx').then((m) => ({ default: m.NoteAside })),
);

/** What the workspace needs to know of the first run: words that were put off. */
export interface WordsState {
  readonly words: readonly string[] | undefined;
  readonly onWords: (words: readonly string[] | undefined) => void;
}

/** The workspace. */
export function Workspace(props: WordsState): ReactElement {
  return (
    <CommandProvider>
      <Frame {...props} />
    </CommandProvider>
  );
}

function Frame(props: WordsState): ReactElement {
  const { place } = useNavigation();
  const phone = usePhone();
  useShortcuts();
  useGlobalCommands();
  useHome();
  useDropGuard();
  useBranchWatch();
  const was = place.at === 'space' ? place.was : undefined;
  useEffect(() => {
    if (was === undefined) forgetPast();
  }, [was]);
  const beside = besideOf(place);
  const panelSpace = useSpace(place.at === 'space' ? place.space : undefined);
  const withPanel = panelSpace !== undefined && beside !== undefined;
  return (
    <div className={withPanel ? 'frame with-panel' : 'frame'}>
      <a className="skip" href="#main" onClick={skipToMain}>
        {FRAME.skip}
      </a>
      <Sidebar />
      <MainRegion key="main">
        <Boundary of={formatPlace(place)}>
          <Suspense fallback={<Opening />}>
            <Pane {...props} />
          </Suspense>
        </Boundary>
      </MainRegion>
      {withPanel ? (
        <Boundary of={beside.id}>
          <Suspense fallback={<aside className="panel" aria-label={FRAME.panel} />}>
            {was !== undefined ? (
              <PastPanel space={panelSpace} id={beside.id} was={was} />
            ) : beside.isPerson === true ? (
              <PersonPanel key={beside.id} space={panelSpace} id={beside.id} />
            ) : beside.side === undefined ? (
              <ObjectPanel space={panelSpace} id={beside.id} />
            ) : (
              <NoteAside key={beside.id} space={panelSpace} id={beside.id} side={beside.side} />
            )}
          </Suspense>
        </Boundary>
      ) : null}
      {phone ? <TabBar /> : null}
      <Overlays />
    </div>
  );
}

/** An object as it was, with nothing that changes it. */
function PastPanel(props: {
  readonly space: Space;
  readonly id: string;
  readonly was: string;
}): ReactElement | null {
  const past = usePastSpace(props.space, props.was);
  return past.at === 'ready' ? <ObjectPanel space={past.space} id={props.id} isPast /> : null;
}

/** What lies beside the view: an object, a member, or comments and history of the note. */
function besideOf(
  place: Place,
): { readonly id: string; readonly side?: NoteSide; readonly isPerson?: boolean } | undefined {
  if (place.at !== 'space') return undefined;
  if (place.open !== undefined) return { id: place.open, isPerson: place.view.on === 'members' };
  const note = place.view.on === 'notes' ? place.view.note : undefined;
  if (note === undefined || place.side === undefined) return undefined;
  return { id: note, side: place.side };
}

function MainRegion({ children }: { readonly children: ReactElement }): ReactElement {
  const main = useRef<HTMLElement>(null);
  return (
    <main className="main" id="main" tabIndex={-1} ref={main} aria-label={FRAME.main}>
      {children}
    </main>
  );
}

function skipToMain(event: { preventDefault: () => void }): void {
  // The part after # is the place, so the link must not change it.
  event.preventDefault();
  document.getElementById('main')?.focus();
}

/** Home is the last space, where there is one; on a phone it is the list of spaces. */
function useHome(): void {
  const { place, replace } = useNavigation();
  const spaces = useSpaces();
  const phone = usePhone();
  const here = place.at === 'space' ? place.space : undefined;
  useEffect(() => {
    if (here !== undefined) changeOwnSettings({ lastSpace: here });
  }, [here]);
  const target = spaces.find((space) => space.id === ownSettings().lastSpace) ?? spaces[0];
  const goHome = place.at === 'home' && place.over === undefined && !phone;
  const id = target?.id;
  useEffect(() => {
    if (!goHome || id === undefined) return;
    replace({ at: 'space', space: id, view: { on: 'tasks', as: 'list' } });
  }, [goHome, id, replace]);
}
