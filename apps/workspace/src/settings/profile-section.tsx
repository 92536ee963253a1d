/** How one is shown to others: picture, name, a few words, colour. Everything takes effect at once. */
import type { Hue, ProfileChange } from '@atoll/client';
import { useClient, useIdentity } from '@atoll/react';
import { RadioGroup } from 'radix-ui';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { PROFILE } from '../copy/profile.ts';
import { SETTINGS } from '../copy/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { Person } from '../ui/person.tsx';
import { useToast } from '../ui/toast.tsx';
import { smallPicture } from './profile-picture.ts';

const HUES: readonly Hue[] = [1, 2, 3, 4, 5, 6, 7];
/** UTF-16 units: no more than the bytes that may be shown, in any script. */
const ABOUT_MAX = 140;
const NAME_MAX = 64;

interface Problem {
  readonly what: string;
  readonly code?: string | undefined;
}

/** The section of settings. */
export function ProfileSection(): ReactElement | null {
  const { halo } = useClient();
  const identity = useIdentity();
  const toast = useToast();
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  if (identity === undefined) return null;
  const change = async (next: ProfileChange): Promise<void> => {
    setProblem(undefined);
    try {
      await halo.updateProfile(next);
      toast({ text: PROFILE.kept });
    } catch (failure) {
      setProblem({ what: PROFILE.failed, code: codeOf(failure) });
    }
  };
  const choose = async (file: File): Promise<void> => {
    const picture = await smallPicture(file);
    if (picture === undefined) setProblem({ what: PROFILE.noPicture });
    else if (picture === 'too-big') setProblem({ what: PROFILE.tooBig });
    else await change({ picture });
  };
  return (
    <div className="pile profile" data-testid="profile">
      <div className="line" style={{ gap: 'var(--s4)', flexWrap: 'wrap' }}>
        <Person person={identity} size="huge" />
        <PictureButtons
          has={identity.picture !== undefined}
          onChoose={(file) => void choose(file)}
          onRemove={() => void change({ picture: null })}
        />
      </div>
      {problem === undefined ? null : (
        <NoteLine kind="danger" what={problem.what} code={problem.code} live />
      )}
      <KeptField
        label={SETTINGS.name}
        hint={SETTINGS.nameHint}
        value={identity.displayName}
        maxLength={NAME_MAX}
        onKeep={(displayName) => void change({ displayName })}
      />
      <KeptField
        label={PROFILE.about}
        hint={PROFILE.aboutHint}
        value={identity.about ?? ''}
        maxLength={ABOUT_MAX}
        mayBeEmpty
        onKeep={(about) => void change({ about })}
      />
      <div className="field">
        <span className="label" id="profile-colour">
          {PROFILE.colour}
        </span>
        <RadioGroup.Root
          className="hues"
          aria-labelledby="profile-colour"
          orientation="horizontal"
          value={String(identity.hue)}
          onValueChange={(value) => {
            const hue = HUES.find((each) => String(each) === value);
            if (hue !== undefined) void change({ hue });
          }}
        >
          {HUES.map((hue) => (
            <RadioGroup.Item
              key={hue}
              value={String(hue)}
              className="hue"
              aria-label={PROFILE.colourOf(hue)}
            >
              <span className={`hue-${String(hue)}`} />
            </RadioGroup.Item>
          ))}
        </RadioGroup.Root>
      </div>
    </div>
  );
}

function PictureButtons(props: {
  readonly has: boolean;
  readonly onChoose: (file: File) => void;
  readonly onRemove: () => void;
}): ReactElement {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <div className="line" style={{ flexWrap: 'wrap' }}>
      <input
        ref={picker}
        type="file"
        accept="image/*"
        hidden
        data-testid="profile-picture"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = '';
          if (file !== undefined) props.onChoose(file);
        }}
      />
      <Button icon="picture" onClick={() => picker.current?.click()}>
        {props.has ? PROFILE.change : PROFILE.choose}
      </Button>
      {props.has ? (
        <Button kind="quiet" onClick={props.onRemove}>
          {PROFILE.remove}
        </Button>
      ) : null}
    </div>
  );
}

/** A field that is kept with Enter, or when one leaves it. */
function KeptField(props: {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly maxLength: number;
  readonly mayBeEmpty?: boolean;
  readonly onKeep: (value: string) => void;
}): ReactElement {
  const { value, onKeep } = props;
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const keep = (): void => {
    const trimmed = text.trim();
    if (trimmed === '' && props.mayBeEmpty !== true) setText(value);
    else if (trimmed !== value) onKeep(trimmed);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
    >
      <Field
        label={props.label}
        hint={props.hint}
        maxLength={props.maxLength}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={keep}
      />
    </form>
  );
}
