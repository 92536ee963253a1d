/** An object as it was at a moment, read-only, with what differs from now, and the way back. */
import type { AnyObject, ObjectDiff, TimelineEntry } from '@atoll/client';
import { Fragment, useEffect, useState, type ReactElement } from 'react';
import { moment, UNDO } from '../copy/general.ts';
import { OBJECT_HISTORY } from '../copy/history.ts';
import { fieldWords } from '../data/type-words.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useToast } from '../ui/toast.tsx';
import { isOrdering, valueWords, type WordSource } from './history-words.ts';

/** What was looked up. */
interface Seen {
  readonly plain: Readonly<Record<string, unknown>>;
  /** How it differs from now. */
  readonly diff: ObjectDiff | undefined;
}

/** The dialog "As it was". */
export function AsItWas(props: {
  readonly source: WordSource;
  readonly object: AnyObject;
  readonly entry: TimelineEntry;
  readonly canWrite: boolean;
  readonly onClose: () => void;
}): ReactElement {
  const { entry, object, onClose, source } = props;
  const { space } = source;
  const toast = useToast();
  const [seen, setSeen] = useState<Seen | 'failed' | undefined>(undefined);
  useEffect(() => {
    let isOpen = true;
    const look = async (): Promise<void> => {
      const past = await space.history.at(entry.frontier, [object.id]);
      const diff = await space.history.diff(object.id, entry.frontier);
      const plain = JSON.parse(
        JSON.stringify(past.db.getDeleted(object.id) ?? {}),
      ) as Seen['plain'];
      if (isOpen) setSeen({ plain, diff });
    };
    look().catch(() => setSeen('failed'));
    return () => {
      isOpen = false;
    };
  }, [space, object, entry]);
  const bringBack = async (): Promise<void> => {
    try {
      await space.history.restore(object.id, entry.frontier, { label: OBJECT_HISTORY.label });
      onClose();
      toast({
        text: OBJECT_HISTORY.broughtBack,
        action: { label: UNDO, run: () => void space.undo.undo() },
      });
    } catch {
      setSeen('failed');
    }
  };
  const isReady = seen !== undefined && seen !== 'failed';
  return (
    <Dialog
      title={OBJECT_HISTORY.asItWas(moment(entry.toMs, Date.now()))}
      describe={OBJECT_HISTORY.asItWasLead}
      testId="as-it-was"
      onClose={onClose}
      footer={
        isReady && seen.diff !== undefined && props.canWrite ? (
          <Button kind="primary" onClick={() => void bringBack()}>
            {OBJECT_HISTORY.bringBack}
          </Button>
        ) : undefined
      }
    >
      {seen === undefined ? <p className="ink-3">{OBJECT_HISTORY.loading}</p> : null}
      {seen === 'failed' ? <p>{OBJECT_HISTORY.failed}</p> : null}
      {isReady ? <Then source={source} seen={seen} /> : null}
    </Dialog>
  );
}

function Then({
  seen,
  source,
}: {
  readonly seen: Seen;
  readonly source: WordSource;
}): ReactElement {
  const different = new Set(seen.diff?.fields.map(({ field }) => field));
  const fields = Object.entries(seen.plain).filter(
    ([field]) => field !== 'id' && !isOrdering(field),
  );
  return (
    <>
      <dl className="properties then">
        {fields.map(([field, value]) => (
          <Fragment key={field}>
            <dt>{fieldWords(field)}</dt>
            <dd>
              <span className="pre">{words(source, field, value)}</span>
              {different.has(field) ? (
                <span className="meta"> {OBJECT_HISTORY.differs}</span>
              ) : null}
            </dd>
          </Fragment>
        ))}
      </dl>
      {seen.diff === undefined ? <p className="small ink-2">{OBJECT_HISTORY.sameAsNow}</p> : null}
    </>
  );
}

function words(source: WordSource, field: string, value: unknown): string {
  const text = Array.isArray(value)
    ? value.map((item) => valueWords(source, field, item)).join(', ')
    : valueWords(source, field, value);
  return text === '' ? OBJECT_HISTORY.nothing : text;
}
