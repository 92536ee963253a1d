/** Spaces and what is in them; one's devices and settings below. */
import type { Space } from '@atoll/client';
import { useCount, useDatabase, useDoor, useIdentity, useLive, useMembers } from '@atoll/react';
import { Suspense, type ReactElement } from 'react';
import { PlaceLink, useNavigation } from '../app/navigation.tsx';
import { useUpdate } from '../app/use-update.ts';
import type { Place, View } from '../app/place.ts';
import { SUGGEST } from '../copy/suggestions.ts';
import { BRANCHES, VERSIONS } from '../copy/time.ts';
import { FRAME } from '../copy/workspace.ts';
import { shownNotes } from '../data/notes-below.ts';
import { PendingJoins } from '../people/pending-joins.tsx';
import { isSuggestedTo } from '../suggest/use-taking.ts';
import { isShownType, typePlural } from '../data/type-words.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { Person } from '../ui/person.tsx';
import { useGrownSpaces } from '../time/branches.ts';
import { useCommands } from './commands.tsx';
import { keysOf } from './shortcuts.ts';

/** The sidebar; on a phone it is a page of its own. */
export function Sidebar({ asPage = false }: { readonly asPage?: boolean }): ReactElement {
  const spaces = useGrownSpaces();
  const { place, lay } = useNavigation();
  const { run } = useCommands();
  const here = place.at === 'space' ? place.space : undefined;
  return (
    <nav className={asPage ? 'sidebar as-page' : 'sidebar'} aria-label={FRAME.navigation}>
      <Account />
      {asPage ? null : (
        <button
          type="button"
          className="find"
          data-testid="find"
          aria-keyshortcuts="Control+K Meta+K"
          onClick={() => run('find')}
        >
          <Icon name="search" />
          <span className="grow words-of-link">{FRAME.find}</span>
          <kbd aria-hidden="true">{keysOf('find')}</kbd>
        </button>
      )}
      <h2>
        <span>{FRAME.spaces}</span>
        <IconButton icon="plus" label={FRAME.newSpace} onClick={() => lay('new-space')} />
      </h2>
      <ul>
        {spaces.map(({ space, branches }) => (
          <SpaceEntry key={space.id} {...{ space, asPage, here, branches }} />
        ))}
      </ul>
      <PendingJoins />
      <ul className="below">
        <UpdateEntry />
        <li>
          <Entry to={{ at: 'join', code: '' }} icon="link" label={FRAME.join} />
        </li>
        <li>
          <Entry
            to={{ at: 'devices' }}
            icon="laptop"
            label={FRAME.devices}
            current={place.at === 'devices'}
          />
        </li>
        <li>
          <Entry
            to={{ at: 'settings' }}
            icon="settings"
            label={FRAME.settings}
            current={place.at === 'settings'}
          />
        </li>
      </ul>
    </nav>
  );
}

function UpdateEntry(): ReactElement | null {
  const update = useUpdate();
  if (update === undefined) return null;
  return (
    <li>
      <button type="button" className="find" title={FRAME.updateMeans} onClick={update}>
        <Icon name="refresh" />
        <span className="grow words-of-link">
          {FRAME.updateReady} {FRAME.update}
        </span>
      </button>
    </li>
  );
}

function Account(): ReactElement | null {
  const identity = useIdentity();
  const { go, lay } = useNavigation();
  if (identity === undefined) return null;
  return (
    <Menu
      trigger={
        <button type="button" className="me">
          <Person person={identity} />
          <span className="grow cut">{identity.displayName}</span>
          <span className="for-readers">{FRAME.account}</span>
          <Icon name="down" />
        </button>
      }
      entries={[
        { label: FRAME.settings, icon: 'settings', onSelect: () => go({ at: 'settings' }) },
        { label: FRAME.devices, icon: 'laptop', onSelect: () => go({ at: 'devices' }) },
        { label: FRAME.join, icon: 'link', onSelect: () => go({ at: 'join', code: '' }) },
        { label: FRAME.keys, icon: 'keyboard', keys: '?', onSelect: () => lay('keys') },
      ]}
    />
  );
}

