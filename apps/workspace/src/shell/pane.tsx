/** What the main pane shows at a place. Heavy views come when they are first needed. */
import type { Space } from '@atoll/client';
import { useClient, useLive, useSpace, useSpaces } from '@atoll/react';
import { lazy, type ReactElement } from 'react';
import { PlaceLink, useNavigation } from '../app/navigation.tsx';
import type { View } from '../app/place.ts';
import { useTaking } from '../suggest/use-taking.ts';
import { dayOf } from '../copy/general.ts';
import { LEFT } from '../copy/leave.ts';
import { COMING_BACK } from '../copy/recovery.ts';
import { PAST, VERSIONS } from '../copy/time.ts';
import { FRAME, UNOPENED } from '../copy/workspace.ts';
import { failureWords } from '../time/failure-words.ts';
import { usePastSpace } from '../time/past-space.ts';
import { PastNotice } from '../time/time-notices.tsx';
import { Button } from '../ui/button.tsx';
import { Mark } from '../ui/icon.tsx';
import { usePhone } from '../ui/use-media.ts';
import { Bar } from './bar.tsx';
import { Opening } from './opening.tsx';
import { Sidebar } from './sidebar.tsx';
import { SpaceNotices } from './space-notices.tsx';
import { WordsNotice } from './words-notice.tsx';
import type { WordsState } from './workspace.tsx';

const Tasks = lazy(() => import('../tasks/tasks.tsx').then((m) => ({ default: m.Tasks })));
const Notes = lazy(() => import('../notes/notes.tsx').then((m) => ({ default: m.Notes })));
const NotePage = lazy(() =>
  import('../notes/note-page.tsx').then((m) => ({ default: m.NotePage })),
);
const Table = lazy(() => import('../table/table.tsx').then((m) => ({ default: m.Table })));
const Members = lazy(() => import('../people/members.tsx').then((m) => ({ default: m.Members })));
const Suggestions = lazy(() =>
  import('../suggest/suggestions.tsx').then((m) => ({ default: m.Suggestions })),
);
const Deleted = lazy(() => import('../panel/deleted.tsx').then((m) => ({ default: m.Deleted })));
const Versions = lazy(() => import('../time/versions.tsx').then((m) => ({ default: m.Versions })));
const MergePage = lazy(() => import('../time/merge.tsx').then((m) => ({ default: m.MergePage })));
const Devices = lazy(() => import('../people/devices.tsx').then((m) => ({ default: m.Devices })));
const Settings = lazy(() =>
  import('../settings/settings.tsx').then((m) => ({ default: m.Settings })),
);

/** The main pane. */
export function Pane(props: WordsState): ReactElement {
  const { place } = useNavigation();
  const spaces = useSpaces();
  const phone = usePhone();
  const space = useSpace(place.at === 'space' ? place.space : undefined);
  switch (place.at) {
    case 'devices':
      return <Devices {...props} />;
    case 'settings':
      return <Settings {...props} />;
    case 'you':
      return phone ? <YouPage {...props} /> : <Settings {...props} />;
    case 'space':
      if (space === undefined) {
        const known = spaces.find(({ id }) => id === place.space);
        return known === undefined ? <NotHere /> : <Unopened space={known} />;
      }
      if (place.was !== undefined) {
        return <PastView key={place.was} space={space} view={place.view} was={place.was} />;
      }
      return (
        <SpaceView
          key={space.id}
          space={space}
          view={place.view}
          notices={<SpaceNotices space={space} />}
        />
      );
    default:
      if (spaces.length === 0) return <NoSpaces />;
      return phone ? <SpacesPage /> : <Opening />;
  }
}

/** A view of the past: the same, with nothing that changes anything. */
function PastView(props: {
  readonly space: Space;
  readonly view: View;
  readonly was: string;
}): ReactElement {
  const { space, was } = props;
  const { leavePast } = useNavigation();
  const past = usePastSpace(space, was);
  if (past.at === 'ready') {
    const notices = <PastNotice space={space} was={was} />;
    return <SpaceView space={past.space} view={props.view} notices={notices} />;
  }
  return (
    <>
      <Bar title={VERSIONS.see} />
      <div className="blank">
        <div>
          <h2>{PAST.failed}</h2>
          <p>{failureWords(past.code, '')}</p>
          <div className="line">
            <Button kind="primary" onClick={leavePast}>
              {PAST.leave}
            </Button>
          </div>
        </div>
      </div>
    </>
  );
}

