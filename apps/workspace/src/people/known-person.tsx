/** How sure one is of somebody, keeping them, and what is said about them in a space. */
import type { AttestationView, Contact, ShownAttestation, Space } from '@atoll/client';
import { useClient, useLive } from '@atoll/react';
import { useEffect, useState, type ReactElement } from 'react';
import { KNOWN, standingText } from '../copy/contacts.ts';
import { moment } from '../copy/general.ts';
import { Button } from '../ui/button.tsx';
import { CompareNumbers } from './compare-numbers.tsx';

/** Somebody to be looked at. */
export interface PersonToKnow {
  readonly id: string;
  readonly displayName: string;
}

const LOOK_EVERY_MS = 2_000;

/** What is known of one person. With a space, also what is said there about them. */
export function KnownPerson(props: {
  readonly person: PersonToKnow;
  readonly space?: Space;
}): ReactElement {
  const { person, space } = props;
  const { contacts } = useClient().halo;
  const contact = useLive(contacts.list).find(({ id }) => id === person.id);
  const [isComparing, setComparing] = useState(false);
  const standing = contact?.standing ?? ({ at: 'unverified' } as const);
  const when = 'atMs' in standing ? moment(standing.atMs, Date.now()) : '';
  return (
    <>
      <section className="pile" data-testid="known-person" data-standing={standing.at}>
        <h2>{KNOWN.heading}</h2>
        <div className="line">
          <StandingChip contact={contact} />
          {contact === undefined ? null : <span className="meta">{KNOWN.kept}</span>}
        </div>
        <p className="small ink-2">{standingText(standing, person.displayName, when)}</p>
        <div className="line" style={{ flexWrap: 'wrap' }}>
          <Button
            kind={standing.at === 'verified' ? 'plain' : 'primary'}
            onClick={() => setComparing(true)}
          >
            {standing.at === 'unverified' ? KNOWN.compare : KNOWN.again}
          </Button>
          {contact === undefined ? (
            <Button
              onClick={() =>
                void contacts.add(person.id, space === undefined ? {} : { space: space.id })
              }
            >
              {KNOWN.keep}
            </Button>
          ) : (
            <Button kind="danger" onClick={() => void contacts.remove(person.id)}>
              {KNOWN.forget}
            </Button>
          )}
        </div>
      </section>
      {space === undefined ? null : <Said space={space} person={person} />}
      {isComparing ? <CompareNumbers person={person} onClose={() => setComparing(false)} /> : null}
    </>
  );
}

/** One word about how sure one is. */
export function StandingChip(props: { readonly contact: Contact | undefined }): ReactElement {
  const at = props.contact?.standing.at ?? 'unverified';
  const look = at === 'verified' ? 'chip ok' : at === 'unverified' ? 'chip' : 'chip warn';
  return <span className={look}>{KNOWN.chip[at]}</span>;
}

/** Attestations about somebody that are shown in a space. */
function Said(props: { readonly space: Space; readonly person: PersonToKnow }): ReactElement {
  const { person, space } = props;
  const shown = useShown(space).filter(({ subject }) => subject === person.id);
  return (
    <section className="pile">
      <h2>{KNOWN.said}</h2>
      {shown.length === 0 ? <p className="small ink-2">{KNOWN.nothingSaid}</p> : null}
      <ul className="pile said">
        {shown.map((attestation) => (
          <li key={`${attestation.id}/${attestation.publisher}`} data-testid="said">
            <div className="line">
              <span className="strong cut grow">{lastPart(attestation.kind)}</span>
              <span className={attestation.state === 'holds' ? 'chip ok' : 'chip warn'}>
                {stateText(attestation.state)}
              </span>
            </div>
            <div className="meta">{KNOWN.by(attestation.issuerName)}</div>
            <dl>
              {attestation.fields.map(({ name, value }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
                </div>
              ))}
            </dl>
            {attestation.hidden === 0 ? null : (
              <div className="meta">{KNOWN.hidden(attestation.hidden)}</div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function useShown(space: Space): readonly ShownAttestation[] {
  const { attestations } = useClient().halo;
  const [shown, setShown] = useState<readonly ShownAttestation[]>([]);
  useEffect(() => {
    let isHere = true;
    const look = (): void =>
      void attestations.shownIn(space.id).then(
        (now) => isHere && setShown(now),
        () => undefined,
      );
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => {
      isHere = false;
      clearInterval(timer);
    };
  }, [attestations, space]);
  return shown;
}

/** Kinds are long names of which the last part is a word. */
function lastPart(kind: string): string {
  return kind.split('.').at(-1) ?? kind;
}

function stateText(state: AttestationView['state']): string {
  if (state === 'holds' || state === 'revoked' || state === 'expired') return KNOWN.state[state];
  return KNOWN.state.other;
}
