/** The four places of the phone layout. */
import type { ReactElement } from 'react';
import { PlaceLink, useNavigation } from '../app/navigation.tsx';
import { FRAME } from '../copy/workspace.ts';
import { Icon } from '../ui/icon.tsx';
import { useCommands } from './commands.tsx';

/** The tab bar. */
export function TabBar(): ReactElement {
  const { place, lay } = useNavigation();
  const { run } = useCommands();
  const isYou = place.at === 'you' || place.at === 'devices' || place.at === 'settings';
  return (
    <nav className="tab-bar" aria-label={FRAME.tabs}>
      <PlaceLink to={{ at: 'home' }} current={!isYou}>
        <Icon name="space" />
        {FRAME.tabSpace}
      </PlaceLink>
      <button type="button" onClick={() => run('find')}>
        <Icon name="search" />
        {FRAME.tabSearch}
      </button>
      <button type="button" onClick={() => (run('new') ? undefined : lay('new-space'))}>
        <Icon name="plus" />
        {FRAME.tabNew}
      </button>
      <PlaceLink to={{ at: 'you' }} current={isYou}>
        <Icon name="person" />
        {FRAME.tabYou}
      </PlaceLink>
    </nav>
  );
}