function SpaceView(props: {
  readonly space: Space;
  readonly view: View;
  readonly notices: ReactElement;
}): ReactElement {
  const { notices, space, view } = props;
  useTaking(space);
  switch (view.on) {
    case 'tasks':
      return <Tasks space={space} as={view.as} notices={notices} />;
    case 'notes':
      return view.note === undefined ? (
        <Notes space={space} notices={notices} />
      ) : (
        <NotePage key={view.note} space={space} id={view.note} notices={notices} />
      );
    case 'table':
      return <Table key={view.type} space={space} view={view} notices={notices} />;
    case 'members':
      return <Members space={space} notices={notices} />;
    case 'suggestions':
      return <Suggestions space={space} notices={notices} />;
    case 'deleted':
      return <Deleted space={space} />;
    case 'versions':
      return <Versions space={space} since={view.since} notices={notices} />;
    case 'merge':
      return <MergePage space={space} notices={notices} />;
  }
}

function SpacesPage(): ReactElement {
  return (
    <div className="scroll">
      <h1 className="for-readers">{FRAME.home}</h1>
      <div className="notices">
        <WordsNotice />
      </div>
      <Sidebar asPage />
    </div>
  );
}

function YouPage(props: WordsState): ReactElement {
  return <Settings {...props} withDevicesLink />;
}

function NoSpaces(): ReactElement {
  const { go, lay } = useNavigation();
  const { halo, spaces } = useClient();
  const recovered = useLive(halo.recovery.recovered);
  const left = useLive(spaces.left).length;
  const isComing = recovered?.complete === false;
  return (
    <>
      <Bar title={FRAME.home} />
      <div className="blank scroll">
        <div>
          <Mark size={56} />
          <h2>{isComing ? COMING_BACK.title : FRAME.emptyTitle}</h2>
          <p>{isComing ? COMING_BACK.lead(dayOf(recovered.asOfMs)) : FRAME.emptyLead}</p>
          {isComing ? <p className="small ink-2">{COMING_BACK.wait}</p> : null}
          <div className="line">
            <Button kind="primary" big icon="plus" onClick={() => lay('new-space')}>
              {FRAME.newSpace}
            </Button>
            <Button big icon="link" onClick={() => go({ at: 'join', code: '' })}>
              {FRAME.join}
            </Button>
          </div>
          {left === 0 ? null : (
            <p className="small" style={{ marginTop: 'var(--s4)' }}>
              <PlaceLink to={{ at: 'settings' }}>{LEFT.someLeft(left)}</PlaceLink>
            </p>
          )}
        </div>
      </div>
    </>
  );
}

/** A space that is being opened, or could not be. */
function Unopened({ space }: { readonly space: Space }): ReactElement {
  const problem = useLive(space.problem);
  const name = useLive(space.name);
  const state = useLive(space.state);
  if (problem === undefined) return <Opening />;
  return (
    <>
      <Bar title={name} />
      <div className="blank" data-testid="unopened">
        <div>
          <h2>{UNOPENED.title(name)}</h2>
          <p>{problem.code === 'STORE_CORRUPT' ? UNOPENED.damaged : UNOPENED.other}</p>
          <p className="small ink-2 mono">{problem.code}</p>
          <div className="line">
            <Button
              kind="primary"
              disabled={state === 'opening'}
              onClick={() => void space.open().catch(() => undefined)}
            >
              {FRAME.tryAgain}
            </Button>
          </div>
        </div>
      </div>
    </>
  );
}

function NotHere(): ReactElement {
  const { go } = useNavigation();
  return (
    <>
      <Bar title={FRAME.home} />
      <div className="blank">
        <div>
          <Mark size={56} />
          <h2>{FRAME.notMember}</h2>
          <p>{FRAME.notMemberLead}</p>
          <div className="line">
            <Button kind="primary" onClick={() => go({ at: 'join', code: '' })}>
              {FRAME.join}
            </Button>
          </div>
        </div>
      </div>
    </>
  );
}
