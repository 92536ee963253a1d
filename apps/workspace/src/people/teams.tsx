/** Teams of a space: who is in them, what they may do, and changing both. */
import {
  isMarked,
  unmarkedName,
  type Role,
  type Space,
  type Team,
  type TeamMember,
} from '@atoll/client';
import { useLive, useMembers } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { ROLES } from '../copy/general.ts';
import { MEMBERS, TEAMS } from '../copy/members.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { RoleMenu } from './role-menu.tsx';
import { useRightsAct } from './use-rights-act.ts';

/** The section; for who may make none, only if there are some. */
export function Teams(props: { readonly space: Space; readonly mine: Role }): ReactElement | null {
  const { mine, space } = props;
  const teams = useLive(space.rights.teams);
  const [isNew, setNew] = useState(false);
  const [shown, setShown] = useState<string | undefined>(undefined);
  const may = mine === 'admin' || mine === 'owner';
  const team = teams.find(({ id }) => id === shown);
  if (teams.length === 0 && !may) return null;
  return (
    <section className="waiting" aria-label={TEAMS.title} data-testid="teams">
      <div className="line">
        <h2 className="grow">{TEAMS.title}</h2>
        {may ? (
          <Button icon="plus" onClick={() => setNew(true)}>
            {TEAMS.add}
          </Button>
        ) : null}
      </div>
      <p className="ink-2 small">{TEAMS.lead}</p>
      {teams.length === 0 ? null : (
        <ul className="rows">
          {teams.map((each) => (
            <Row key={each.id} {...{ space, mine }} team={each} onOpen={() => setShown(each.id)} />
          ))}
        </ul>
      )}
      {isNew ? <NewTeam space={space} onClose={() => setNew(false)} /> : null}
      {team === undefined ? null : (
        <TeamDialog {...{ space, mine, team, teams }} onClose={() => setShown(undefined)} />
      )}
    </section>
  );
}

function Row(props: {
  readonly space: Space;
  readonly mine: Role;
  readonly team: Team;
  readonly onOpen: () => void;
}): ReactElement {
  const { mine, space, team } = props;
  const { members, name, people, role } = team;
  const names = members.map(({ displayName }) => displayName).join(', ');
  return (
    <li data-testid="team">
      <span className="device-icon">
        <Icon name="people" />
      </span>
      <div className="grow">
        <button
          type="button"
          className="member-name strong cut"
          aria-label={TEAMS.edit(name)}
          onClick={props.onOpen}
        >
          {name}
        </button>
        <div className="meta">
          {TEAMS.count(people.length)}
          {names === '' ? '' : ` · ${names}`}
        </div>
      </div>
      <TeamRole {...{ mine, role, space, team }} />
    </li>
  );
}

function TeamRole(props: {
  readonly space: Space;
  readonly mine: Role;
  readonly team: Team;
}): ReactElement {
  const { mine, space, team } = props;
  const { id, name, role } = team;
  const { busy, run } = useRightsAct();
  const set = (next: Role): void =>
    void run(async () => {
      const { stays } = await space.rights.setRole({ team: id }, next);
      const word = ROLES[next].name.toLowerCase();
      const from = stays.map(({ displayName }) => displayName).join(', ');
      return stays.length === 0
        ? MEMBERS.changed(name, word)
        : MEMBERS.stays(name, ROLES[role ?? next].name.toLowerCase(), from);
    });
  const clear = (): void =>
    void run(async () => {
      await space.rights.clearRole(id);
      return undefined;
    });
  const label = TEAMS.roleOf(name, role === undefined ? TEAMS.noRole : ROLES[role].name);
  return <RoleMenu {...{ busy, label, mine, role }} onRole={set} onNone={clear} />;
}

function NewTeam(props: { readonly space: Space; readonly onClose: () => void }): ReactElement {
  const { onClose, space } = props;
  const [name, setName] = useState('');
  const { busy, problem, run } = useRightsAct(true);
  return (
    <FormDialog
      title={TEAMS.add}
      describe={TEAMS.lead}
      testId="new-team"
      submit={TEAMS.create}
      busy={busy}
      onSubmit={() => {
        void run(async () => {
          await space.rights.createTeam(name);
          return undefined;
        }).then((isDone) => (isDone ? onClose() : undefined));
      }}
      onClose={onClose}
    >
      <Field
        label={TEAMS.name}
        value={name}
        maxLength={80}
        problem={problem}
        onChange={(event) => setName(event.target.value)}
      />
    </FormDialog>
  );
}

interface TeamProps {
  readonly space: Space;
  readonly mine: Role;
  readonly team: Team;
  readonly teams: readonly Team[];
  readonly onClose: () => void;
}

