/** An object as it was at a moment, read-only, with what differs from now, and the way back. */
import type { AnyObject, FieldDiff, ObjectDiff, TimelineEntry } from '@atoll/client';
import type { RichDocument, RichTextField } from '@atoll/schema';
import { Fragment, useEffect, useState, type ReactElement } from 'react';
import { moment, UNDO } from '../copy/general.ts';
import { OBJECT_HISTORY } from '../copy/history.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { useToast } from '../ui/toast.tsx';
import { RichView } from './rich-view.tsx';
import { diffBlocks } from './rich-diff.ts';
import { fieldLabel, isOrdering, valueWords, type WordSource } from './history-words.ts';

/** What was looked up. */
interface Seen {
  readonly plain: Readonly<Record<string, unknown>>;
  /** Rich texts by field. */
  readonly documents: ReadonlyMap<string, RichDocument>;
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
      const then = past.db.getDeleted(object.id);
      const plain = JSON.parse(JSON.stringify(then ?? {})) as Seen['plain'];
      const fields = source.types.get(source.type)?.fields ?? {};
      const rich = Object.keys(plain).filter((field) => fields[field]?.kind === 'rich');
      const documents = new Map(
        rich.map((field) => [field, (then?.[field] as RichTextField).toDocument()]),
      );
      if (isOpen) setSeen({ plain, documents, diff });
    };
    look().catch(() => setSeen('failed'));
    return () => {
      isOpen = false;
    };
  }, [space, source, object, entry]);
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
      wide={isReady && seen.documents.size > 0}
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
  const [look, setLook] = useState<'then' | 'since'>('then');
  const byField = new Map(seen.diff?.fields.map((diff) => [diff.field, diff]));
  const fields = Object.entries(seen.plain).filter(([field]) => isTold(source.type, field, seen));
  const hasTexts = [...byField.values()].some(({ kind }) => kind === 'text');
  return (
    <>
      {hasTexts ? (
        <div className="line">
          <Segmented
            label={OBJECT_HISTORY.look}
            value={look}
            parts={[
              { value: 'then', label: OBJECT_HISTORY.then },
              { value: 'since', label: OBJECT_HISTORY.since },
            ]}
            onChange={setLook}
          />
        </div>
      ) : null}
      {hasTexts && look === 'since' ? (
        <p className="small ink-2">{OBJECT_HISTORY.sinceLegend}</p>
      ) : null}
      <dl className="properties then">
        {fields.map(([field, value]) => (
          <Fragment key={field}>
            <dt>{fieldLabel(source.type, field)}</dt>
            <dd>
              <Value {...{ source, field, value, seen }} diff={byField.get(field)} look={look} />
              {byField.has(field) && look === 'then' ? (
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

/** A value as it was; of a text, as wished, what has changed since. */
function Value(props: {
  readonly source: WordSource;
  readonly field: string;
  readonly value: unknown;
  readonly seen: Seen;
  readonly diff: FieldDiff | undefined;
  readonly look: 'then' | 'since';
}): ReactElement {
  const { source, field, value, seen, look } = props;
  const document = seen.documents.get(field);
  const diff = look === 'since' && props.diff?.kind === 'text' ? props.diff : undefined;
  if (document !== undefined) {
    return <RichView blocks={diffBlocks(document, diff?.delta ?? [])} />;
  }
  if (diff !== undefined) {
    return (
      <span className="pre">
        {diff.pieces.map(({ change, text }, at) => {
          if (change === 'kept') return <span key={at}>{text}</span>;
          return change === 'added' ? <ins key={at}>{text}</ins> : <del key={at}>{text}</del>;
        })}
      </span>
    );
  }
  return <span className="pre">{words(source, field, value)}</span>;
}

/** Fields that say nothing to people, and of a note the form that it is not written in. */
function isTold(type: string, field: string, { plain }: Seen): boolean {
  if (field === 'id' || isOrdering(field)) return false;
  if (type !== 'Note' || field === 'title') return true;
  return field === (plain['form'] === 'markdown' ? 'markdown' : 'body');
}

function words(source: WordSource, field: string, value: unknown): string {
  const text = Array.isArray(value)
    ? value.map((item) => valueWords(source, field, item)).join(', ')
    : valueWords(source, field, value);
  return text === '' ? OBJECT_HISTORY.nothing : text;
}
