/** What was said of somebody, in words; and taking it back. */
import type { AttestationView } from '@atoll/client';
import type { ReactElement } from 'react';
import { ATTESTATIONS } from '../copy/attestations.ts';
import { KNOWN } from '../copy/contacts.ts';
import { FormDialog } from '../ui/form-dialog.tsx';

/** Whether something that was said holds, in a word. */
export function SaidState({ state }: { readonly state: AttestationView['state'] }): ReactElement {
  const isKnown = state === 'holds' || state === 'revoked' || state === 'expired';
  return (
    <span className={state === 'holds' ? 'chip ok' : 'chip warn'}>
      {KNOWN.state[isKnown ? state : 'other']}
    </span>
  );
}

/** Kinds are long names of which the last part is a word. */
export function kindText(kind: string): string {
  return kind.split('.').at(-1) ?? kind;
}

/** A fact as text. */
export function factText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Asks before what cannot be undone. */
export function TakeBack(props: {
  readonly onTakeBack: () => Promise<void>;
  readonly onClose: () => void;
}): ReactElement {
  return (
    <FormDialog
      title={ATTESTATIONS.takeBackTitle}
      describe={ATTESTATIONS.takeBackMeans}
      testId="take-back"
      submit={ATTESTATIONS.takeBack}
      danger
      onSubmit={() => void props.onTakeBack().then(props.onClose)}
      onClose={props.onClose}
    >
      {null}
    </FormDialog>
  );
}
