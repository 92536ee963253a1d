/** People: a circle with a picture, or an initial and a hue, alone or in a row. */
import type { Hue, Picture } from '@atoll/client';
import type { ReactElement } from 'react';
import { pictureUrl } from './picture-url.ts';

/** What is needed to draw a person. */
export interface PersonLook {
  readonly displayName: string;
  readonly hue: Hue;
  readonly picture?: Picture;
  readonly here?: boolean;
}

/** One person. The name must stand beside it, or `named` gives it to screen readers. */
export function Person(props: {
  readonly person: PersonLook;
  readonly size?: 'tiny' | 'large' | 'huge';
  readonly named?: boolean;
}): ReactElement {
  const { person, size, named } = props;
  const classes = ['person', `hue-${String(person.hue)}`, size ?? '', person.here ? 'here' : ''];
  const name =
    named === true ? { role: 'img', 'aria-label': person.displayName } : { 'aria-hidden': true };
  return (
    <span className={classes.join(' ')} title={person.displayName} {...name}>
      {person.picture === undefined ? (
        initial(person.displayName)
      ) : (
        <img src={pictureUrl(person.picture)} alt="" draggable={false} />
      )}
    </span>
  );
}

const PEOPLE_SHOWN_MAX = 4;

/** Several people; at most four, then a count. All names are in the label. */
export function People(props: {
  readonly people: readonly PersonLook[];
  readonly label: string;
}): ReactElement | null {
  const { people, label } = props;
  if (people.length === 0) return null;
  const more = people.length - PEOPLE_SHOWN_MAX;
  const names = people.map((person) => person.displayName).join(', ');
  return (
    <span className="people" role="img" aria-label={`${label}: ${names}`} title={names}>
      {people.slice(0, PEOPLE_SHOWN_MAX).map((person, index) => (
        <Person key={index} person={person} />
      ))}
      {more > 0 ? <span className="more">+{more}</span> : null}
    </span>
  );
}

function initial(name: string): string {
  const first = [...new Intl.Segmenter().segment(name.trim())][0]?.segment ?? '?';
  return first.toLocaleUpperCase();
}
