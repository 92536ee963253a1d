/** What one has said of people, and what they have said of one: shown where one wants, and taken back. */
import type { KeptAttestation, Space } from '@atoll/client';
import { useClient, useLive, useSpaces } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { ATTESTATIONS } from '../copy/attestations.ts';
import { KNOWN } from '../copy/contacts.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useToast } from '../ui/toast.tsx';
import { factText, kindText, SaidState, TakeBack } from './said-parts.tsx';

/** The section of settings. */
export function AttestationsSection(): ReactElement {
  const all = useLive(useClient().halo.attestations.list);
  const [open, setOpen] = useState<string | undefined>(undefined);
  const shown = all.find(({ id }) => id === open);
  if (all.length === 0) return <p className="small ink-2">{ATTESTATIONS.empty}</p>;
  return (
    <>
      <ul className="rows contacts">
        {all.map((attestation) => (
          <li key={attestation.id} data-testid="attestation">
            <button type="button" className="row-button" onClick={() => setOpen(attestation.id)}>
              <Icon name="check" />
              <span className="grow cut">
                {kindText(attestation.kind)}
                <span className="meta"> {whose(attestation)}</span>
              </span>
              <SaidState state={attestation.state} />
              <Icon name="right" />
            </button>
          </li>
        ))}
      </ul>
      {shown === undefined ? null : (
        <AttestationDialog attestation={shown} onClose={() => setOpen(undefined)} />
      )}
    </>
  );
}

function whose({ issuerName, role, subjectName }: KeptAttestation): string {
  return role === 'made'
    ? ATTESTATIONS.made(subjectName || ATTESTATIONS.somebody)
    : ATTESTATIONS.about(issuerName || ATTESTATIONS.somebody);
}

function AttestationDialog(props: {
  readonly attestation: KeptAttestation;
  readonly onClose: () => void;
}): ReactElement {
  const { attestation, onClose } = props;
  const { attestations } = useClient().halo;
  const spaces = useSpaces();
  const toast = useToast();
  const [space, setSpace] = useState<Space | undefined>(spaces[0]);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<{ code: string | undefined } | undefined>(undefined);
  const run = async (work: () => Promise<unknown>, said: string): Promise<void> => {
    setProblem(undefined);
    try {
      await work();
      toast({ text: said });
    } catch (failure) {
      setProblem({ code: codeOf(failure) });
    }
  };
  const { fields, hidden, id, role, state } = attestation;
  const tick = (name: string): void => {
    const next = new Set(ticked);
    if (!next.delete(name)) next.add(name);
    setTicked(next);
  };
  return (
    <Dialog
      title={kindText(attestation.kind)}
      describe={whose(attestation)}
      testId="attestation-dialog"
      onClose={onClose}
    >
      <div className="pile" style={{ gap: 'var(--s4)' }}>
        <div>
          <SaidState state={state} />
        </div>
        <fieldset className="pile ticks">
          <legend className="label">{ATTESTATIONS.facts}</legend>
          {fields.map(({ name, value }) => (
            <label key={name} className="tick-line">
              <input type="checkbox" checked={ticked.has(name)} onChange={() => tick(name)} />
              <span>
                <span className="ink-2">{name}:</span> {factText(value)}
              </span>
            </label>
          ))}
          {hidden === 0 ? null : <span className="meta">{KNOWN.hidden(hidden)}</span>}
        </fieldset>
        {space === undefined ? (
          <p className="small ink-2">{ATTESTATIONS.noSpaces}</p>
        ) : (
          <Where
            spaces={spaces}
            space={space}
            isReady={ticked.size > 0 && state === 'holds'}
            onSpace={setSpace}
            onShow={() =>
              void run(
                () => attestations.publish(id, { space: space.id, fields: [...ticked] }),
                ATTESTATIONS.shown(space.name.get()),
              )
            }
            onHide={() =>
              void run(
                () => attestations.withdraw(id, { space: space.id }),
                ATTESTATIONS.hidden(space.name.get()),
              )
            }
          />
        )}
        {problem === undefined ? null : (
          <NoteLine kind="danger" what={ATTESTATIONS.failed} code={problem.code} live />
        )}
        <div className="line" style={{ flexWrap: 'wrap' }}>
          {role === 'made' && state !== 'revoked' ? (
            <Button kind="danger" onClick={() => setAsking(true)}>
              {ATTESTATIONS.takeBack}
            </Button>
          ) : null}
          <Button
            kind="quiet"
            title={ATTESTATIONS.forgetMeans}
            onClick={() => void attestations.remove(id).then(onClose)}
          >
            {ATTESTATIONS.forget}
          </Button>
          <span className="small ink-2">{ATTESTATIONS.forgetMeans}</span>
        </div>
      </div>
      {isAsking ? (
        <TakeBack
          onClose={() => setAsking(false)}
          onTakeBack={() => run(() => attestations.revoke(id), ATTESTATIONS.takenBack)}
        />
      ) : null}
    </Dialog>
  );
}

function Where(props: {
  readonly spaces: readonly Space[];
  readonly space: Space;
  readonly isReady: boolean;
  readonly onSpace: (space: Space) => void;
  readonly onShow: () => void;
  readonly onHide: () => void;
}): ReactElement {
  const { space, spaces } = props;
  const name = useLive(space.name);
  return (
    <div className="line" style={{ flexWrap: 'wrap' }}>
      <span className="small ink-2">{ATTESTATIONS.showIn}</span>
      <Menu
        trigger={
          <Button aria-label={`${ATTESTATIONS.showIn}: ${name}`}>
            {name}
            <Icon name="down" />
          </Button>
        }
        entries={spaces.map((each) => ({
          label: each.name.get(),
          chosen: each === space,
          onSelect: () => props.onSpace(each),
        }))}
      />
      <Button kind="primary" disabled={!props.isReady} onClick={props.onShow}>
        {ATTESTATIONS.show}
      </Button>
      <Button title={ATTESTATIONS.hideMeans} onClick={props.onHide}>
        {ATTESTATIONS.hide}
      </Button>
    </div>
  );
}
