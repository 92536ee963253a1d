/** Versions of a space and its branches: naming, looking, comparing, bringing back, trying something. */
import type { Space, Version } from '@atoll/client';
import { useDatabase, useLive, useMembers } from '@atoll/react';
import { useState, type ReactElement, type ReactNode } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { moment, UNDO } from '../copy/general.ts';
import { VERSIONS } from '../copy/time.ts';
import { mayWrite } from '../data/may.ts';
import { personName } from '../panel/history-words.ts';
import { Bar } from '../shell/bar.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { useToast } from '../ui/toast.tsx';
import { usePhone } from '../ui/use-media.ts';
import { SeeLink, useBringBack } from './bring-back.tsx';
import { BranchList } from './branch-list.tsx';
import { ChangesSince } from './changes-since.tsx';
import { UncountedList } from './uncounted.tsx';
import { momentPoint, versionPoint } from './point.ts';
import { undoLabelled } from './undo-labelled.ts';
import { useBeginning } from './use-beginning.ts';

/** The page; with `since`, what is different since a point. */
export function Versions(props: {
  readonly space: Space;
  readonly since: string | undefined;
  readonly notices: ReactNode;
}): ReactElement {
  const { space, since } = props;
  const phone = usePhone();
  if (since !== undefined) return <ChangesSince key={since} space={space} since={since} />;
  return (
    <>
      <Bar title={phone ? VERSIONS.section : VERSIONS.title} space={space} />
      {props.notices}
      <div className="scroll">
        <div className="column">
          <UncountedList space={space} />
          <VersionList space={space} />
          <BranchList space={space} />
        </div>
      </div>
    </>
  );
}

function VersionList({ space }: { readonly space: Space }): ReactElement {
  const { lay } = useNavigation();
  const canWrite = mayWrite(useLive(space.myRole));
  const versions = useDatabase(space, () => space.history.versions.list());
  const begins = useBeginning(space);
  useMembers(space);
  return (
    <section aria-label={VERSIONS.section}>
      <div className="line section-head">
        <h2 className="grow">{VERSIONS.section}</h2>
        {canWrite ? (
          <Button kind="primary" icon="plus" onClick={() => lay('name-version')}>
            {VERSIONS.name}
          </Button>
        ) : null}
      </div>
      <p className="ink-2 section-lead">{VERSIONS.lead}</p>
      {versions.length === 0 ? <p className="ink-3">{VERSIONS.none}</p> : null}
      {versions.length === 0 ? null : (
        <ul className="rows">
          {versions.map((version) => (
            <VersionRow key={version.id} space={space} version={version} canWrite={canWrite} />
          ))}
        </ul>
      )}
      <MomentField space={space} />
      {begins === undefined ? null : (
        <p className="small ink-2">{VERSIONS.begins(moment(begins.sinceMs, Date.now()))}</p>
      )}
    </section>
  );
}

function VersionRow(props: {
  readonly space: Space;
  readonly version: Version;
  readonly canWrite: boolean;
}): ReactElement {
  const { space, version, canWrite } = props;
  const { name } = version;
  const { go } = useNavigation();
  const bringBack = useBringBack(space);
  const toast = useToast();
  const unname = (): void => {
    const label = `${VERSIONS.unname}: ${name}`;
    space.undo.run(() => space.history.versions.delete(name), { label });
    toast({
      text: VERSIONS.unnamedToast(name),
      action: { label: UNDO, run: () => undoLabelled(space, label) },
    });
  };
  const since = (): void =>
    go({
      at: 'space',
      space: space.id,
      view: { on: 'versions', since: versionPoint(name) },
    });
  const changing: readonly MenuEntry[] = [
    {
      label: VERSIONS.bringBack,
      icon: 'restore',
      onSelect: () => void bringBack(versionPoint(name), name),
    },
    { label: VERSIONS.unname, icon: 'trash', danger: true, onSelect: unname },
  ];
  return (
    <li data-testid="version">
      <Icon name="flag" />
      <div className="grow">
        <div className="strong">{name}</div>
        <div className="meta">
          {VERSIONS.namedBy(personName(space, version.author), moment(version.atMs, Date.now()))}
        </div>
      </div>
      <SeeLink space={space} point={versionPoint(name)} label={VERSIONS.seeOf(name)} />
      <Menu
        align="end"
        trigger={<IconButton icon="more" label={VERSIONS.more(name)} />}
        entries={[
          { label: VERSIONS.since, icon: 'compare', onSelect: since },
          ...(canWrite ? changing : []),
        ]}
      />
    </li>
  );
}

/** Looks at any moment, for what nobody has named. */
function MomentField({ space }: { readonly space: Space }): ReactElement {
  const { go } = useNavigation();
  const [at, setAt] = useState('');
  const timeMs = Date.parse(at);
  return (
    <form
      className="line moment"
      onSubmit={(event) => {
        event.preventDefault();
        if (Number.isNaN(timeMs)) return;
        const view = { on: 'tasks', as: 'list' } as const;
        go({ at: 'space', space: space.id, view, was: momentPoint(timeMs) });
      }}
    >
      <label className="small ink-2">
        {VERSIONS.atMoment}
        <input
          className="input"
          type="datetime-local"
          value={at}
          required
          max={localNow()}
          onChange={(event) => setAt(event.target.value)}
        />
      </label>
      <Button type="submit">{VERSIONS.look}</Button>
      <span className="small ink-3">{VERSIONS.atMomentHint}</span>
    </form>
  );
}

/** Now in the form of a field for moments. */
function localNow(): string {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
