/** Who can see something, and why each of them: names first, then the rule, then what servers hold. */
import type { PersonRights, Space } from '@atoll/client';
import { useLive, useMembers, useWhoCanSee } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { ROLES } from '../copy/general.ts';
import { SEES } from '../copy/members.ts';
import { FRAME, PANEL } from '../copy/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { People } from '../ui/person.tsx';
import { NoteLine } from '../ui/note-line.tsx';

/** The section of an object. */
export function WhoSees({ space }: { readonly space: Space }): ReactElement {
  const members = useMembers(space);
  const name = useLive(space.name);
  const [open, setOpen] = useState(false);
  return (
    <section>
      <h2>{PANEL.whoSees}</h2>
      <div className="line">
        <People people={members} label={FRAME.members} />
        <span className="small ink-2 grow">{PANEL.everyone(name, members.length)}</span>
        <Button kind="quiet" onClick={() => setOpen(true)}>
          {SEES.button}
        </Button>
      </div>
      {open ? <WhoSeesDialog space={space} onClose={() => setOpen(false)} /> : null}
    </section>
  );
}

/** The dialog, of an object or of the whole space. */
function WhoSeesDialog(props: {
  readonly space: Space;
  readonly onClose: () => void;
}): ReactElement {
  const { onClose, space } = props;
  const name = useLive(space.name);
  const everybody = useWhoCanSee(space);
  const { links } = useLive(space.publication.state);
  return (
    <Dialog title={SEES.title} describe={SEES.lead(name)} testId="who-sees" onClose={onClose}>
      {links === 0 ? null : <NoteLine kind="warn" what={SEES.public} />}
      <ul className="rows">
        {(everybody ?? []).map((person) => (
          <li key={person.id}>
            <div className="grow">
              <div className="strong cut">{person.displayName}</div>
              <div className="meta">{whyOf(person)}</div>
            </div>
            <span>{person.role === undefined ? '' : ROLES[person.role].name}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

/** The grant that his role is from. */
function whyOf({ reasons, role }: PersonRights): string {
  const first = reasons.find((reason) => reason.role === role) ?? reasons[0];
  if (first?.from === undefined) return first === undefined ? '' : SEES.founded;
  const teams = first.through.map(({ name }) => name).join(', ');
  const from = SEES.from(first.from.displayName);
  return teams === '' ? from : `${from}, ${SEES.through(teams)}`;
}
