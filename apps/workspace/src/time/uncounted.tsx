/** Work that does not count, since its writer might not write any more: looking at it, and taking it up. */
import type { Removal, SetAside, Space } from '@atoll/client';
import { useIdentity, useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { PlaceLink } from '../app/navigation.tsx';
import { changeOwnSettings, useOwnSettings } from '../app/own-settings.ts';
import { moment, UNDO } from '../copy/general.ts';
import { UNCOUNTED } from '../copy/uncounted.ts';
import { mayWrite } from '../data/may.ts';
import { personName } from '../panel/history-words.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useToast } from '../ui/toast.tsx';
import { ChangeList } from './change-list.tsx';
import { failureWords } from './failure-words.ts';
import { undoLabelled } from './undo-labelled.ts';
import { useSetAside } from './use-set-aside.ts';

/** Works that were waved away and are remembered. */
const LATE_SEEN_MAX = 200;

/** The section, if there is any such work. */
export function UncountedList({ space }: { readonly space: Space }): ReactElement | null {
  const { again, failed, found } = useSetAside(space);
  if (found.length === 0 && failed === undefined) return null;
  return (
    <section aria-label={UNCOUNTED.section} data-testid="uncounted">
      <h2>{UNCOUNTED.section}</h2>
      <p className="ink-2 section-lead">{UNCOUNTED.lead}</p>
      {failed === undefined ? null : (
        <NoteLine kind="warn" what={UNCOUNTED.unknown} code={failed} live>
          <Button onClick={() => void again()}>{UNCOUNTED.again}</Button>
        </NoteLine>
      )}
      <ul className="rows">
        {found.map((work) => (
          <Work key={work.blocks[0]} space={space} work={work} onTaken={() => void again()} />
        ))}
      </ul>
    </section>
  );
}

interface WorkProps {
  readonly space: Space;
  readonly work: SetAside;
  readonly onTaken: () => void;
}

function Work({ space, work, onTaken }: WorkProps): ReactElement {
  const { author, changed, displayName, takenUp, toMs } = work;
  const canWrite = mayWrite(useLive(space.myRole));
  const own = useIdentity()?.id;
  const takeUp = useTakeUp(space, onTaken);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const who = author === own ? UNCOUNTED.you : displayName || personName(space, author);
  const now = Date.now();
  return (
    <li className="pile" data-testid="uncounted-work">
      <div className="line">
        <Icon name="clock" />
        <div className="grow">
          <div className="strong">{UNCOUNTED.by(who, moment(toMs, now))}</div>
          <div className="meta">
            {takenUp === undefined
              ? UNCOUNTED.count(changed.length)
              : UNCOUNTED.takenUp(personName(space, takenUp.by), moment(takenUp.atMs, now))}
          </div>
        </div>
        <Button kind="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? UNCOUNTED.hide : UNCOUNTED.look}
        </Button>
        {canWrite && takenUp === undefined ? (
          <Button
            disabled={busy}
            onClick={() => {
              setBusy(true);
              void takeUp(work, who).finally(() => setBusy(false));
            }}
          >
            {UNCOUNTED.takeUp}
          </Button>
        ) : null}
      </div>
      {open ? <ChangeList space={space} changes={changed} /> : null}
    </li>
  );
}

/** Takes work up, and says what that did. */
function useTakeUp(
  space: Space,
  onTaken: () => void,
): (work: SetAside, who: string) => Promise<void> {
  const toast = useToast();
  return async (work, who) => {
    const label = UNCOUNTED.takeUpLabel(who);
    try {
      const { objects } = await space.history.takeUp(work, { label });
      const back = (): void => {
        undoLabelled(space, label);
        onTaken();
      };
      toast({ text: UNCOUNTED.took(objects.length), action: { label: UNDO, run: back } });
    } catch (failure) {
      toast({ text: failureWords(codeOf(failure), UNCOUNTED.failed) });
    }
    onTaken();
  };
}

/** Said above the content of a space, with the way there: what of one's own does not count, and what came late. */
export function UncountedNotice({ space }: { readonly space: Space }): ReactElement | null {
  const { found } = useSetAside(space);
  const own = useIdentity()?.id;
  const open = found.filter(({ takenUp }) => takenUp === undefined);
  const count = sumOf(open.filter(({ author }) => author === own));
  return (
    <>
      {count === 0 ? null : (
        <NoteLine kind="warn" what={UNCOUNTED.own(count)} means={UNCOUNTED.ownMeans} live>
          <LookLink space={space} />
        </NoteLine>
      )}
      <LateNotice space={space} open={open.filter(({ author }) => author !== own)} />
    </>
  );
}

/** Who may remove others is told what somebody wrote who had not heard of it, until it is taken up or waved away. */
function LateNotice(props: {
  readonly space: Space;
  readonly open: readonly SetAside[];
}): ReactElement | null {
  const { open, space } = props;
  const role = useLive(space.myRole);
  const removals = useLive(space.rights.removals);
  const { lateSeen = [] } = useOwnSettings();
  if (role !== 'admin' && role !== 'owner') return null;
  const late = open.filter(
    ({ author, blocks: [first = ''] }) => !lateSeen.includes(first) && isRemoved(removals, author),
  );
  return (
    <>
      {late.map((work) => (
        <NoteLine
          key={work.blocks[0]}
          kind="info"
          what={UNCOUNTED.late(
            work.displayName || personName(space, work.author),
            work.changed.length,
          )}
          means={UNCOUNTED.lateMeans}
          live
        >
          <LookLink space={space} />
          <Button
            kind="quiet"
            onClick={() =>
              changeOwnSettings({
                lateSeen: [...lateSeen, work.blocks[0] ?? ''].slice(-LATE_SEEN_MAX),
              })
            }
          >
            {UNCOUNTED.notNow}
          </Button>
        </NoteLine>
      ))}
    </>
  );
}

function LookLink({ space }: { readonly space: Space }): ReactElement {
  return (
    <PlaceLink className="button" to={{ at: 'space', space: space.id, view: { on: 'versions' } }}>
      {UNCOUNTED.look}
    </PlaceLink>
  );
}

function isRemoved(removals: readonly Removal[], author: string): boolean {
  return removals.some(
    ({ kind, who }) => kind === 'removed' && who.some(({ id }) => id === author),
  );
}

function sumOf(works: readonly SetAside[]): number {
  return works.reduce((sum, { changed }) => sum + changed.length, 0);
}
