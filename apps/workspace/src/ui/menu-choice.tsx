/** A choice of one among those of a menu, on a button that shows what is chosen. */
import type { ReactElement } from 'react';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import { Menu, type MenuEntry } from './menu.tsx';

/** The button with its menu. */
export function MenuChoice(props: {
  readonly label: string;
  readonly chosen: string;
  readonly entries: readonly MenuEntry[];
}): ReactElement {
  return (
    <Menu
      trigger={
        <Button aria-label={`${props.label}: ${props.chosen}`}>
          <span className="cut">{props.chosen}</span>
          <Icon name="down" />
        </Button>
      }
      entries={props.entries}
    />
  );
}
