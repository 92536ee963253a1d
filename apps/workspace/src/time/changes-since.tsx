/** What is different since a point, with the way back to it. */
import type { Space } from '@atoll/client';
import { useDatabase, useLive } from '@atoll/react';
import { useMemo, type ReactElement } from 'react';
import { CHANGES, VERSIONS } from '../copy/time.ts';
import { mayWrite } from '../data/may.ts';
import { Bar } from '../shell/bar.tsx';
import { Button } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { SeeLink, useBringBack } from './bring-back.tsx';
import { ChangeList } from './change-list.tsx';
import { failureWords } from './failure-words.ts';
import { parsePoint, pointWords } from './point.ts';
import { useCompared, type Compared } from './use-compared.ts';

/** The page. */
export function ChangesSince(props: {
  readonly space: Space;
  readonly since: string;
}): ReactElement {
  const { space, since } = props;
  const point = useMemo(() => parsePoint(since), [since]);
  const compared = useCompared(space, point, since);
  const canWrite = mayWrite(useLive(space.myRole));
  const name = useDatabase(space, () => pointWords(space, since, Date.now()), [since]);
  const bringBack = useBringBack(space);
  const differs = compared.at === 'ready' && compared.changes.length > 0;
  return (
    <>
      <Bar title={VERSIONS.since} space={space} back={{ on: 'versions' }} />
      <div className="scroll">
        <div className="column">
          <div className="line section-head">
            <h2 className="grow">{name}</h2>
            {differs ? <SeeLink space={space} point={since} label={VERSIONS.seeOf(name)} /> : null}
            {differs && canWrite ? (
              <Button kind="primary" icon="restore" onClick={() => void bringBack(since, name)}>
                {VERSIONS.bringBack}
              </Button>
            ) : null}
          </div>
          <Differences space={space} compared={compared} none={CHANGES.none} />
        </div>
      </div>
    </>
  );
}

/** Differences once they are known, and until then. */
export function Differences(props: {
  readonly space: Space;
  readonly compared: Compared;
  readonly none: string;
}): ReactElement {
  const { space, compared } = props;
  switch (compared.at) {
    case 'loading':
      return <Skeleton says={CHANGES.loading} />;
    case 'failed':
      return <NoteLine kind="warn" means={failureWords(compared.code, CHANGES.failed)} live />;
    case 'ready':
      return compared.changes.length === 0 ? (
        <p className="ink-2">{props.none}</p>
      ) : (
        <>
          <p className="small ink-2 section-lead">
            {CHANGES.count(compared.changes.length)}. {CHANGES.legend}
          </p>
          <ChangeList space={space} changes={compared.changes} />
        </>
      );
  }
}
