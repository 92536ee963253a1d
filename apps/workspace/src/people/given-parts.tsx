/** Rights that were given over single things, each with the way to take it back. */
import type { PartRight, Space } from '@atoll/client';
import { useDatabase, useLive } from '@atoll/react';
import type { ReactElement } from 'react';
import { PARTS_GIVEN } from '../copy/rights.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { givenText, nameOfObject } from './right-words.ts';
import { useRightsAct } from './use-rights-act.ts';

/** The section on the page of members; nothing where there are none. */
export function GivenParts({ space }: { readonly space: Space }): ReactElement | null {
  const parts = useLive(space.rights.parts);
  if (parts.length === 0) return null;
  return (
    <section className="waiting" aria-label={PARTS_GIVEN.title} data-testid="given-parts">
      <h2>{PARTS_GIVEN.title}</h2>
      <p className="ink-2 small">{PARTS_GIVEN.lead}</p>
      <GivenRows space={space} parts={parts} shows="both" />
    </section>
  );
}

/** Rights over single things that somebody has, by himself or through teams. */
export function usePartsOf(space: Space, member: string | undefined): readonly PartRight[] {
  const teams = useLive(space.rights.teams).filter(({ people }) => people.includes(member ?? ''));
  const ids = new Set([member, ...teams.map(({ id }) => id)]);
  return useLive(space.rights.parts).filter(({ to }) => ids.has(to.id));
}

/** Rows of such rights: with who has them, with what they are over, or with both. */
export function GivenRows(props: {
  readonly space: Space;
  readonly parts: readonly PartRight[];
  readonly shows: 'who' | 'what' | 'both';
}): ReactElement {
  const { parts, shows, space } = props;
  const act = useRightsAct();
  return (
    <ul className="rows">
      {parts.map((given) => (
        <Row key={given.grant} {...{ space, given, shows, act }} />
      ))}
    </ul>
  );
}

function Row(props: {
  readonly space: Space;
  readonly given: PartRight;
  readonly shows: 'who' | 'what' | 'both';
  readonly act: ReturnType<typeof useRightsAct>;
}): ReactElement {
  const { act, given, shows, space } = props;
  const { field, key, mayTakeBack, object, to } = given;
  const what = useDatabase(space, () => nameOfObject(space, object), [object]);
  const who = to.displayName;
  const takeBack = (): void =>
    void act.run(async () => {
      const place = {
        object,
        ...(field === undefined ? {} : { field }),
        ...(key === undefined ? {} : { key }),
      };
      const subject = to.kind === 'team' ? { team: to.id } : { member: to.id };
      const { stays } = await space.rights.takeBack(place, subject);
      const from = stays.map(({ displayName }) => displayName).join(', ');
      return from === '' ? PARTS_GIVEN.taken(who) : PARTS_GIVEN.stays(who, from);
    });
  return (
    <li data-testid="given-part">
      <Icon name={shows === 'what' ? 'box' : to.kind === 'team' ? 'people' : 'person'} />
      <div className="grow">
        <div className="cut strong">
          {shows === 'what' ? what : shows === 'who' ? who : `${who} · ${what}`}
        </div>
        <div className="meta">{givenText(space, given)}</div>
      </div>
      {mayTakeBack && !given.isLess ? (
        <Button
          kind="quiet"
          aria-label={PARTS_GIVEN.takeBackOf(who, what)}
          aria-busy={act.busy}
          onClick={takeBack}
        >
          {PARTS_GIVEN.takeBack}
        </Button>
      ) : null}
    </li>
  );
}