/** What is in a space is listed below the one where one is; on a page of its own below all that are open. */
function SpaceEntry(props: {
  readonly space: Space;
  readonly asPage: boolean;
  /** Id of the space where one is. */
  readonly here: string | undefined;
  /** They stand below it, with a sign of their own. */
  readonly branches?: readonly Space[];
}): ReactElement {
  const { space, asPage, branches, here } = props;
  const isHere = space.id === here;
  const name = useLive(space.name);
  const isOpen = useLive(space.state) === 'open' && (asPage || isHere);
  const to: Place = { at: 'space', space: space.id, view: { on: 'tasks', as: 'list' } };
  return (
    <li>
      <PlaceLink to={to} className={isOpen ? 'open' : ''} title={name} data-testid="nav-space">
        {branches === undefined ? <Icon name="branch" /> : <Glyph id={space.id} name={name} />}
        <span className="grow cut words-of-link">{name}</span>
      </PlaceLink>
      {isOpen ? (
        <Suspense fallback={null}>
          <Sections space={space} />
        </Suspense>
      ) : null}
      {branches === undefined || branches.length === 0 ? null : (
        <ul className="branches" aria-label={BRANCHES.section}>
          {branches.map((branch) => (
            <SpaceEntry key={branch.id} space={branch} asPage={asPage} here={here} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** Types that are seen in a view of their own, comments beside what they are about. */
const OWN_VIEWS: ReadonlySet<string> = new Set(['Task', 'Note', 'Comment']);

function Sections({ space }: { readonly space: Space }): ReactElement {
  const { place } = useNavigation();
  const members = useMembers(space);
  const tasks = useCount(space, (db) => db.query('Task'));
  const notes = useDatabase(space, shownNotes);
  const others = useDatabase(space, (db) =>
    db
      .types()
      .map(({ name }) => name)
      .filter((name) => isShownType(name) && !OWN_VIEWS.has(name)),
  );
  const view = place.at === 'space' && place.space === space.id ? place.view : undefined;
  const to = (there: View): Place => ({ at: 'space', space: space.id, view: there });
  return (
    <ul>
      <Section
        to={to({ on: 'tasks', as: 'list' })}
        icon="task"
        label={FRAME.tasks}
        count={tasks}
        current={view?.on === 'tasks'}
      />
      <Section
        to={to({ on: 'notes' })}
        icon="note"
        label={FRAME.notes}
        count={notes}
        current={view?.on === 'notes'}
      />
      {others.map((name) => (
        <TypeSection
          key={name}
          space={space}
          type={name}
          to={to({ on: 'table', type: name })}
          current={view?.on === 'table' && view.type === name}
        />
      ))}
      <Section
        to={to({ on: 'members' })}
        icon="people"
        label={FRAME.members}
        count={members.length}
        current={view?.on === 'members'}
      />
      <SuggestionsSection space={space} current={view?.on === 'suggestions'} />
      <Section
        to={to({ on: 'versions' })}
        icon="flag"
        label={VERSIONS.title}
        current={view?.on === 'versions' || view?.on === 'merge'}
      />
      <Section
        to={to({ on: 'deleted' })}
        icon="trash"
        label={FRAME.deleted}
        current={view?.on === 'deleted'}
      />
    </ul>
  );
}

/** In a space where visitors may suggest something, or could. */
function SuggestionsSection(props: {
  readonly space: Space;
  readonly current: boolean;
}): ReactElement | null {
  const { current, space } = props;
  const door = useDoor(space);
  if (!isSuggestedTo(door)) return null;
  return (
    <Section
      to={{ at: 'space', space: space.id, view: { on: 'suggestions' } }}
      icon="comment"
      label={SUGGEST.title}
      count={door.waiting.length}
      current={current}
    />
  );
}

function Section(props: {
  readonly to: Place;
  readonly icon: IconName;
  readonly label: string;
  readonly count?: number;
  readonly current: boolean;
}): ReactElement {
  return (
    <li>
      <PlaceLink
        to={props.to}
        className="section"
        current={props.current}
        title={props.label}
        data-testid={`nav-${props.to.at === 'space' ? props.to.view.on : props.to.at}`}
      >
        <Icon name={props.icon} />
        <span className="grow cut words-of-link">{props.label}</span>
        {props.count === undefined || props.count === 0 ? null : (
          <span className="count">{props.count.toLocaleString()}</span>
        )}
      </PlaceLink>
    </li>
  );
}

/** Any other type, while there is something of it or one looks at it. */
function TypeSection(props: {
  readonly space: Space;
  readonly type: string;
  readonly to: Place;
  readonly current: boolean;
}): ReactElement | null {
  const { type, to, current } = props;
  const count = useCount(props.space, (db) => db.query(type), [type]);
  if (count === 0 && !current) return null;
  return <Section to={to} icon="table" label={typePlural(type)} count={count} current={current} />;
}

function Entry(props: {
  readonly to: Place;
  readonly icon: IconName;
  readonly label: string;
  readonly current?: boolean;
}): ReactElement {
  return (
    <PlaceLink to={props.to} current={props.current ?? false} title={props.label}>
      <Icon name={props.icon} />
      <span className="grow words-of-link">{props.label}</span>
    </PlaceLink>
  );
}

const HUES = 7;

function Glyph(props: { readonly id: string; readonly name: string }): ReactElement {
  const hue = (Number.parseInt(props.id.slice(0, 6), 16) % HUES || 0) + 1;
  return (
    <span className={`glyph hue-${String(hue)}`} aria-hidden="true">
      {props.name.trim().slice(0, 1).toLocaleUpperCase()}
    </span>
  );
}
