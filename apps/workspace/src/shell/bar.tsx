/** The bar over the pane: title, views, people, connection, undo, invite. */
import type { Space } from '@atoll/client';
import { useDoor, useLive, usePresence, useUndo } from '@atoll/react';
import { useState, type ReactElement, type ReactNode } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import type { Place, View } from '../app/place.ts';
import { UNDO } from '../copy/general.ts';
import { SAVE } from '../copy/keep.ts';
import { LEAVE } from '../copy/leave.ts';
import { SUGGEST } from '../copy/suggestions.ts';
import { BRANCHES, VERSIONS } from '../copy/time.ts';
import { FRAME } from '../copy/workspace.ts';
import { mayWrite } from '../data/may.ts';
import { isSuggestedTo } from '../suggest/use-taking.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { People } from '../ui/person.tsx';
import { useIsBranch } from '../time/time-notices.tsx';
import { usePhone } from '../ui/use-media.ts';
import { useCommand, useCommands } from './commands.tsx';
import { Connection } from './connection.tsx';
import { History } from './history.tsx';
import { keysOf } from './shortcuts.ts';

/** The bar. `space` brings what belongs to a space; without it the bar is a title. */
export function Bar(props: {
  readonly title: string;
  readonly space?: Space;
  readonly views?: ReactNode;
  readonly back?: View;
  readonly children?: ReactNode;
}): ReactElement {
  const phone = usePhone();
  const { place, go } = useNavigation();
  const goBack = (): void => {
    if (props.back !== undefined && place.at === 'space') {
      go({ at: 'space', space: place.space, view: props.back });
    } else go(place.at === 'devices' || place.at === 'settings' ? { at: 'you' } : { at: 'home' });
  };
  return (
    <>
      <header className="bar">
        {phone ? <IconButton icon="left" label={FRAME.back} onClick={goBack} /> : null}
        <h1 className={phone ? 'grow cut' : 'cut'}>{props.title}</h1>
        {phone ? null : props.views}
        {phone ? null : <span className="grow" />}
        {props.space === undefined || isPast(place) ? null : (
          <SpaceTools space={props.space} phone={phone} />
        )}
        {props.children}
      </header>
      {phone && props.views !== undefined ? <div className="sub-bar">{props.views}</div> : null}
    </>
  );
}

/** In the past nothing can be changed, and nobody is there. */
function isPast(place: Place): boolean {
  return place.at === 'space' && place.was !== undefined;
}

function SpaceTools(props: { readonly space: Space; readonly phone: boolean }): ReactElement {
  const { space, phone } = props;
  const others = usePresence(space);
  const people = [...new Map(others.map((entry) => [entry.member, entry])).values()];
  if (phone) {
    return (
      <>
        <Connection space={space} />
        <PhoneMenu space={space} />
      </>
    );
  }
  return (
    <>
      <People people={people} label={FRAME.here} />
      <Connection space={space} />
      <UndoButtons space={space} />
      <InviteButton />
      <SpaceMenu space={space} />
    </>
  );
}

function InviteButton(): ReactElement {
  const { lay } = useNavigation();
  return (
    <Button icon="people" title={FRAME.invite} onClick={() => lay('invite')} data-testid="invite">
      {FRAME.invite}
    </Button>
  );
}

function UndoButtons({ space }: { readonly space: Space }): ReactElement {
  const undo = useUndo(space);
  const { run } = useCommands();
  const [shown, setShown] = useState(false);
  useCommand('history', () => setShown(true));
  return (
    <>
      <IconButton
        icon="undo"
        label={undo.undoLabel === undefined ? UNDO : `${UNDO}: ${undo.undoLabel}`}
        keys={keysOf('undo') ?? ''}
        disabledBecause={undo.canUndo ? undefined : FRAME.nothingToUndo}
        onClick={() => run('undo')}
        data-testid="undo"
      />
      <IconButton
        icon="redo"
        label={undo.redoLabel === undefined ? FRAME.redo : `${FRAME.redo}: ${undo.redoLabel}`}
        keys={keysOf('redo') ?? ''}
        disabledBecause={undo.canRedo ? undefined : FRAME.nothingToRedo}
        onClick={() => run('redo')}
        data-testid="redo"
      />
      <History space={space} open={shown} onOpen={setShown} />
    </>
  );
}

/** What is done with a whole space, seldom. */
function SpaceMenu({ space }: { readonly space: Space }): ReactElement {
  const { lay } = useNavigation();
  const canWrite = mayWrite(useLive(space.myRole));
  const isBranch = useIsBranch(space);
  const writing: readonly MenuEntry[] = [
    { label: FRAME.rename, icon: 'edit', onSelect: () => lay('rename-space') },
    { label: VERSIONS.name, icon: 'flag', onSelect: () => lay('name-version') },
  ];
  return (
    <Menu
      align="end"
      trigger={<IconButton icon="more" label={FRAME.moreOfSpace} data-testid="space-menu" />}
      entries={[
        ...(canWrite ? writing : []),
        { label: BRANCHES.try, icon: 'branch', onSelect: () => lay('branch') },
        { label: SAVE.menu, icon: 'download', onSelect: () => lay('save-space') },
        leaveEntry(isBranch, () => lay('leave-space')),
      ]}
    />
  );
}

function leaveEntry(isBranch: boolean, onSelect: () => void): MenuEntry {
  const label = isBranch ? LEAVE.menuBranch : LEAVE.menu;
  return { label, icon: isBranch ? 'trash' : 'leave', danger: true, onSelect };
}

function PhoneMenu({ space }: { readonly space: Space }): ReactElement {
  const door = useDoor(space);
  const undo = useUndo(space);
  const isBranch = useIsBranch(space);
  const { run } = useCommands();
  const { go, lay } = useNavigation();
  const to = (view: View) => () => go({ at: 'space', space: space.id, view });
  const entries: MenuEntry[] = [
    { label: FRAME.invite, icon: 'people', onSelect: () => lay('invite') },
    { label: FRAME.members, icon: 'people', onSelect: to({ on: 'members' }) },
    ...(undo.canUndo
      ? [{ label: UNDO, icon: 'undo' as const, onSelect: () => void run('undo') }]
      : []),
    ...(undo.canRedo
      ? [{ label: FRAME.redo, icon: 'redo' as const, onSelect: () => void run('redo') }]
      : []),
    ...(isSuggestedTo(door)
      ? [{ label: SUGGEST.title, icon: 'comment' as const, onSelect: to({ on: 'suggestions' }) }]
      : []),
    { label: VERSIONS.title, icon: 'flag', onSelect: to({ on: 'versions' }) },
    { label: FRAME.deleted, icon: 'trash', onSelect: to({ on: 'deleted' }) },
    { label: SAVE.menu, icon: 'download', onSelect: () => lay('save-space') },
    { label: FRAME.rename, icon: 'edit', onSelect: () => lay('rename-space') },
    leaveEntry(isBranch, () => lay('leave-space')),
  ];
  return (
    <Menu align="end" trigger={<IconButton icon="more" label={FRAME.more} />} entries={entries} />
  );
}
