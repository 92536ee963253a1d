/** Gives the space to somebody else, after saying what that does and that nobody can take it back. */
import type { Member, Space } from '@atoll/client';
import { useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { HAND_OVER } from '../copy/members.ts';
import { Button } from '../ui/button.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { ShowsAllNote } from './shows-all.tsx';
import { useRightsAct } from './use-rights-act.ts';

/** The section in a person's panel, for whoever the space belongs to. */
export function HandOver(props: {
  readonly space: Space;
  readonly member: Member;
}): ReactElement | null {
  const { member, space } = props;
  const root = useLive(space.rights.root);
  const [asks, setAsks] = useState(false);
  if (root === undefined || !root.mine) return null;
  if (member.me) {
    const says =
      root.next === undefined ? HAND_OVER.yours : HAND_OVER.pending(root.next.displayName);
    return <Note says={says} />;
  }
  if (root.next !== undefined) {
    if (root.next.id !== member.id) return null;
    return <Note says={HAND_OVER.pending(member.displayName)} />;
  }
  return (
    <section>
      <Button onClick={() => setAsks(true)}>{HAND_OVER.button(member.displayName)}</Button>
      {asks ? (
        <HandOverDialog space={space} member={member} onClose={() => setAsks(false)} />
      ) : null}
    </section>
  );
}

function Note({ says }: { readonly says: string }): ReactElement {
  return (
    <section>
      <p className="small ink-2" data-testid="root">
        {says}
      </p>
    </section>
  );
}

function HandOverDialog(props: {
  readonly space: Space;
  readonly member: Member;
  readonly onClose: () => void;
}): ReactElement {
  const { member, onClose, space } = props;
  const { displayName: name, id } = member;
  const { busy, problem, run } = useRightsAct(true);
  const submit = (): void =>
    void run(async () => {
      await space.rights.handOver(id);
      return HAND_OVER.done(name);
    }).then((isDone) => (isDone ? onClose() : undefined));
  return (
    <FormDialog
      title={HAND_OVER.title(name)}
      testId="hand-over"
      submit={HAND_OVER.submit}
      danger
      busy={busy}
      onSubmit={submit}
      onClose={onClose}
    >
      <dl className="consequences">
        <dt>{HAND_OVER.once}</dt>
        <dd>{HAND_OVER.onceMeans}</dd>
        <dt>{HAND_OVER.then}</dt>
        <dd>{HAND_OVER.thenMeans(name)}</dd>
        <dt>{HAND_OVER.stays}</dt>
        <dd>{HAND_OVER.staysMeans}</dd>
        <dt>{HAND_OVER.nobody}</dt>
        <dd>{HAND_OVER.nobodyMeans}</dd>
      </dl>
      <ShowsAllNote {...{ space, member }} role="owner" />
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
    </FormDialog>
  );
}
