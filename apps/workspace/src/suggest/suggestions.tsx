/** What visitors suggest for a public space: for them the form and what became of theirs, for moderators the rest. */
import type { OwnContribution, Space } from '@atoll/client';
import { useDoor, useLive, useOwnContributions } from '@atoll/react';
import { useEffect, type ReactElement, type ReactNode } from 'react';
import { moment } from '../copy/general.ts';
import { SUGGEST } from '../copy/suggestions.ts';
import { mayWrite } from '../data/may.ts';
import { Bar } from '../shell/bar.tsx';
import { ContributionRow } from './contribution-row.tsx';
import { Moderation } from './moderation.tsx';
import { SuggestForm } from './suggest-form.tsx';

/** The page. */
export function Suggestions(props: {
  readonly space: Space;
  readonly notices: ReactNode;
}): ReactElement {
  const { notices, space } = props;
  const { mayModerate } = useDoor(space);
  const role = useLive(space.myRole);
  useEffect(() => {
    // Also asked every minute; a server that is away is said elsewhere.
    space.door.look().catch(() => undefined);
  }, [space]);
  return (
    <>
      <Bar title={SUGGEST.title} space={space} />
      {notices}
      {/* Without a form and without acts it holds nothing else that keys could reach to scroll it. */}
      <div className="scroll" role="region" aria-label={SUGGEST.title} tabIndex={0}>
        {mayModerate ? <Moderation space={space} /> : null}
        {mayWrite(role) && !space.isFollowed ? null : (
          <section className="waiting">
            <h2>{SUGGEST.suggest}</h2>
            <SuggestForm space={space} />
          </section>
        )}
        <Own space={space} />
      </div>
    </>
  );
}

function Own({ space }: { readonly space: Space }): ReactElement | null {
  const own = useOwnContributions(space);
  if (own.length === 0) return null;
  return (
    <section className="waiting" data-testid="own-contributions">
      <h2>{SUGGEST.mine}</h2>
      <ul className="rows">
        {own.map((one) => (
          <ContributionRow
            key={one.id}
            type={one.type}
            fields={one.fields}
            meta={moment(one.writtenAtMs, Date.now())}
            testId="own-contribution"
          >
            <span className={CHIPS[one.state]}>{SUGGEST.states[one.state]}</span>
          </ContributionRow>
        ))}
      </ul>
    </section>
  );
}

const CHIPS: Readonly<Record<OwnContribution['state'], string>> = {
  sending: 'chip',
  waiting: 'chip',
  shown: 'chip ok',
  hidden: 'chip warn',
  gone: 'chip',
};
