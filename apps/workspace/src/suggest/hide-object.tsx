/** Hiding one thing from everybody where it is open, and what is said of it while it is hidden. */
import type { Space } from '@atoll/client';
import { useDoor, useHiddenBecause, useLive, useMembers } from '@atoll/react';
import type { ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { HIDE, SUGGEST } from '../copy/suggestions.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useToast } from '../ui/toast.tsx';

interface HideProps {
  readonly space: Space;
  readonly object: string;
}

/** Hides it; nothing for who may not, and in a space that nobody else reads. */
export function HideButton({ object, space }: HideProps): ReactElement | null {
  const mayModerate = useMayModerate(space);
  const { isOpen } = useDoor(space);
  const isShared = useMembers(space).length > 1 || isOpen;
  const because = useHiddenBecause(space, object);
  const { hide } = useHiding(space, object);
  if (!mayModerate || !isShared || because !== undefined) return null;
  return <IconButton icon="hide" label={HIDE.hide} data-testid="hide-object" onClick={hide} />;
}

/** Says that it is hidden, by whom, and what that means; nothing of what everybody sees. */
export function HiddenLine({ object, space }: HideProps): ReactElement | null {
  const mayModerate = useMayModerate(space);
  const because = useHiddenBecause(space, object);
  const { show } = useHiding(space, object);
  if (because === undefined) return null;
  const { by, why } = because;
  const what = why === 'banned' ? HIDE.banned(by.displayName) : HIDE.by(by.displayName);
  return (
    <div className="hidden-line" data-testid="hidden-line">
      <NoteLine kind="warn" icon="hide" what={what} means={HIDE.means} live>
        {mayModerate ? <Button onClick={show}>{HIDE.again}</Button> : null}
      </NoteLine>
    </div>
  );
}

function useMayModerate(space: Space): boolean {
  const role = useLive(space.myRole);
  return (role === 'admin' || role === 'owner') && !space.isFollowed;
}

function useHiding(
  space: Space,
  object: string,
): { readonly hide: () => void; readonly show: () => void } {
  const toast = useToast();
  const failed = (failure: unknown): void => {
    const code = codeOf(failure) ?? '';
    toast({ text: SUGGEST.codes[code] ?? `${SUGGEST.failed} ${code}` });
  };
  const show = (): void =>
    void space.door.show(object).then(() => toast({ text: HIDE.shown }), failed);
  const hide = (): void =>
    void space.door
      .hide(object)
      .then(() => toast({ text: HIDE.hidden, action: { label: HIDE.again, run: show } }), failed);
  return { hide, show };
}
