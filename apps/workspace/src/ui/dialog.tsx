/** What floats: dialogs, and popovers that become sheets on a phone. Focus is trapped and returned. */
import { Dialog as RadixDialog, Popover as RadixPopover } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { IconButton } from './button.tsx';
import { CLOSE } from '../copy/general.ts';
import { usePhone } from './use-media.ts';

/** A dialog; at the bottom of the window on a phone. */
export function Dialog(props: {
  readonly title: string;
  readonly describe?: string;
  readonly wide?: boolean;
  readonly testId?: string;
  /** Something typed would be lost: only the buttons close. */
  readonly keep?: boolean;
  readonly footer?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const stay = (event: Event): void => {
    if (props.keep === true) event.preventDefault();
  };
  return (
    <RadixDialog.Root open onOpenChange={(open) => (open ? undefined : props.onClose())}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="veil">
          <RadixDialog.Content
            className={props.wide === true ? 'dialog wide' : 'dialog'}
            data-testid={props.testId}
            onOpenAutoFocus={focusFirstField}
            onPointerDownOutside={stay}
            {...(props.describe === undefined ? { 'aria-describedby': undefined } : {})}
          >
            <header>
              <RadixDialog.Title>{props.title}</RadixDialog.Title>
              <RadixDialog.Close asChild>
                <IconButton icon="close" label={CLOSE} />
              </RadixDialog.Close>
            </header>
            <div className="body">
              {props.describe === undefined ? null : (
                <RadixDialog.Description className="lead">{props.describe}</RadixDialog.Description>
              )}
              {props.children}
            </div>
            {props.footer === undefined ? null : <footer>{props.footer}</footer>}
          </RadixDialog.Content>
        </RadixDialog.Overlay>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

/** Focus goes to what one types into, else to the dialog itself: never to the way out. */
function focusFirstField(event: Event): void {
  const content = event.target;
  if (!(content instanceof HTMLElement)) return;
  event.preventDefault();
  const field = content.querySelector<HTMLElement>('input:not([readonly]):not([type=checkbox])');
  (field ?? content).focus();
}

/** A popover on its trigger; a sheet on a phone. */
export function Popover(props: {
  readonly title: string;
  readonly trigger: ReactElement;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly testId?: string;
  readonly children: ReactNode;
}): ReactElement {
  const phone = usePhone();
  if (phone) {
    return (
      <RadixDialog.Root open={props.open} onOpenChange={props.onOpen}>
        <RadixDialog.Trigger asChild>{props.trigger}</RadixDialog.Trigger>
        <RadixDialog.Portal>
          <RadixDialog.Overlay className="veil">
            <RadixDialog.Content
              className="dialog popover"
              data-testid={props.testId}
              aria-describedby={undefined}
            >
              <RadixDialog.Title className="for-readers">{props.title}</RadixDialog.Title>
              {props.children}
            </RadixDialog.Content>
          </RadixDialog.Overlay>
        </RadixDialog.Portal>
      </RadixDialog.Root>
    );
  }
  return (
    <RadixPopover.Root open={props.open} onOpenChange={props.onOpen}>
      <RadixPopover.Trigger asChild>{props.trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content
          className="popover"
          aria-label={props.title}
          data-testid={props.testId}
          align="end"
          sideOffset={6}
          collisionPadding={8}
        >
          {props.children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
