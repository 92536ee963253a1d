/** One row of something that was suggested: what it says, by whom, and what can be done about it. */
import type { ContributedFields } from '@atoll/client';
import type { ReactElement, ReactNode } from 'react';
import { SUGGEST } from '../copy/suggestions.ts';
import { Icon } from '../ui/icon.tsx';

/** Characters of a text that a row shows. */
const GLIMPSE_CHARACTERS = 280;

/** The row. */
export function ContributionRow(props: {
  readonly type: string;
  readonly fields: ContributedFields;
  readonly meta: string;
  readonly testId: string;
  /** A word on how it stands. */
  readonly chip?: ReactNode;
  readonly children?: ReactNode;
}): ReactElement {
  const { fields, type } = props;
  const glimpse = textOf(fields['body'] ?? fields['markdown']).slice(0, GLIMPSE_CHARACTERS);
  return (
    <li className="suggestion" data-testid={props.testId}>
      <span className="device-icon">
        <Icon name={type === 'Note' ? 'note' : 'task'} />
      </span>
      <div className="grow">
        <div className="strong">{titleOf(fields)}</div>
        {glimpse === '' ? null : <div className="small ink-2">{glimpse}</div>}
        <div className="meta">{props.meta}</div>
        {props.chip}
      </div>
      {props.children === undefined ? null : <div className="line">{props.children}</div>}
    </li>
  );
}

/** What somebody wrote as the title. */
export function titleOf(fields: ContributedFields): string {
  const title = textOf(fields['title']).trim();
  return title === '' ? SUGGEST.untitled : title;
}

/** Strangers write these fields: what is no text says nothing. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
