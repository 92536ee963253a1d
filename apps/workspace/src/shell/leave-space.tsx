/** Leaves a space, after saying what goes and what stays; a branch that nobody else has is deleted for good. */
import type { Member, Space } from '@atoll/client';
import { useDevices, useLive, useMembers, useStatus } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { useNavigation } from '../app/navigation.tsx';
import { SAVE } from '../copy/keep.ts';
import { LEAVE } from '../copy/leave.ts';
import { Button } from '../ui/button.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useToast } from '../ui/toast.tsx';

/** So many people are named; of more, their number is said. */
const NAMED_MAX = 3;

/** The dialog. */
export function LeaveSpace(props: {
  readonly space: Space;
  readonly onClose: () => void;
}): ReactElement {
  const { space, onClose } = props;
  const name = useLive(space.name);
  const others = useMembers(space).filter(({ me }) => !me);
  const role = useLive(space.myRole);
  const { busy, leave, problem } = useLeaving(space, onClose);
  const isLast = others.length === 0;
  const isUnsent = problem === 'CLIENT_UNSENT_WORK';
  const isOnlyHost = isHost(role) && !isLast && !others.some((other) => isHost(other.role));
  const submit = isLast ? LEAVE.forGood : isUnsent ? LEAVE.leaveAndLose : LEAVE.leave;
  return (
    <FormDialog
      title={isLast ? LEAVE.titleForGood(name) : LEAVE.title(name)}
      testId="leave-space"
      submit={submit}
      danger
      busy={busy}
      onSubmit={() => void leave(isLast || isUnsent)}
      onClose={onClose}
    >
      {isLast ? <Last space={space} /> : null}
      <Consequences others={others} />
      {isOnlyHost ? (
        <NoteLine kind="warn" what={LEAVE.lastAdmin} means={LEAVE.lastAdminMeans} />
      ) : null}
      {isUnsent ? <Unsent space={space} /> : null}
      {problem === undefined || isUnsent ? null : (
        <NoteLine kind="danger" what={LEAVE.failed} code={problem} live />
      )}
    </FormDialog>
  );
}

function isHost(role: Member['role']): boolean {
  return role === 'admin' || role === 'owner';
}

function Consequences({ others }: { readonly others: readonly Member[] }): ReactElement {
  const devices = useDevices();
  const [first, second] = others;
  return (
    <dl className="consequences">
      <dt>{LEAVE.here}</dt>
      <dd>{LEAVE.hereMeans}</dd>
      {devices.length < 2 ? null : (
        <>
          <dt>{LEAVE.devices}</dt>
          <dd>{LEAVE.devicesMeans}</dd>
        </>
      )}
      {first === undefined ? null : (
        <>
          <dt>{LEAVE.others}</dt>
          <dd>
            {second === undefined
              ? LEAVE.otherMeans(first.displayName)
              : LEAVE.othersMeans(namesOf(others))}{' '}
            {LEAVE.back}
          </dd>
        </>
      )}
    </dl>
  );
}

function namesOf(others: readonly Member[]): string {
  if (others.length > NAMED_MAX) return LEAVE.manyOthers(others.length);
  const names = others.map(({ displayName }) => displayName);
  return [names.slice(0, -1).join(', '), names.at(-1)].join(LEAVE.and);
}

/** Nobody could bring it back. */
function Last({ space }: { readonly space: Space }): ReactElement {
  const { lay, place } = useNavigation();
  const isHere = place.at === 'space' && place.space === space.id;
  return (
    <NoteLine kind="danger" what={LEAVE.last} means={LEAVE.lastMeans}>
      {isHere ? <Button onClick={() => lay('save-space')}>{SAVE.menu}</Button> : null}
    </NoteLine>
  );
}

function Unsent({ space }: { readonly space: Space }): ReactElement {
  const isOffline = useStatus(space).connection === 'offline';
  return (
    <NoteLine
      kind="danger"
      what={LEAVE.unsent}
      means={isOffline ? LEAVE.unsentOffline : LEAVE.unsentMeans}
      live
    />
  );
}

/** Leaving, and what it came to. */
function useLeaving(
  space: Space,
  onClose: () => void,
): {
  readonly busy: boolean;
  readonly problem: string | undefined;
  readonly leave: (discard: boolean) => Promise<void>;
} {
  const { go, place } = useNavigation();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const leave = async (discard: boolean): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const name = space.name.get();
    const isShared = space.members.get().some(({ me }) => !me);
    const isHere = place.at === 'space' && place.space === space.id;
    const origin = space.state.get() === 'open' ? space.history.branchOrigin()?.origin : undefined;
    try {
      await space.leave({ discard });
    } catch (failure) {
      setProblem(codeOf(failure) ?? 'CLIENT_UNKNOWN');
      setBusy(false);
      return;
    }
    toast({ text: isShared ? LEAVE.left(name) : LEAVE.deleted(name) });
    if (!isHere) onClose();
    else if (origin === undefined) go({ at: 'home' });
    else go({ at: 'space', space: origin, view: { on: 'versions' } });
  };
  return { busy, problem, leave };
}
