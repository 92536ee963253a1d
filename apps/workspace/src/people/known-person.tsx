/** How sure one is of somebody, keeping them, and what is said about them in a space. */
import type { Contact, Space } from '@atoll/client';
import { useClient, useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { KNOWN, standingText } from '../copy/contacts.ts';
import { moment } from '../copy/general.ts';
import { Button } from '../ui/button.tsx';
import { CompareNumbers } from './compare-numbers.tsx';
import { Said } from './said.tsx';

/** Somebody to be looked at. */
export interface PersonToKnow {
  readonly id: string;
  readonly displayName: string;
}

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
