/** Saying something about somebody, signed, and choosing what of it is shown in the space. */
import type { Space } from '@atoll/client';
import { useClient, useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { SAY, type SaidKind } from '../copy/attestations.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useToast } from '../ui/toast.tsx';
import type { PersonToKnow } from './known-person.tsx';

const DAY_MS = 86_400_000;
/** More is a document, not something said of somebody. */
const FACTS_MAX = 12;
const FACT_MAX = 40;
const VALUE_MAX = 280;

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly isShown: boolean;
}

const [FIRST] = SAY.kinds as readonly [SaidKind];
type Length = (typeof SAY.lengths)[number];
const [FOREVER] = SAY.lengths as readonly [Length];

/** The dialog. */
export function SaySomething(props: {
  readonly space: Space;
  readonly person: PersonToKnow;
  readonly onClose: () => void;
}): ReactElement {
  const { onClose, person, space } = props;
  const { attestations } = useClient().halo;
  const spaceName = useLive(space.name);
  const toast = useToast();
  const [kind, setKind] = useState(FIRST);
  const [facts, setFacts] = useState(factsOf(FIRST));
  const [length, setLength] = useState(FOREVER);
  const [problem, setProblem] = useState<{ what: string; code?: string | undefined }>();
  const [busy, setBusy] = useState(false);
  const written = facts.filter(({ name, value }) => name.trim() !== '' && value.trim() !== '');
  const shown = written.filter(({ isShown }) => isShown).map(({ name }) => name.trim());
  const change = (at: number, next: Partial<Fact>): void =>
    setFacts(facts.map((fact, place) => (place === at ? { ...fact, ...next } : fact)));
  const say = async (): Promise<void> => {
    const fields = Object.fromEntries(
      written.map(({ name, value }) => [name.trim(), value.trim()]),
    );
    if (written.length === 0) return setProblem({ what: SAY.empty });
    if (Object.keys(fields).length < written.length) return setProblem({ what: SAY.twice });
    setBusy(true);
    try {
      const { days } = length;
      const made = await attestations.make({
        about: person.id,
        kind: kind.kind,
        fields,
        ...(days === undefined ? {} : { expiresAtMs: Date.now() + days * DAY_MS }),
      });
      if (shown.length > 0) {
        await attestations.publish(made.id, { space: space.id, fields: shown });
      }
      toast({ text: SAY.done(person.displayName) });
      onClose();
    } catch (failure) {
      setProblem({ what: SAY.failed, code: codeOf(failure) });
      setBusy(false);
    }
  };
  return (
    <FormDialog
      title={SAY.title(person.displayName)}
      describe={SAY.lead(person.displayName)}
      testId="say-something"
      keep
      wide
      submit={SAY.submit(shown.length)}
      busy={busy}
      onSubmit={() => void (busy ? undefined : say())}
      onClose={onClose}
    >
      <Choices
        kind={kind}
        length={length}
        onKind={(next) => {
          setKind(next);
          // What was written already is not thrown away.
          if (written.length === 0) setFacts(factsOf(next));
        }}
        onLength={setLength}
      />
      <div className="facts-form">
        {facts.map((fact, at) => (
          <FactRow
            key={at}
            fact={fact}
            onChange={(next) => change(at, next)}
            onRemove={() => setFacts(facts.filter((_, place) => place !== at))}
          />
        ))}
      </div>
      {facts.length >= FACTS_MAX ? null : (
        <div>
          <Button
            icon="plus"
            kind="quiet"
            onClick={() => setFacts([...facts, { name: '', value: '', isShown: true }])}
          >
            {SAY.add}
          </Button>
        </div>
      )}
      {problem === undefined ? null : (
        <NoteLine kind="danger" what={problem.what} code={problem.code} live />
      )}
      <p className="small ink-2">{SAY.means(spaceName, shown.length)}</p>
    </FormDialog>
  );
}

function Choices(props: {
  readonly kind: SaidKind;
  readonly length: Length;
  readonly onKind: (kind: SaidKind) => void;
  readonly onLength: (length: Length) => void;
}): ReactElement {
  const { kind, length, onKind, onLength } = props;
  return (
    <div className="line" style={{ flexWrap: 'wrap' }}>
      <Menu
        trigger={
          <Button aria-label={`${SAY.kind}: ${kind.label}`}>
            {kind.label}
            <Icon name="down" />
          </Button>
        }
        entries={SAY.kinds.map((each) => ({
          label: each.label,
          detail: each.detail,
          chosen: each === kind,
          onSelect: () => onKind(each),
        }))}
      />
      <span className="small ink-2">{SAY.ends}</span>
      <Menu
        trigger={
          <Button aria-label={`${SAY.ends}: ${length.label}`}>
            {length.label}
            <Icon name="down" />
          </Button>
        }
        entries={SAY.lengths.map((each) => ({
          label: each.label,
          chosen: each === length,
          onSelect: () => onLength(each),
        }))}
      />
    </div>
  );
}

function FactRow(props: {
  readonly fact: Fact;
  readonly onChange: (next: Partial<Fact>) => void;
  readonly onRemove: () => void;
}): ReactElement {
  const { fact, onChange, onRemove } = props;
  return (
    <div className="fact" data-testid="fact">
      <Field
        label={SAY.fact}
        maxLength={FACT_MAX}
        value={fact.name}
        onChange={(event) => onChange({ name: event.target.value })}
      />
      <Field
        label={SAY.value}
        maxLength={VALUE_MAX}
        value={fact.value}
        onChange={(event) => onChange({ value: event.target.value })}
      />
      <label className="tick-line small">
        <input
          type="checkbox"
          checked={fact.isShown}
          onChange={(event) => onChange({ isShown: event.target.checked })}
        />
        {SAY.show}
      </label>
      <IconButton icon="close" label={SAY.remove(fact.name)} onClick={onRemove} />
    </div>
  );
}

function factsOf({ facts }: SaidKind): readonly Fact[] {
  return facts.map((name) => ({ name, value: '', isShown: true }));
}
