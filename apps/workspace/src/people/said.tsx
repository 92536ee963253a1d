/** What is said about somebody in a space, and what one can do about one's own words. */
import type { ShownAttestation, Space } from '@atoll/client';
import { useClient, useIdentity } from '@atoll/react';
import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { ATTESTATIONS, SAY } from '../copy/attestations.ts';
import { KNOWN } from '../copy/contacts.ts';
import { Button } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import type { PersonToKnow } from './known-person.tsx';
import { factText, kindText, SaidState, TakeBack } from './said-parts.tsx';
import { SaySomething } from './say-something.tsx';

const LOOK_EVERY_MS = 2_000;

/** Attestations about somebody that are shown in a space. */
export function Said(props: {
  readonly space: Space;
  readonly person: PersonToKnow;
}): ReactElement {
  const { person, space } = props;
  const { attestations } = useClient().halo;
  const [all, look] = useShown(space);
  const [isSaying, setSaying] = useState(false);
  const [takingBack, setTakingBack] = useState<string | undefined>(undefined);
  const [problem, setProblem] = useState<{ code: string | undefined } | undefined>(undefined);
  const shown = all.filter(({ subject }) => subject === person.id);
  const run = async (work: Promise<unknown>): Promise<void> => {
    setProblem(undefined);
    try {
      await work;
      look();
    } catch (failure) {
      setProblem({ code: codeOf(failure) });
    }
  };
  return (
    <section className="pile">
      <h2>{KNOWN.said}</h2>
      {shown.length === 0 ? <p className="small ink-2">{KNOWN.nothingSaid}</p> : null}
      {problem === undefined ? null : (
        <NoteLine kind="danger" what={ATTESTATIONS.failed} code={problem.code} live />
      )}
      <ul className="pile said">
        {shown.map((attestation) => (
          <SaidRow
            key={`${attestation.id}/${attestation.publisher}`}
            attestation={attestation}
            onHide={() => void run(attestations.withdraw(attestation.id, { space: space.id }))}
            onTakeBack={() => setTakingBack(attestation.id)}
          />
        ))}
      </ul>
      <div>
        <Button onClick={() => setSaying(true)}>{SAY.open(person.displayName)}</Button>
      </div>
      {isSaying ? (
        <SaySomething
          space={space}
          person={person}
          onClose={() => {
            setSaying(false);
            look();
          }}
        />
      ) : null}
      {takingBack === undefined ? null : (
        <TakeBack
          onClose={() => setTakingBack(undefined)}
          onTakeBack={() => run(attestations.revoke(takingBack))}
        />
      )}
    </section>
  );
}

function SaidRow(props: {
  readonly attestation: ShownAttestation;
  readonly onHide: () => void;
  readonly onTakeBack: () => void;
}): ReactElement {
  const { attestation, onHide, onTakeBack } = props;
  const me = useIdentity()?.id;
  const { fields, hidden, issuer, issuerName, kind, publisher, state } = attestation;
  const isMine = issuer === me && state !== 'revoked';
  return (
    <li data-testid="said">
      <div className="line">
        <span className="strong cut grow">{kindText(kind)}</span>
        <SaidState state={state} />
      </div>
      <div className="meta">{KNOWN.by(issuerName || ATTESTATIONS.somebody)}</div>
      <dl>
        {fields.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{factText(value)}</dd>
          </div>
        ))}
      </dl>
      {hidden === 0 ? null : <div className="meta">{KNOWN.hidden(hidden)}</div>}
      {publisher === me || isMine ? (
        <div className="line" style={{ flexWrap: 'wrap', marginTop: 'var(--s2)' }}>
          {publisher === me ? <Button onClick={onHide}>{ATTESTATIONS.hide}</Button> : null}
          {isMine ? (
            <Button kind="danger" onClick={onTakeBack}>
              {ATTESTATIONS.takeBack}
            </Button>
          ) : null}
        </div>
      ) : null}
    </li>
  );
}

function useShown(space: Space): readonly [shown: readonly ShownAttestation[], look: () => void] {
  const { attestations } = useClient().halo;
  const [shown, setShown] = useState<readonly ShownAttestation[]>([]);
  const look = useCallback((): void => {
    attestations.shownIn(space.id).then(setShown, () => undefined);
  }, [attestations, space]);
  useEffect(() => {
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [look]);
  return [shown, look];
}