function TeamDialog({ mine, onClose, space, team, teams }: TeamProps): ReactElement {
  const { problem, run } = useRightsAct(true);
  const mayEnd = mine === 'admin' || mine === 'owner';
  const end = (): void =>
    void run(async () => {
      await space.rights.endTeam(team.id);
      return TEAMS.ended(team.name);
    }).then((isDone) => (isDone ? onClose() : undefined));
  return (
    <Dialog
      title={TEAMS.edit(team.name)}
      testId="team-dialog"
      onClose={onClose}
      footer={
        mayEnd ? (
          <Button kind="danger" onClick={end}>
            {TEAMS.end}
          </Button>
        ) : undefined
      }
    >
      <div className="pile" style={{ gap: 'var(--s3)' }}>
        {isMarked(team.name) ? <p className="small ink-2">{TEAMS.alike}</p> : null}
        {team.mayLead ? <Rename {...{ space, team, run }} /> : null}
        <div className="line">
          <h3 className="grow strong">{TEAMS.members}</h3>
          {team.mayLead ? <AddMember {...{ space, team, teams, run }} /> : null}
        </div>
        {team.members.length === 0 ? <p className="ink-2">{TEAMS.nobody}</p> : null}
        <ul className="rows">
          {team.members.map((member) => (
            <InTeam key={member.id} {...{ space, mine, team, member, run }} />
          ))}
        </ul>
        {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
      </div>
    </Dialog>
  );
}

type Run = ReturnType<typeof useRightsAct>['run'];

function Rename(props: {
  readonly space: Space;
  readonly team: Team;
  readonly run: Run;
}): ReactElement {
  const { run, space, team } = props;
  const before = unmarkedName(team.name);
  const [name, setName] = useState(before);
  const isSame = name.trim() === before || name.trim() === '';
  return (
    <form
      className="line"
      style={{ alignItems: 'flex-end' }}
      onSubmit={(event) => {
        event.preventDefault();
        void run(async () => {
          await space.rights.renameTeam(team.id, name);
          return TEAMS.renamed(name.trim());
        });
      }}
    >
      <div className="grow">
        <Field
          label={TEAMS.name}
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <Button type="submit" disabled={isSame}>
        {TEAMS.rename}
      </Button>
    </form>
  );
}

function InTeam(props: {
  readonly space: Space;
  readonly mine: Role;
  readonly team: Team;
  readonly member: TeamMember;
  readonly run: Run;
}): ReactElement {
  const { member, mine, run, space, team } = props;
  const { displayName, id, kind, leads } = member;
  const subject = kind === 'team' ? { team: id } : { member: id };
  const notes = [...(kind === 'team' ? [TEAMS.team] : []), ...(leads ? [TEAMS.leads] : [])];
  return (
    <li>
      <Icon name={kind === 'team' ? 'people' : 'person'} />
      <div className="grow">
        <div className="cut">{displayName}</div>
        {notes.length === 0 ? null : <div className="meta">{notes.join(' · ')}</div>}
      </div>
      {mine === 'owner' && kind === 'member' && !leads ? (
        <Button
          kind="quiet"
          aria-label={TEAMS.letLead(displayName)}
          onClick={() =>
            void run(async () => {
              await space.rights.addToTeam(team.id, { member: id }, { leads: true });
              return TEAMS.nowLeads(displayName);
            })
          }
        >
          {TEAMS.mayLead}
        </Button>
      ) : null}
      {team.mayLead ? (
        <IconButton
          icon="close"
          label={TEAMS.remove(displayName)}
          onClick={() =>
            void run(async () => {
              await space.rights.removeFromTeam(team.id, subject);
              return undefined;
            })
          }
        />
      ) : null}
    </li>
  );
}

function AddMember(props: {
  readonly space: Space;
  readonly team: Team;
  readonly teams: readonly Team[];
  readonly run: Run;
}): ReactElement | null {
  const { run, space, team, teams } = props;
  const members = useMembers(space);
  const isIn = new Set(team.members.map(({ id }) => id));
  const add = (subject: { readonly member: string } | { readonly team: string }): void =>
    void run(async () => {
      await space.rights.addToTeam(team.id, subject);
      return undefined;
    });
  const entries = [
    ...members
      .filter(({ id }) => !isIn.has(id))
      .map(({ displayName, id }) => ({
        label: displayName,
        icon: 'person' as const,
        onSelect: () => add({ member: id }),
      })),
    ...teams
      .filter(({ id }) => id !== team.id && !isIn.has(id))
      .map(({ id, name }) => ({
        label: name,
        detail: TEAMS.team,
        icon: 'people' as const,
        onSelect: () => add({ team: id }),
      })),
  ];
  if (entries.length === 0) return null;
  return (
    <Menu align="end" trigger={<Button icon="plus">{TEAMS.addMember}</Button>} entries={entries} />
  );
}
