/** The people one has kept, and how sure one is of each. */
import { isMarked, type Contact, type Space } from '@atoll/client';
import { useClient, useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { CONTACTS } from '../copy/contacts.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Person } from '../ui/person.tsx';
import { KnownPerson, StandingChip, type PersonToKnow } from './known-person.tsx';

/** The list, in settings. */
export function ContactsSection(): ReactElement {
  const contacts = useLive(useClient().halo.contacts.list);
  const [shown, setShown] = useState<Contact | undefined>(undefined);
  if (contacts.length === 0 && shown === undefined) {
    return <p className="small ink-2">{CONTACTS.empty}</p>;
  }
  return (
    <>
      <ul className="rows contacts">
        {contacts.map((contact) => (
          <li key={contact.id} data-testid="contact">
            <button type="button" className="row-button" onClick={() => setShown(contact)}>
              <Person person={contact} />
              <span className="grow cut">
                {contact.displayName}
                <span className="meta"> {CONTACTS.from(contact.from.name)}</span>
              </span>
              <StandingChip contact={contact} />
              <Icon name="right" />
            </button>
          </li>
        ))}
      </ul>
      {shown === undefined ? null : (
        <PersonDialog person={shown} onClose={() => setShown(undefined)} />
      )}
    </>
  );
}

/** What is known of somebody, as a dialog. */
function PersonDialog(props: {
  readonly person: PersonToKnow;
  readonly space?: Space;
  readonly onClose: () => void;
}): ReactElement {
  const { onClose, ...known } = props;
  const name = known.person.displayName;
  return (
    <Dialog title={name} testId="person-dialog" onClose={onClose}>
      {isMarked(name) ? <p className="small ink-2">{CONTACTS.alike}</p> : null}
      <KnownPerson {...known} />
    </Dialog>
  );
}
