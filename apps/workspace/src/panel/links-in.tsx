/** What links to an object, by type and field. Counts are exact, lists are short. */
import type { AnyObject, Space } from '@atoll/client';
import type { FieldData, TypeData } from '@atoll/schema';
import { useDatabase } from '@atoll/react';
import type { ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { PANEL } from '../copy/workspace.ts';
import { fieldWords, typeNoun, typePlural } from '../data/type-words.ts';
import { Attachment } from '../data/workspace-types.ts';
import { PrivateMark } from '../private/private-mark.tsx';
import { usePrivacy } from '../private/private-words.ts';
import { objectName, type TypesByName } from '../table/cell.tsx';
import { formatFilters } from '../table/filter.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

/** Links shown of one field; the table shows all. */
const SHOWN = 12;

interface Incoming {
  readonly type: string;
  readonly field: string;
  readonly way: 'is' | 'has';
  readonly value: string;
  readonly count: number;
  readonly first: readonly AnyObject[];
}

/** The section "Links here". */
export function LinksIn(props: {
  readonly space: Space;
  readonly object: AnyObject;
  readonly types: TypesByName;
}): ReactElement {
  const { space, object, types } = props;
  const { go, open } = useNavigation();
  const privacy = usePrivacy(space);
  const incoming = useDatabase(space, () => incomingOf(space, object, types), [object, types]);
  const showAll = ({ type, field, way, value }: Incoming): void => {
    const filters = formatFilters([{ field, way, value }]) ?? '';
    go({ at: 'space', space: space.id, view: { on: 'table', type, filters }, open: object.id });
  };
  return (
    <section className="links-in" data-testid="links-in">
      <h2>{PANEL.linksIn}</h2>
      {incoming.length === 0 ? <p className="small ink-3">{PANEL.noLinks}</p> : null}
      {incoming.map((links) => (
        <div key={`${links.type} ${links.field}`}>
          <h3 className="meta">
            {PANEL.linkedBy(
              links.count,
              (links.count === 1 ? typeNoun(links.type) : typePlural(links.type)).toLowerCase(),
              fieldWords(links.field),
            )}
          </h3>
          <ul>
            {links.first.map((from) => (
              <li key={from.id}>
                <button type="button" onClick={() => open(from.id)}>
                  <Icon name="box" />
                  <span className="cut">{objectName(from, types)}</span>
                  <PrivateMark privacy={privacy(from.id)} />
                </button>
              </li>
            ))}
          </ul>
          {links.count > links.first.length ? (
            <Button kind="quiet" onClick={() => showAll(links)}>
              {PANEL.showAll(links.count)}
            </Button>
          ) : null}
        </div>
      ))}
    </section>
  );
}

function incomingOf(space: Space, object: AnyObject, types: TypesByName): readonly Incoming[] {
  return [...types.values()].flatMap((type) =>
    Object.entries(type.fields).flatMap(([field, data]) => {
      const ref = refOf(data);
      if (ref === undefined || (ref.type !== undefined && ref.type !== object.$type)) return [];
      // Files of an object are shown as such.
      if (type.name === Attachment.name && field === 'of') return [];
      const query = space.db.query(type.name).refTo(object, field);
      const count = query.count();
      if (count === 0) return [];
      const key = ref.by === undefined ? object.id : object[ref.by];
      return [
        {
          type: type.name,
          field,
          way: data.kind === 'ref' ? ('is' as const) : ('has' as const),
          value: typeof key === 'string' ? key : object.id,
          count,
          first: query.limit(SHOWN).run(),
        },
      ];
    }),
  );
}

type RefData = Extract<TypeData['fields'][string], { readonly kind: 'ref' }>;

function refOf(data: FieldData): RefData | undefined {
  if (data.kind === 'ref') return data;
  const isCollection = data.kind === 'set' || data.kind === 'list' || data.kind === 'map';
  return isCollection && data.of.kind === 'ref' ? data.of : undefined;
}
