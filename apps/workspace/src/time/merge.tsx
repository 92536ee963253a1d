/** What a branch changes, what has changed beside it, conflicts with their choice, and the merge. */
import type { Space } from '@atoll/client';
import { useClient, useDatabase, useLive, useSpace } from '@atoll/react';
import { useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { codeOf } from '../app/failure.ts';
import { useNavigation } from '../app/navigation.tsx';
import { UNDO } from '../copy/general.ts';
import { BRANCHES } from '../copy/time.ts';
import { mayWrite } from '../data/may.ts';
import { Bar } from '../shell/bar.tsx';
import { Button } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useToast } from '../ui/toast.tsx';
import { useThrowAway } from './branch-list.tsx';
import { putAside, takeOut, useOriginOf } from './branches.ts';
import { Differences } from './changes-since.tsx';
import { conflictKey, Conflicts, type Picks } from './conflicts.tsx';
import { failureWords } from './failure-words.ts';
import { useCompared } from './use-compared.ts';
import { useMergePlan } from './use-merge-plan.ts';

/** The page of a branch. */
export function MergePage(props: {
  readonly space: Space;
  readonly notices: ReactNode;
}): ReactElement {
  const { space } = props;
  const listed = useOriginOf(space);
  const origin = useSpace(listed?.id);
  return (
    <>
      <Bar title={BRANCHES.mergeTitle} space={space} />
      {listed === undefined ? (
        <div className="notices">
          <NoteLine kind="info" what={BRANCHES.orphan} means={BRANCHES.orphanMeans} />
        </div>
      ) : (
        props.notices
      )}
      <div className="scroll">
        <div className="column">
          {origin === undefined ? <Own branch={space} /> : <Sides branch={space} origin={origin} />}
        </div>
      </div>
    </>
  );
}

/** What was changed in the branch. */
function Own({ branch }: { readonly branch: Space }): ReactElement {
  const from = useDatabase(branch, () => branch.history.branchOrigin());
  const compared = useCompared(branch, from?.start, `${branch.id} start`);
  return (
    <section aria-label={BRANCHES.here}>
      <h2>{BRANCHES.here}</h2>
      <Differences space={branch} compared={compared} none={BRANCHES.nothingHere} />
    </section>
  );
}

interface SidesProps {
  readonly branch: Space;
  readonly origin: Space;
}

function Sides({ branch, origin }: SidesProps): ReactElement {
  const [picks, setPicks] = useState<Picks>(new Map());
  const plan = useMergePlan(branch, origin);
  const name = useLive(origin.name);
  const isMerged = useDatabase(origin, () => origin.history.mergedMs(branch.id) !== undefined);
  const conflicts = plan.at === 'ready' ? plan.outcome.conflicts : [];
  const open = conflicts.filter((conflict) => !picks.has(conflictKey(conflict)));
  return (
    <>
      {isMerged || conflicts.length === 0 ? null : (
        <Conflicts
          origin={origin}
          conflicts={conflicts}
          picks={picks}
          onPick={(key, side) => setPicks(new Map(picks).set(key, side))}
        />
      )}
      <Own branch={branch} />
      <There branch={branch} origin={origin} name={name} />
      {plan.at === 'failed' ? (
        <NoteLine kind="warn" means={failureWords(plan.code, BRANCHES.failed)} live />
      ) : null}
      {plan.at === 'loading' ? <Skeleton says={BRANCHES.mergeTitle} /> : null}
      {plan.at === 'ready' && !isMerged ? (
        <MergeBar {...{ branch, origin, picks }} count={plan.outcome.objects.length} open={open} />
      ) : null}
    </>
  );
}

/** What has changed where the branch came from; folded, for it stays whatever one does. */
function There(props: SidesProps & { readonly name: string }): ReactElement {
  const { branch, origin, name } = props;
  const [shown, setShown] = useState(false);
  const from = useDatabase(branch, () => branch.history.branchOrigin());
  const compared = useCompared(origin, shown ? from?.fork : undefined, `${branch.id} ${shown}`);
  return (
    <details className="there" onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>{BRANCHES.there(name)}</summary>
      {shown ? (
        <Differences space={origin} compared={compared} none={BRANCHES.nothingThere(name)} />
      ) : null}
    </details>
  );
}

function MergeBar(
  props: SidesProps & {
    readonly picks: Picks;
    readonly count: number;
    readonly open: readonly unknown[];
  },
): ReactElement {
  const { branch, origin, picks, count } = props;
  const client = useClient();
  const { go } = useNavigation();
  const toast = useToast();
  const throwAway = useThrowAway();
  const name = useLive(origin.name);
  const canWrite = mayWrite(useLive(origin.myRole));
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const home = useMemo(
    () => ({ at: 'space', space: origin.id, view: { on: 'versions' } }) as const,
    [origin],
  );
  const merge = async (): Promise<void> => {
    try {
      const done = await client.spaces.merge(branch, {
        choice: (conflict) => picks.get(conflictKey(conflict)),
      });
      await putAside(branch);
      go({ at: 'space', space: origin.id, view: { on: 'tasks', as: 'list' } });
      const back = (): void => {
        origin.undo.undo();
        void takeOut(branch);
      };
      toast({ text: BRANCHES.didMerge(done.objects.length), action: { label: UNDO, run: back } });
    } catch (failure) {
      setProblem(failureWords(codeOf(failure), BRANCHES.failed));
    }
  };
  const why = whyNot({ canWrite, name, open: props.open.length, count });
  return (
    <>
      {problem === undefined ? null : (
        <NoteLine kind="danger" what={problem} means={BRANCHES.failedMeans} live />
      )}
      <div className="line merge-bar">
        <span className="grow small ink-2" role="status">
          {why ?? BRANCHES.ready(count)}
        </span>
        <Button
          kind="quiet"
          onClick={() => {
            go(home);
            void throwAway(branch);
          }}
        >
          {BRANCHES.throwAway}
        </Button>
        <Button
          kind="primary"
          icon="branch"
          aria-disabled={why !== undefined}
          onClick={() => (why === undefined ? void merge() : undefined)}
        >
          {BRANCHES.merge(name)}
        </Button>
      </div>
    </>
  );
}

/** Why it cannot be merged now; `undefined` if it can. */
function whyNot(of: {
  readonly canWrite: boolean;
  readonly name: string;
  readonly open: number;
  readonly count: number;
}): string | undefined {
  if (!of.canWrite) return BRANCHES.readerThere(of.name);
  if (of.count === 0) return BRANCHES.nothingHere;
  return of.open > 0 ? BRANCHES.undecided(of.open) : undefined;
}
