/** Reading a public space by its link: a name where there is none yet, then the space. */
import { useClient, useIdentity } from '@atoll/react';
import { useEffect, useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { useNavigation } from '../app/navigation.tsx';
import { deviceName } from '../app/open-client.ts';
import { FOLLOW } from '../copy/public.ts';
import { Button } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { NameStep } from '../welcome/name-step.tsx';
import { Stage } from '../welcome/stage.tsx';
import { useNewIdentity } from '../welcome/use-new-identity.ts';

/** The flow for a link. */
export function Follow(props: {
  readonly code: string;
  readonly onWords: (words: readonly string[] | undefined) => void;
  readonly onDone: () => void;
}): ReactElement {
  const { code, onDone, onWords } = props;
  const identity = useIdentity();
  const { go } = useNavigation();
  const leave = (): void => go({ at: 'home' });
  const newIdentity = useNewIdentity(onWords);
  const makeIdentity = async (name: string, device: string): Promise<void> => {
    await newIdentity(name, device);
    onDone();
  };
  if (identity !== undefined) return <Getting code={code} onDone={onDone} onLeave={leave} />;
  return (
    <Stage>
      <NameStep
        title={FOLLOW.nameTitle}
        lead={FOLLOW.nameLead}
        device={deviceName(navigator.userAgent)}
        onBack={leave}
        onName={makeIdentity}
      />
    </Stage>
  );
}

function Getting(props: {
  readonly code: string;
  readonly onDone: () => void;
  readonly onLeave: () => void;
}): ReactElement {
  const { code, onDone, onLeave } = props;
  const client = useClient();
  const { replace } = useNavigation();
  const [tries, setTries] = useState(1);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  useEffect(() => {
    let isHere = true;
    // The address names the server that the page came from, where the code does not.
    const link = code.includes('://') ? code : `${location.origin}/#/follow/${code}`;
    client.spaces.follow(link).then(
      ({ id }) => {
        if (!isHere) return;
        onDone();
        replace({ at: 'space', space: id, view: { on: 'tasks', as: 'list' } });
      },
      (failure: unknown) => {
        if (isHere) setProblem(codeOf(failure) ?? '');
      },
    );
    return () => {
      isHere = false;
    };
  }, [client, code, onDone, replace, tries]);
  const again = (): void => {
    setProblem(undefined);
    setTries(tries + 1);
  };
  return (
    <Stage>
      <h1>{FOLLOW.nameTitle}</h1>
      {problem === undefined ? (
        <NoteLine icon="busy" turning what={FOLLOW.getting} live />
      ) : (
        <div className="pile" data-testid="follow-failed">
          <NoteLine
            kind="danger"
            what={FOLLOW.failed}
            means={FOLLOW.codes[problem]}
            {...(FOLLOW.codes[problem] === undefined ? { code: problem } : {})}
            live
          />
          <div className="actions">
            <Button kind="quiet" big onClick={onLeave}>
              {FOLLOW.back}
            </Button>
            <Button kind="primary" big onClick={again}>
              {FOLLOW.again}
            </Button>
          </div>
        </div>
      )}
    </Stage>
  );
}
