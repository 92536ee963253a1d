/** What moderators of a public space see: what waits, what was taken up, what is hidden, and who is banned. */
import type {
  BannedAuthor,
  ContributedItem,
  Named,
  Space,
  WaitingContribution,
} from '@atoll/client';
import { useDoor } from '@atoll/react';
import type { ReactElement } from 'react';
import { moment } from '../copy/general.ts';
import { DOOR, SUGGEST } from '../copy/suggestions.ts';
import { typeNoun } from '../data/type-words.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { ContributionRow, titleOf } from './contribution-row.tsx';
import { useDoorAct } from './use-door-act.ts';

/** Rows of things that were taken up: the latest are looked for. */
const SHOWN_MAX = 100;

/** Does something, and says what came of it. */
type Doing = (act: () => Promise<unknown>, said: string) => void;

/** The sections. */
export function Moderation({ space }: { readonly space: Space }): ReactElement {
  const { banned, hidden, isFull, items, unknownTypes, waiting } = useDoor(space);
  const { problem, run } = useDoorAct();
  const doing: Doing = (act, said) =>
    void run(async () => {
      await act();
      return said;
    });
  const known = new Set(items.map(({ object }) => object));
  const others = Object.keys(hidden).filter(
    (object) => !known.has(object) && hidden[object]?.why === 'hidden',
  );
  return (
    <>
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
      <section className="waiting" data-testid="waiting-contributions">
        <h2>{SUGGEST.waiting}</h2>
        {unknownTypes === undefined ? null : (
          <NoteLine
            kind="info"
            what={SUGGEST.unknown}
            means={SUGGEST.unknownMeans(unknownTypes.map(typeNoun).join(', '))}
          />
        )}
        {isFull === true ? (
          <NoteLine kind="warn" what={SUGGEST.full} means={SUGGEST.fullMeans}>
            <Button onClick={() => doing(() => space.door.renew(), DOOR.renewed)}>
              {DOOR.renew}
            </Button>
          </NoteLine>
        ) : null}
        {waiting.length === 0 && isFull !== true ? <p className="meta">{SUGGEST.nothing}</p> : null}
        <ul className="rows">
          {waiting.map((one) => (
            <Waiting key={one.id} space={space} one={one} doing={doing} />
          ))}
        </ul>
      </section>
      {items.length === 0 ? null : (
        <section className="waiting" data-testid="contributed-items">
          <h2>{SUGGEST.items}</h2>
          <ul className="rows">
            {items
              .slice(-SHOWN_MAX)
              .reverse()
              .map((item) => (
                <Item key={item.id} space={space} item={item} doing={doing} />
              ))}
          </ul>
        </section>
      )}
      {others.length === 0 ? null : (
        <section className="waiting" data-testid="hidden-objects">
          <h2>{SUGGEST.others}</h2>
          <ul className="rows">
            {others.map((object) => (
              <HiddenObject key={object} space={space} object={object} doing={doing} />
            ))}
          </ul>
        </section>
      )}
      {banned.length === 0 ? null : (
        <section className="waiting" data-testid="banned-authors">
          <h2>{SUGGEST.bans}</h2>
          <ul className="rows">
            {banned.map((author) => (
              <Banned key={author.id} space={space} author={author} doing={doing} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Waiting(props: {
  readonly space: Space;
  readonly one: WaitingContribution;
  readonly doing: Doing;
}): ReactElement {
  const { doing, one, space } = props;
  const title = titleOf(one.fields);
  return (
    <ContributionRow
      type={one.type}
      fields={one.fields}
      meta={SUGGEST.by(nameOf(one.author), moment(one.writtenAtMs, Date.now()))}
      testId="waiting-contribution"
    >
      <Button
        kind="primary"
        aria-label={SUGGEST.named(SUGGEST.take, title)}
        onClick={() => doing(() => space.door.take(one.id), SUGGEST.taken)}
      >
        {SUGGEST.take}
      </Button>
      <Button
        kind="danger"
        aria-label={SUGGEST.named(SUGGEST.refuse, title)}
        onClick={() => doing(() => space.door.decline(one.id), SUGGEST.refused)}
      >
        {SUGGEST.refuse}
      </Button>
      <Menu
        align="end"
        trigger={<IconButton icon="more" label={SUGGEST.more(title)} />}
        entries={bans(space, one.author, doing)}
      />
    </ContributionRow>
  );
}

function Item(props: {
  readonly space: Space;
  readonly item: ContributedItem;
  readonly doing: Doing;
}): ReactElement {
  const { doing, item, space } = props;
  const { author, fields, hidden, object, takenBy, type, writtenAtMs } = item;
  const title = titleOf(fields);
  const by = SUGGEST.by(nameOf(author), moment(writtenAtMs, Date.now()));
  return (
    <ContributionRow
      type={type}
      fields={fields}
      meta={`${by} · ${SUGGEST.takenBy(nameOf(takenBy))}`}
      testId="contributed-item"
      {...(hidden === undefined
        ? {}
        : {
            chip: <span className="chip warn">{SUGGEST.why[hidden.why](nameOf(hidden.by))}</span>,
          })}
    >
      {hidden === undefined ? (
        <Button
          aria-label={SUGGEST.named(SUGGEST.hide, title)}
          onClick={() => doing(() => space.door.hide(object), SUGGEST.hiddenNow)}
        >
          {SUGGEST.hide}
        </Button>
      ) : (
        <Show space={space} object={object} title={title} doing={doing} />
      )}
      <Menu
        align="end"
        trigger={<IconButton icon="more" label={SUGGEST.more(title)} />}
        entries={bans(space, author, doing)}
      />
    </ContributionRow>
  );
}

/** What a member has written and a moderator has hidden. */
function HiddenObject(props: {
  readonly space: Space;
  readonly object: string;
  readonly doing: Doing;
}): ReactElement {
  const { doing, object, space } = props;
  const because = useDoor(space).hidden[object];
  const known = space.db.get(object);
  const fields = { title: typeof known?.['title'] === 'string' ? known['title'] : '' };
  return (
    <ContributionRow
      type={known?.$type ?? ''}
      fields={fields}
      meta={because === undefined ? '' : SUGGEST.why[because.why](nameOf(because.by))}
      testId="hidden-object"
    >
      <Show space={space} object={object} title={titleOf(fields)} doing={doing} />
    </ContributionRow>
  );
}

function Show(props: {
  readonly space: Space;
  readonly object: string;
  readonly title: string;
  readonly doing: Doing;
}): ReactElement {
  const { doing, object, space, title } = props;
  return (
    <Button
      aria-label={SUGGEST.named(SUGGEST.show, title)}
      onClick={() => doing(() => space.door.show(object), SUGGEST.shownNow)}
    >
      {SUGGEST.show}
    </Button>
  );
}

function Banned(props: {
  readonly space: Space;
  readonly author: BannedAuthor;
  readonly doing: Doing;
}): ReactElement {
  const { author, doing, space } = props;
  const name = nameOf(author);
  const by = SUGGEST.bannedBy(nameOf(author.by));
  return (
    <li data-testid="banned-author">
      <span className="device-icon">
        <Icon name="person" />
      </span>
      <div className="grow">
        <div className="strong cut">{name}</div>
        <div className="meta">{author.hidesAll ? `${by} · ${SUGGEST.hidesAll}` : by}</div>
      </div>
      <Button
        aria-label={SUGGEST.named(SUGGEST.allow, name)}
        onClick={() => doing(() => space.door.allow(author.id), SUGGEST.allowed(name))}
      >
        {SUGGEST.allow}
      </Button>
    </li>
  );
}

function bans(space: Space, author: Named, doing: Doing): readonly MenuEntry[] {
  const name = nameOf(author);
  return [
    {
      label: SUGGEST.ban(name),
      detail: SUGGEST.banMeans,
      danger: true,
      onSelect: () => doing(() => space.door.ban(author.id), SUGGEST.bannedNow(name)),
    },
    {
      label: SUGGEST.banAll(name),
      detail: SUGGEST.banAllMeans,
      danger: true,
      onSelect: () =>
        doing(() => space.door.ban(author.id, { hidesAll: true }), SUGGEST.bannedNow(name)),
    },
  ];
}

function nameOf({ displayName }: Named): string {
  return displayName === '' ? SUGGEST.nobody : displayName;
}
