/** Joining: a code, a name where there is none yet, six digits, who it is, in. */
import type { GuestInvitation } from '@atoll/client';
import { useClient, useIdentity } from '@atoll/react';
import { useEffect, useState, type ReactElement } from 'react';
import { useNavigation } from '../app/navigation.tsx';
import { deviceName } from '../app/open-client.ts';
import { JOIN } from '../copy/invitations.ts';
import { WELCOME } from '../copy/welcome.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Mark } from '../ui/icon.tsx';
import { StepForm } from '../ui/step-form.tsx';
import { NameStep } from '../welcome/name-step.tsx';
import { Stage } from '../welcome/stage.tsx';
import { useNewIdentity } from '../welcome/use-new-identity.ts';
import { Choice } from '../welcome/welcome.tsx';
import { JoinSteps } from './join-steps.tsx';

/** The flow for an invitation; without a code it asks for one. */
export function Join(props: {
  readonly code: string;
  readonly onWords: (words: readonly string[] | undefined) => void;
  readonly onDone: () => void;
}): ReactElement {
  const { code } = props;
  const { go } = useNavigation();
  const leave = (): void => go({ at: 'home' });
  if (code === '') {
    const answer = (text: string): void => {
      const follow = followIn(text);
      go(
        follow === undefined ? { at: 'join', code: codeIn(text) } : { at: 'follow', code: follow },
      );
    };
    return <AskCode onCode={answer} onLeave={leave} />;
  }
  return <Answer {...props} onLeave={leave} />;
}

function Answer(props: {
  readonly code: string;
  readonly onWords: (words: readonly string[] | undefined) => void;
  readonly onDone: () => void;
  readonly onLeave: () => void;
}): ReactElement {
  const { code, onDone, onLeave } = props;
  const client = useClient();
  const identity = useIdentity();
  const { replace } = useNavigation();
  const [guest, setGuest] = useState<GuestInvitation | undefined>(undefined);
  const hasIdentity = identity !== undefined;
  useEffect(() => {
    if (!hasIdentity || guest !== undefined) return;
    setGuest(client.spaces.join(code));
  }, [client, code, hasIdentity, guest]);

  const newIdentity = useNewIdentity(props.onWords);
  const makeIdentity = async (name: string, device: string): Promise<void> => {
    await newIdentity(name, device);
    onDone();
  };
  const finish = (space: string | undefined): void => {
    onDone();
    replace(
      space === undefined
        ? { at: 'home' }
        : { at: 'space', space, view: { on: 'tasks', as: 'list' } },
    );
  };
  if (guest !== undefined) {
    return (
      <JoinSteps
        guest={guest}
        onJoined={finish}
        onAgain={() => replace({ at: 'join', code: '' })}
        onLeave={onLeave}
      />
    );
  }
  return (
    <Stage>
      <NameStep
        title={JOIN.nameTitle}
        lead={JOIN.nameLead}
        device={deviceName(navigator.userAgent)}
        onBack={onLeave}
        onName={makeIdentity}
      />
      <Choice
        icon="laptop"
        label={JOIN.deviceChoice}
        detail={JOIN.deviceChoiceDetail}
        onClick={() => setGuest(client.halo.joinDevice(code))}
      />
    </Stage>
  );
}

function AskCode(props: {
  readonly onCode: (code: string) => void;
  readonly onLeave: () => void;
}): ReactElement {
  const [text, setText] = useState('');
  return (
    <Stage>
      <StepForm
        onSubmit={() => {
          const code = codeIn(text);
          if (code !== '') props.onCode(text);
        }}
      >
        <Mark size={40} />
        <div>
          <h1>{JOIN.title}</h1>
          <p className="lead">{JOIN.lead}</p>
        </div>
        <Field
          label={JOIN.codeLabel}
          autoFocus
          spellCheck={false}
          autoCapitalize="none"
          data-testid="join-code"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="actions">
          <Button kind="quiet" big onClick={props.onLeave}>
            {WELCOME.back}
          </Button>
          <Button kind="primary" big type="submit">
            {JOIN.next}
          </Button>
        </div>
      </StepForm>
    </Stage>
  );
}

/** The code of pasted text: of a whole link the part behind `#/join/`. */
function codeIn(text: string): string {
  const trimmed = text.trim();
  const inLink = /#\/join\/([^?\s]+)/u.exec(trimmed)?.[1];
  return inLink ?? trimmed;
}

/** What a pasted link to a public space leads to: its code, or all of it where another server is to be asked. */
function followIn(text: string): string | undefined {
  const [, server, code] = /(?:(https?:\/\/[^\s/]+)\/)?#\/?follow\/([\w-]+)/u.exec(text) ?? [];
  if (server === undefined || server === location.origin || code === undefined) return code;
  return `${server}/#/follow/${code}`;
}
