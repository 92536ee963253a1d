/** A menu of actions or of one choice, on a button. */
import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** One entry of a {@link Menu}. */
export interface MenuEntry {
  readonly label: string;
  readonly detail?: string;
  readonly icon?: IconName;
  readonly look?: ReactNode;
  readonly keys?: string;
  readonly danger?: boolean;
  readonly chosen?: boolean;
  readonly onSelect: () => void;
}

/** A menu. Entries with `chosen` make it a choice of one. */
export function Menu(props: {
  readonly trigger: ReactElement;
  readonly entries: readonly MenuEntry[];
  readonly align?: 'start' | 'end';
}): ReactElement {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{props.trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu"
          align={props.align ?? 'start'}
          sideOffset={4}
          collisionPadding={8}
        >
          {props.entries.map((entry) => (
            <MenuRow key={entry.label} entry={entry} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function MenuRow({ entry }: { readonly entry: MenuEntry }): ReactElement {
  const inside = (
    <>
      {entry.look ?? (entry.icon === undefined ? null : <Icon name={entry.icon} />)}
      <span className="grow">
        {entry.label}
        {entry.detail === undefined ? null : <span className="meta detail">{entry.detail}</span>}
      </span>
      {entry.keys === undefined ? null : <kbd>{entry.keys}</kbd>}
      {entry.chosen === true ? <Icon name="check" /> : null}
    </>
  );
  const className = entry.danger === true ? 'menu-row danger' : 'menu-row';
  if (entry.chosen === undefined) {
    return (
      <DropdownMenu.Item className={className} onSelect={entry.onSelect}>
        {inside}
      </DropdownMenu.Item>
    );
  }
  return (
    <DropdownMenu.CheckboxItem
      className={className}
      checked={entry.chosen}
      onSelect={entry.onSelect}
    >
      {inside}
    </DropdownMenu.CheckboxItem>
  );
}
