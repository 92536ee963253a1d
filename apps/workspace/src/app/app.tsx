/** The application: opening, first run, joining, workspace. */
import type { Client } from '@atoll/client';
import { AtollProvider, useClient, useIdentity, useLive } from '@atoll/react';
import { Tooltip } from 'radix-ui';
import { lazy, Suspense, useCallback, useEffect, useState, type ReactElement } from 'react';
import { FRAME } from '../copy/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Mark } from '../ui/icon.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { ToastProvider } from '../ui/toast.tsx';
import { changeOwnSettings, forgetOwnSettings } from './own-settings.ts';
import { codeOf, detailsOf } from './failure.ts';
import { hasPasskey, type Unlocking } from './open-client.ts';
import { LockContext, tellLocked, useLocking } from './locking.ts';
import { NavigationProvider, useNavigation } from './navigation.tsx';

const LockScreen = lazy(() => import('./lock-screen.tsx').then((m) => ({ default: m.LockScreen })));
const StoppedScreen = lazy(() =>
  import('./stopped-screen.tsx').then((m) => ({ default: m.StoppedScreen })),
);
const Welcome = lazy(() => import('../welcome/welcome.tsx').then((m) => ({ default: m.Welcome })));
const Follow = lazy(() => import('../people/follow.tsx').then((m) => ({ default: m.Follow })));
const Join = lazy(() => import('../people/join.tsx').then((m) => ({ default: m.Join })));
const Workspace = lazy(() =>
  import('../shell/workspace.tsx').then((m) => ({ default: m.Workspace })),
);

/** Before a tooltip shows; after the first, others show at once. */
const TIP_MS = 500;

type Opening =
  | { readonly at: 'opening' }
  | { readonly at: 'open'; readonly client: Client }
  | { readonly at: 'locked'; readonly code?: string | undefined; readonly busy: boolean }
  | { readonly at: 'failed'; readonly failure: unknown };

/** The whole application over a client that is being opened. */
export function App(props: {
  readonly open: (unlocking?: Unlocking) => Promise<Client>;
}): ReactElement {
  const { open } = props;
  const [state, setState] = useState<Opening>({ at: 'opening' });
  const start = useCallback(
    (unlocking?: Unlocking) => {
      setState(unlocking === undefined ? { at: 'opening' } : { at: 'locked', busy: true });
      open(unlocking).then(
        (client) => setState({ at: 'open', client }),
        (failure: unknown) => setState(afterFailure(failure)),
      );
    },
    [open],
  );
  useEffect(() => start(), [start]);
  const client = state.at === 'open' ? state.client : undefined;
  const lock = useCallback(
    (tells: boolean) => {
      if (client === undefined) return;
      if (tells) tellLocked();
      // What was shown goes with the page: nothing of it stays in memory that anybody could look into.
      void client.close().finally(() => location.reload());
    },
    [client],
  );
  const lockAll = useCallback(() => lock(true), [lock]);
  switch (state.at) {
    case 'locked':
      return (
        <Suspense fallback={<OpeningFrame />}>
          <LockScreen
            code={state.code}
            busy={state.busy}
            hasPasskey={hasPasskey}
            onUnlock={start}
          />
        </Suspense>
      );
    case 'opening':
      return <OpeningFrame />;
    case 'failed':
      return <OpenFailed failure={state.failure} onAgain={() => start()} />;
    case 'open':
      return (
        <AtollProvider client={state.client}>
          <Tooltip.Provider delayDuration={TIP_MS}>
            <NavigationProvider>
              <ToastProvider>
                <LockContext value={lockAll}>
                  <LocksItself lock={lock} />
                  <Suspense fallback={<OpeningFrame />}>
                    <Places />
                  </Suspense>
                </LockContext>
              </ToastProvider>
            </NavigationProvider>
          </Tooltip.Provider>
        </AtollProvider>
      );
  }
}

/** What opens the keys is asked for where it is not there, or wrong; anything else has failed. */
function afterFailure(failure: unknown): Opening {
  const code = codeOf(failure);
  if (code === 'STORE_LOCKED') return { at: 'locked', busy: false };
  const isOfKeys = code === 'STORE_PASSPHRASE' || code === 'STORE_PASSKEY';
  if (isOfKeys || code?.includes('_PASSKEY') === true) return { at: 'locked', code, busy: false };
  return { at: 'failed', failure };
}

/** Looks for the passphrase anew when somebody may have set one. */
function LocksItself({ lock }: { readonly lock: (tells: boolean) => void }): null {
  const client = useClient();
  useLocking(client, lock);
  return null;
}

function Places(): ReactElement {
  const identity = useIdentity();
  const stopped = useLive(useClient().halo.devices.lock);
  const { place } = useNavigation();
  // The first run goes on after the identity exists: words, check.
  const [firstRun, setFirstRun] = useState(identity === undefined);
  const [words, setWords] = useState<readonly string[] | undefined>(undefined);
  const name = identity?.displayName;
  useEffect(() => {
    if (name !== undefined) changeOwnSettings({ wasHere: name });
  }, [name]);
  const [anew, setAnew] = useState(false);
  const isWiped = stopped?.wipe === 'done';
  useEffect(() => {
    if (isWiped) forgetOwnSettings();
  }, [isWiped]);
  const endFirstRun = useCallback(() => setFirstRun(false), []);
  // Nothing of a device that was stopped is open: no other place would show anything.
  if (stopped !== undefined && !(anew && identity === undefined)) {
    // What deleted it still has in memory who it was: only a page that is loaded anew begins anew.
    const begin = (): void => (identity === undefined ? setAnew(true) : location.reload());
    return <StoppedScreen lock={stopped} onAnew={begin} />;
  }
  if (place.at === 'join') {
    return <Join key={place.code} code={place.code} onWords={setWords} onDone={endFirstRun} />;
  }
  if (place.at === 'follow') {
    return <Follow key={place.code} code={place.code} onWords={setWords} onDone={endFirstRun} />;
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
