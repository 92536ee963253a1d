/** Buttons with words, and icon buttons with a name in a tooltip. */
import { Tooltip } from 'radix-ui';
import type { ComponentProps, ReactElement, ReactNode, Ref } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** How much a button asks for attention. */
export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger' | 'link';

/** A button whose label is a verb. */
export function Button({
  kind = 'plain',
  icon,
  big = false,
  children,
  className = '',
  ...rest
}: ComponentProps<'button'> & {
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  readonly big?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  const classes = [
    'button',
    kind === 'danger' ? 'quiet danger' : kind,
    big ? 'big' : '',
    className,
  ];
  return (
    <button type="button" {...rest} className={classes.join(' ').trim()}>
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button that is only an icon. `disabledBecause` keeps it focusable and says why nothing happens. */
export function IconButton({
  icon,
  label,
  keys,
  disabledBecause,
  onClick,
  ref,
  ...rest
}: ComponentProps<'button'> & {
  readonly icon: IconName;
  readonly label: string;
  readonly keys?: string;
  readonly disabledBecause?: string | undefined;
  readonly ref?: Ref<HTMLButtonElement>;
}): ReactElement {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <button
          type="button"
          {...rest}
          ref={ref}
          className="icon-button"
          aria-label={label}
          aria-disabled={disabledBecause === undefined ? undefined : true}
          onClick={disabledBecause === undefined ? onClick : undefined}
        >
          <Icon name={icon} />
        </button>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tip" sideOffset={6} collisionPadding={8}>
          {disabledBecause ?? label}
          {keys === undefined ? null : <kbd>{keys}</kbd>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
