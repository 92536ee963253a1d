/** Where others are in a text: a caret with a name for two seconds after it moved, then a dot. */
import type { PresenceEntry, Space, TextField } from '@atoll/client';
import { usePresence } from '@atoll/react';
import { useEffect, useState, type ReactElement, type RefObject } from 'react';
import type { Mirror, Spot, Stretch } from './mirror.ts';

const NAMED_MS = 2_000;

/** Draws the cursors of others. Hidden from screen readers: presence is a list elsewhere. */
export function RemoteCursors(props: {
  readonly space: Space;
  readonly object: string;
  readonly text: TextField;
  readonly mirror: RefObject<Mirror | undefined>;
  /** Changes with the text, so that places are measured again. */
  readonly version: number;
}): ReactElement {
  const { object, text, mirror } = props;
  const entries = usePresence(props.space);
  const width = useWindowWidth();
  const shown = mirror.current;
  return (
    <div className="cursors" aria-hidden="true" data-version={props.version} data-width={width}>
      {entries.map((entry) => {
        const place = shown === undefined ? undefined : placeOf(entry, object, text);
        if (shown === undefined || place === undefined) return null;
        return (
          <Cursor
            key={`${entry.member} ${entry.device}`}
            entry={entry}
            spot={shown.spot(place.head)}
            stretches={place.anchor === place.head ? [] : shown.stretches(place.anchor, place.head)}
          />
        );
      })}
    </div>
  );
}

function placeOf(
  entry: PresenceEntry,
  object: string,
  text: TextField,
): { readonly anchor: number; readonly head: number } | undefined {
  const { cursor } = entry.state;
  if (entry.state.object !== object || cursor === undefined || cursor === null) return undefined;
  const anchor = text.position(cursor[0]);
  const head = text.position(cursor[1]);
  return anchor === undefined || head === undefined ? undefined : { anchor, head };
}

function Cursor(props: {
  readonly entry: PresenceEntry;
  readonly spot: Spot;
  readonly stretches: readonly Stretch[];
}): ReactElement {
  const { entry, spot } = props;
  const moved = entry.state.cursor?.join(' ');
  const [isNamed, setNamed] = useState(true);
  useEffect(() => {
    setNamed(true);
    const timer = setTimeout(() => setNamed(false), NAMED_MS);
    return () => clearTimeout(timer);
  }, [moved]);
  const hue = { ['--hue' as string]: `var(--p${String(entry.hue)})` };
  return (
    <>
      {props.stretches.map((stretch, index) => (
        <span key={index} className="remote-selection" style={{ ...hue, ...stretch }} />
      ))}
      <span
        className={isNamed ? 'remote-caret' : 'remote-caret quiet'}
        data-testid="remote-cursor"
        style={{ background: `var(--p${String(entry.hue)})`, ...spot }}
      >
        <span>{entry.displayName}</span>
      </span>
    </>
  );
}

function useWindowWidth(): number {
  const [width, setWidth] = useState(innerWidth);
  useEffect(() => {
    const onResize = (): void => setWidth(innerWidth);
    addEventListener('resize', onResize);
    return () => removeEventListener('resize', onResize);
  }, []);
  return width;
}
