/** One line that says what happened, what it means, and one thing to do. */
import { useId, type ReactElement, type ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** What kind of news it is; the icon says the same as the colour. */
export type NoteKind = 'plain' | 'info' | 'ok' | 'warn' | 'danger';

const ICONS: Readonly<Record<NoteKind, IconName>> = {
  plain: 'info',
  info: 'info',
  ok: 'check',
  warn: 'warning',
  danger: 'warning',
};

/** A note line. `live` lets screen readers speak changes. */
export function NoteLine(props: {
  readonly kind?: NoteKind;
  readonly icon?: IconName;
  readonly turning?: boolean;
  readonly what?: string | undefined;
  readonly means?: string | undefined;
  readonly code?: string | undefined;
  readonly live?: boolean;
  readonly id?: string;
  readonly children?: ReactNode;
}): ReactElement {
  const kind = props.kind ?? 'plain';
  const id = useId();
  return (
    <div
      id={props.id ?? id}
      className={`note-line ${kind}`}
      role={props.live === true ? 'status' : undefined}
    >
      <Icon name={props.icon ?? ICONS[kind]} turning={props.turning ?? false} />
      <span className="grow">
        {props.what === undefined ? null : <b>{props.what} </b>}
        {props.means}
        {props.code === undefined ? null : <span className="code"> {props.code}</span>}
      </span>
      {props.children}
    </div>
  );
}
