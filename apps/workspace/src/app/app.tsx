/** The application: opening, first run, joining, workspace. */
import type { Client } from '@atoll/client';
import { AtollProvider, useIdentity } from '@atoll/react';
import { Tooltip } from 'radix-ui';
import { lazy, Suspense, useCallback, useEffect, useState, type ReactElement } from 'react';
import { FRAME } from '../copy/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Mark } from '../ui/icon.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { ToastProvider } from '../ui/toast.tsx';
import { changeOwnSettings } from './own-settings.ts';
import { codeOf, detailsOf } from './failure.ts';
import { NavigationProvider, useNavigation } from './navigation.tsx';

const Welcome = lazy(() => import('../welcome/welcome.tsx').then((m) => ({ default: m.Welcome })));
const Join = lazy(() => import('../people/join.tsx').then((m) => ({ default: m.Join })));
const Workspace = lazy(() =>
  import('../shell/workspace.tsx').then((m) => ({ default: m.Workspace })),
);

/** Before a tooltip shows; after the first, others show at once. */
const TIP_MS = 500;

type Opening =
  | { readonly at: 'opening' }
  | { readonly at: 'open'; readonly client: Client }
  | { readonly at: 'failed'; readonly failure: unknown };

/** The whole application over a client that is being opened. */
export function App({ open }: { readonly open: () => Promise<Client> }): ReactElement {
  const [state, setState] = useState<Opening>({ at: 'opening' });
  const start = useCallback(() => {
    setState({ at: 'opening' });
    open().then(
      (client) => setState({ at: 'open', client }),
      (failure: unknown) => setState({ at: 'failed', failure }),
    );
  }, [open]);
  useEffect(start, [start]);
  switch (state.at) {
    case 'opening':
      return <OpeningFrame />;
    case 'failed':
      return <OpenFailed failure={state.failure} onAgain={start} />;
    case 'open':
      return (
        <AtollProvider client={state.client}>
          <Tooltip.Provider delayDuration={TIP_MS}>
            <NavigationProvider>
              <ToastProvider>
                <Suspense fallback={<OpeningFrame />}>
                  <Places />
                </Suspense>
              </ToastProvider>
            </NavigationProvider>
          </Tooltip.Provider>
        </AtollProvider>
      );
  }
}

function Places(): ReactElement {
  const identity = useIdentity();
  const { place } = useNavigation();
  // The first run goes on after the identity exists: words, check.
  const [firstRun, setFirstRun] = useState(identity === undefined);
  const [words, setWords] = useState<readonly string[] | undefined>(undefined);
  const name = identity?.displayName;
  useEffect(() => {
    if (name !== undefined) changeOwnSettings({ wasHere: name });
  }, [name]);
  const endFirstRun = useCallback(() => setFirstRun(false), []);
  if (place.at === 'join') {
    return <Join key={place.code} code={place.code} onWords={setWords} onDone={endFirstRun} />;
  }
  if (firstRun) return <Welcome onWords={setWords} onDone={endFirstRun} />;
  return <Workspace words={words} onWords={setWords} />;
}

function OpeningFrame(): ReactElement {
  return (
    <div className="opening">
      <div />
      <main aria-label={FRAME.main}>
        <Skeleton says={FRAME.opening} />
      </main>
    </div>
  );
}

function OpenFailed(props: {
  readonly failure: unknown;
  readonly onAgain: () => void;
}): ReactElement {
  return (
    <main className="blank" role="alert">
      <div>
        <Mark size={48} />
        <h2>{FRAME.openFailed}</h2>
        <p>
          {FRAME.openFailedMeans} <span className="meta">{codeOf(props.failure)}</span>
        </p>
        <div className="line">
          <Button kind="primary" onClick={props.onAgain}>
            {FRAME.tryAgain}
          </Button>
          <Button onClick={() => void navigator.clipboard.writeText(detailsOf(props.failure))}>
            {FRAME.copyDetails}
          </Button>
        </div>
      </div>
    </main>
  );
}
