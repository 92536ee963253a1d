/** Gives up what was written in an old copy of this device and cannot join what the others have. */
import type { Space } from '@atoll/client';
import { useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { useNavigation } from '../app/navigation.tsx';
import { SAVE } from '../copy/keep.ts';
import { BEHIND } from '../copy/leave.ts';
import { Button } from '../ui/button.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useToast } from '../ui/toast.tsx';

/** The dialog. */
export function LeaveWork(props: {
  readonly space: Space;
  readonly onClose: () => void;
}): ReactElement | null {
  const { space, onClose } = props;
  const { apart } = useLive(space.epochs.status);
  const { lay } = useNavigation();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const leave = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    try {
      await space.epochs.leaveWork();
      toast({ text: BEHIND.done });
      onClose();
    } catch (failure) {
      setProblem(codeOf(failure) ?? 'CLIENT_UNKNOWN');
      setBusy(false);
    }
  };
  // An old address, or it has come over meanwhile.
  if (apart === 0 && !busy) return null;
  return (
    <FormDialog
      title={BEHIND.title(apart)}
      describe={BEHIND.means}
      testId="leave-work"
      submit={BEHIND.submit}
      danger
      busy={busy}
      onSubmit={() => void leave()}
      onClose={onClose}
    >
      <NoteLine kind="warn" means={BEHIND.save}>
        <Button onClick={() => lay('save-space')}>{SAVE.menu}</Button>
      </NoteLine>
      {problem === undefined ? null : (
        <NoteLine kind="danger" what={BEHIND.failed} code={problem} live />
      )}
    </FormDialog>
  );
}
