/** The title of an object as a field that grows with its text. */
import type { AnyObject } from '@atoll/client';
import { useState, type ReactElement } from 'react';
import { TASKS } from '../copy/workspace.ts';

/** The editable title. What is typed is kept when one leaves it. */
export function TitleArea(props: {
  readonly object: AnyObject;
  readonly field: string;
  readonly canWrite: boolean;
}): ReactElement {
  const { object, field, canWrite } = props;
  const current = object[field];
  const shown = typeof current === 'string' ? current : '';
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const keep = (): void => {
    const next = typed?.replace(/\s*\n\s*/gu, ' ').trim();
    if (next !== undefined && next !== '' && next !== shown) {
      (object as Record<string, unknown>)[field] = next;
    }
    setTyped(undefined);
  };
  return (
    <textarea
      className="panel-title"
      rows={1}
      aria-label={TASKS.title}
      data-testid="panel-title"
      readOnly={!canWrite}
      value={typed ?? shown}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
          event.preventDefault();
          event.currentTarget.blur();
        }
        if (event.key === 'Escape' && typed !== undefined) {
          event.preventDefault();
          setTyped(undefined);
        }
      }}
    />
  );
}
