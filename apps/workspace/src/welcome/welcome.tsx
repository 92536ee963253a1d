/** First run: start new, or answer an invitation; then name, words, check. */
import { useClient } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { changeOwnSettings, ownSettings } from '../app/own-settings.ts';
import { useNavigation } from '../app/navigation.tsx';
import { deviceName } from '../app/open-client.ts';
import { RECOVER } from '../copy/recovery.ts';
import { WELCOME } from '../copy/welcome.ts';
import { makeFirstSpace } from '../data/first-space.ts';
import { Icon, Mark, type IconName } from '../ui/icon.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { CheckStep } from './check-step.tsx';
import { NameStep } from './name-step.tsx';
import { RecoverStep } from './recover-step.tsx';
import { Stage } from './stage.tsx';
import { useNewIdentity } from './use-new-identity.ts';
import { WordsStep } from './words-step.tsx';

type Step =
  | { readonly at: 'welcome' }
  | { readonly at: 'recover' }
  | { readonly at: 'name' }
  | { readonly at: 'words'; readonly words: readonly string[] }
  | { readonly at: 'check'; readonly words: readonly string[] };

/** The first run. `onWords` hands the words on, for those who put them off. */
export function Welcome(props: {
  readonly onWords: (words: readonly string[] | undefined) => void;
  readonly onDone: () => void;
}): ReactElement {
  const client = useClient();
  const { go } = useNavigation();
  const [step, setStep] = useState<Step>({ at: 'welcome' });
  const newIdentity = useNewIdentity(props.onWords);

  const create = async (name: string, device: string): Promise<void> => {
    const words = await newIdentity(name, device);
    const space = await makeFirstSpace(client, name);
    go({ at: 'space', space, view: { on: 'notes' } });
    setStep({ at: 'words', words });
  };
  const written = (): void => {
    changeOwnSettings({ words: 'written', wordsTriedAtMs: Date.now() });
    props.onWords(undefined);
    props.onDone();
  };

  switch (step.at) {
    case 'welcome':
      return (
        <Choices
          onNew={() => setStep({ at: 'name' })}
          onInvited={() => go({ at: 'join', code: '' })}
          onRecover={() => setStep({ at: 'recover' })}
        />
      );
    case 'recover':
      return (
        <Stage>
          <RecoverStep onBack={() => setStep({ at: 'welcome' })} onDone={props.onDone} />
        </Stage>
      );
    case 'name':
      return (
        <Stage>
          <NameStep
            step={WELCOME.step(1)}
            title={WELCOME.nameTitle}
            lead={WELCOME.nameLead}
            device={deviceName(navigator.userAgent)}
            onBack={() => setStep({ at: 'welcome' })}
            onName={create}
          />
        </Stage>
      );
    case 'words':
      return (
        <Stage wide>
          <WordsStep
            words={step.words}
            onLater={props.onDone}
            onWritten={() => setStep({ at: 'check', words: step.words })}
          />
        </Stage>
      );
    case 'check':
      return (
        <Stage>
          <CheckStep
            words={step.words}
            onBack={() => setStep({ at: 'words', words: step.words })}
            onChecked={written}
          />
        </Stage>
      );
  }
}

function Choices(props: {
  readonly onNew: () => void;
  readonly onInvited: () => void;
  readonly onRecover: () => void;
}): ReactElement {
  // Without an identity, yet there was one: the browser has cleared the rest.
  const { wasHere } = ownSettings();
  return (
    <Stage>
      <Mark size={40} />
      <div>
        <h1>{WELCOME.title}</h1>
        <p className="lead">{WELCOME.lead}</p>
      </div>
      {wasHere === undefined ? null : (
        <NoteLine kind="danger" what={WELCOME.lost(wasHere)} means={WELCOME.lostMeans} live />
      )}
      <div className="pile">
        <Choice
          main
          icon="plus"
          label={WELCOME.startNew}
          detail={WELCOME.startNewDetail}
          onClick={props.onNew}
        />
        <Choice
          icon="qr"
          label={WELCOME.invited}
          detail={WELCOME.invitedDetail}
          onClick={props.onInvited}
        />
        <Choice
          icon="key"
          label={RECOVER.choice}
          detail={RECOVER.choiceDetail}
          onClick={props.onRecover}
        />
      </div>
      <p className="meta">{WELCOME.calm}</p>
    </Stage>
  );
}

/** One large choice. */
export function Choice(props: {
  readonly main?: boolean;
  readonly icon: IconName;
  readonly label: string;
  readonly detail: string;
  readonly onClick: () => void;
}): ReactElement {
  return (
    <button
      type="button"
      className={props.main === true ? 'choice main-choice' : 'choice'}
      onClick={props.onClick}
    >
      <span className="device-icon">
        <Icon name={props.icon} />
      </span>
      <span>
        <b>{props.label}</b>
        <span className="small ink-2">{props.detail}</span>
      </span>
      <Icon name="right" />
    </button>
  );
}
