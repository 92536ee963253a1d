/** The way to make something private, in the bar over notes and tasks. */
import type { ReactElement } from 'react';
import { NEW_PRIVATE } from '../copy/private.ts';
import { useCommands } from '../shell/commands.tsx';
import { Button, IconButton } from '../ui/button.tsx';

/** The button; on a phone only its icon. */
export function NewPrivateButton({ phone }: { readonly phone: boolean }): ReactElement {
  const { run } = useCommands();
  const create = (): void => void run('new-private');
  if (phone) {
    return (
      <IconButton
        icon="lock"
        label={NEW_PRIVATE.title}
        data-testid="new-private-button"
        onClick={create}
      />
    );
  }
  return (
    <Button icon="lock" title={NEW_PRIVATE.title} data-testid="new-private-button" onClick={create}>
      {NEW_PRIVATE.button}
    </Button>
  );
}
