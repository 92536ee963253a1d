/** What visitors of a public space may suggest: said, changed and taken back where the space is made public. */
import type { DoorTerms as Terms, Space } from '@atoll/client';
import { useDoor } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { DOOR } from '../copy/suggestions.ts';
import { Button } from '../ui/button.tsx';
import { ChoiceLine } from '../ui/choice-line.tsx';
import { Field } from '../ui/field.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { useDoorAct } from './use-door-act.ts';

/** What the workspace lets visitors suggest. */
const TYPES = ['Task', 'Note'] as const;
const RATES = { perAuthor: 6, perHour: 60 } as const;
const RATE_MAX = 1000;

/** The part of the section. */
export function DoorTerms({ space }: { readonly space: Space }): ReactElement {
  const { isOpen, terms } = useDoor(space);
  const [isAsking, setAsking] = useState(false);
  return (
    <div className="pile" data-testid="door-terms">
      <h3>{DOOR.title}</h3>
      {isAsking ? (
        <Form space={space} terms={isOpen ? terms : undefined} onClose={() => setAsking(false)} />
      ) : isOpen && terms !== undefined ? (
        <Open space={space} terms={terms} onChange={() => setAsking(true)} />
      ) : (
        <>
          <p className="meta">{DOOR.closed}</p>
          <div>
            <Button icon="comment" onClick={() => setAsking(true)}>
              {DOOR.offer}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

function Open(props: {
  readonly space: Space;
  readonly terms: Required<Terms>;
  readonly onChange: () => void;
}): ReactElement {
  const { onChange, space, terms } = props;
  const { busy, problem, run } = useDoorAct();
  const { go } = useNavigation();
  const what = typesInWords(terms.types);
  const act = (doing: () => Promise<void>, said: string) => () =>
    void run(async () => {
      await doing();
      return said;
    });
  return (
    <>
      <p>
        {terms.takesItself ? DOOR.itself(what, terms.perAuthor, terms.perHour) : DOOR.look(what)}
      </p>
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
      <div className="line wrap">
        <Button
          icon="comment"
          onClick={() => go({ at: 'space', space: space.id, view: { on: 'suggestions' } })}
        >
          {DOOR.see}
        </Button>
        <Button kind="quiet" onClick={onChange}>
          {DOOR.change}
        </Button>
        <Button kind="quiet" disabled={busy} onClick={act(() => space.door.close(), DOOR.ended)}>
          {DOOR.close}
        </Button>
      </div>
      <div className="line wrap">
        <Button kind="quiet" disabled={busy} onClick={act(() => space.door.renew(), DOOR.renewed)}>
          {DOOR.renew}
        </Button>
        <span className="hint">{DOOR.renewMeans}</span>
      </div>
    </>
  );
}

function Form(props: {
  readonly space: Space;
  /** Those of now. */
  readonly terms: Required<Terms> | undefined;
  readonly onClose: () => void;
}): ReactElement {
  const { onClose, space, terms } = props;
  const { busy, problem, run } = useDoorAct();
  const [types, setTypes] = useState<readonly string[]>(terms?.types ?? TYPES);
  const [itself, setItself] = useState(terms?.takesItself ?? false);
  const [perAuthor, setPerAuthor] = useState(String(terms?.perAuthor ?? RATES.perAuthor));
  const [perHour, setPerHour] = useState(String(terms?.perHour ?? RATES.perHour));
  const rates = [perAuthor, perHour].map(Number);
  const isWhole = !itself || rates.every(isRate);
  const submit = async (): Promise<void> => {
    if (!isWhole) return;
    const [ofAuthor = RATES.perAuthor, ofAll = RATES.perHour] = rates;
    const limits = itself ? { perAuthor: ofAuthor, perHour: ofAll } : {};
    const isDone = await run(async () => {
      await space.door.open({ types, takesItself: itself, ...limits });
      return terms === undefined ? DOOR.opened : DOOR.changed;
    });
    if (isDone) onClose();
  };
  return (
    <form
      className="pile"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {TYPES.map((type) => (
        <ChoiceLine
          key={type}
          label={DOOR.types[type] ?? type}
          means={DOOR.typesMean[type] ?? ''}
          value={types.includes(type)}
          onChange={(isWanted) =>
            setTypes(isWanted ? [...types, type].sort() : types.filter((other) => other !== type))
          }
        />
      ))}
      <Segmented
        label={DOOR.how}
        value={itself ? 'itself' : 'look'}
        parts={[
          { value: 'look', label: DOOR.ways.look },
          { value: 'itself', label: DOOR.ways.itself },
        ]}
        onChange={(way) => setItself(way === 'itself')}
      />
      <p className="hint">{itself ? DOOR.itselfMeans : DOOR.lookMeans}</p>
      {itself ? (
        <>
          <Rate label={DOOR.perAuthor} value={perAuthor} onChange={setPerAuthor} />
          <Rate label={DOOR.perHour} value={perHour} onChange={setPerHour} />
          <p className="hint">{DOOR.restWaits}</p>
        </>
      ) : null}
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
      <div className="line">
        <Button kind="primary" type="submit" disabled={busy}>
          {terms === undefined ? DOOR.begin : DOOR.save}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          {DOOR.cancel}
        </Button>
      </div>
    </form>
  );
}

function Rate(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const { label, onChange, value } = props;
  return (
    <Field
      label={label}
      inputMode="numeric"
      value={value}
      problem={isRate(Number(value)) ? undefined : DOOR.number}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function isRate(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= RATE_MAX;
}

/** "tasks and notes". */
function typesInWords(types: readonly string[]): string {
  const [first, second] = types;
  if (second !== undefined) return DOOR.both;
  return DOOR.one[first ?? ''] ?? DOOR.other;
}
