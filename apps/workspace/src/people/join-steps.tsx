/** What the one who joins sees, state by state. Nobody is anybody before the digits match. */
import type { GuestInvitation, GuestInvitationState } from '@atoll/client';
import { useClient, useInvitation } from '@atoll/react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { JOIN, JOIN_ENDED, type Line } from '../copy/invitations.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Mark } from '../ui/icon.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { SixDigits } from '../ui/six-digits.tsx';
import { StepForm } from '../ui/step-form.tsx';
import { Stage } from '../welcome/stage.tsx';

/** UTF-16 units, of which some characters take two: no more than what a host takes. */
const ASK_MAX = 140;

interface StepsProps {
  readonly guest: GuestInvitation;
  readonly onJoined: (space: string | undefined) => void;
  readonly onAgain: () => void;
  readonly onLeave: () => void;
}

/** The steps of joining. */
export function JoinSteps(props: StepsProps): ReactElement {
  const { guest, onJoined } = props;
  const state = useInvitation(guest);
  const joined = useRef(onJoined);
  useEffect(() => {
    joined.current = onJoined;
  });
  useEffect(() => {
    // The outcome is in the state; a rejection here would only say it a second time.
    guest.done.catch(() => undefined);
  }, [guest]);
  useEffect(() => {
    if (state.at === 'joined') joined.current(state.space);
  }, [state]);
  return (
    <Stage>
      <div
        data-testid="join-state"
        data-state={state.at}
        className="pile"
        style={{ gap: 'var(--s5)' }}
      >
        <Step {...props} state={state} />
      </div>
    </Stage>
  );
}

function Step(props: StepsProps & { readonly state: GuestInvitationState }): ReactElement {
  const { guest, state } = props;
  const leave = (): void => {
    guest.cancel();
    props.onLeave();
  };
  switch (state.at) {
    case 'malformed':
      return <Malformed code={state.code} onAgain={props.onAgain} onLeave={leave} />;
    case 'connecting':
      return <Waiting line={JOIN.connecting} onLeave={leave} />;
    case 'host-away':
      return <Waiting line={JOIN.away} onLeave={leave} />;
    case 'host-busy':
      return <Waiting line={JOIN.busy} onLeave={leave} />;
    case 'digits':
    case 'checking':
      return <Digits guest={guest} state={state} onLeave={leave} />;
    case 'confirm':
      return <Confirm guest={guest} state={state} onLeave={props.onLeave} />;
    case 'asked':
      return <Asked space={state.space} onLeave={props.onLeave} />;
    case 'joining':
    case 'joined':
      return <Waiting line={JOIN.joining} />;
    case 'ended':
      return <Ended {...props} why={state.why} />;
    case 'failed':
      return (
        <>
          <h1>{JOIN.title}</h1>
          <NoteLine
            kind="danger"
            what={JOIN.failed}
            means={JOIN.failedMeans}
            code={state.code}
            live
          />
          <Actions again={JOIN.tryAgain} onAgain={props.onAgain} onLeave={leave} />
        </>
      );
  }
}

function Actions(props: {
  readonly again: string;
  readonly onAgain: () => void;
  readonly onLeave: () => void;
}): ReactElement {
  return (
    <div className="actions">
      <Button kind="quiet" big onClick={props.onLeave}>
        {JOIN.notNow}
      </Button>
      <Button kind="primary" big onClick={props.onAgain}>
        {props.again}
      </Button>
    </div>
  );
}

function Malformed(props: {
  readonly code: string;
  readonly onAgain: () => void;
  readonly onLeave: () => void;
}): ReactElement {
  const isNewer = /VERSION|NEWER/u.test(props.code);
  return (
    <>
      <h1>{JOIN.title}</h1>
      <NoteLine
        kind="warn"
        what={isNewer ? JOIN.newer : JOIN.malformed}
        means={isNewer ? JOIN.newerMeans : JOIN.malformedMeans}
        code={props.code}
        live
      />
      <Actions again={JOIN.tryAgain} onAgain={props.onAgain} onLeave={props.onLeave} />
    </>
  );
}

function Waiting(props: { readonly line: Line; readonly onLeave?: () => void }): ReactElement {
  return (
    <>
      <Mark size={40} />
      <h1>{JOIN.title}</h1>
      <NoteLine icon="busy" turning what={props.line[0]} means={props.line[1]} live />
      {props.onLeave === undefined ? null : (
        <div className="actions">
          <Button kind="quiet" big onClick={props.onLeave}>
            {JOIN.notNow}
          </Button>
        </div>
      )}
    </>
  );
}

function Digits(props: {
  readonly guest: GuestInvitation;
  readonly state: Extract<GuestInvitationState, { readonly at: 'digits' | 'checking' }>;
  readonly onLeave: () => void;
}): ReactElement {
  const { guest, state } = props;
  const problem = state.at === 'digits' ? state.problem : undefined;
  const line = problem === 'wrong' ? JOIN.wrong : JOIN.old;
  return (
    <>
      <div>
        <h1>{JOIN.digitsTitle}</h1>
        <p className="lead">{JOIN.digitsLead}</p>
      </div>
      <SixDigits
        label={JOIN.digitsLabel}
        state={problem === undefined ? 'open' : 'bad'}
        describedBy="digits-news"
        onComplete={(digits) => guest.submit(digits)}
      />
      {state.at === 'checking' ? (
        <NoteLine id="digits-news" kind="info" icon="busy" turning what={JOIN.checking[0]} live />
      ) : null}
      {problem === undefined ? null : (
        <NoteLine id="digits-news" kind="danger" what={line[0]} means={line[1]} live />
      )}
      <div className="actions">
        <Button kind="quiet" big onClick={props.onLeave}>
          {JOIN.notNow}
        </Button>
      </div>
    </>
  );
}

function Confirm(props: {
  readonly guest: GuestInvitation;
  readonly state: Extract<GuestInvitationState, { readonly at: 'confirm' }>;
  readonly onLeave: () => void;
}): ReactElement {
  const { guest, state } = props;
  if (state.way === 'ask') return <Ask {...props} />;
  const text =
    state.kind === 'device'
      ? JOIN.device(state.from)
      : JOIN.space(state.from, state.space ?? '', state.role ?? 'reader');
  return (
    <>
      <div>
        <h1>{JOIN.confirmTitle}</h1>
        <p className="lead" role="status">
          {text}
        </p>
      </div>
      <div className="actions">
        <Button
          kind="quiet"
          big
          onClick={() => {
            guest.decline();
            props.onLeave();
          }}
        >
          {JOIN.decline}
        </Button>
        <Button kind="primary" big autoFocus onClick={() => guest.accept()}>
          {JOIN.join}
        </Button>
      </div>
    </>
  );
}

/** What to say to those who decide. */
function Ask(props: {
  readonly guest: GuestInvitation;
  readonly state: Extract<GuestInvitationState, { readonly at: 'confirm' }>;
  readonly onLeave: () => void;
}): ReactElement {
  const { guest, state } = props;
  const [text, setText] = useState('');
  return (
    <StepForm
      onSubmit={() => {
        guest.accept(text.trim());
      }}
    >
      <div>
        <h1>{JOIN.askTitle}</h1>
        <p className="lead" role="status">
          {JOIN.askLead(state.from, state.space ?? '')}
        </p>
      </div>
      <Field
        label={JOIN.askLabel}
        hint={JOIN.askHint}
        maxLength={ASK_MAX}
        autoFocus
        data-testid="ask-text"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="actions">
        <Button
          kind="quiet"
          big
          onClick={() => {
            guest.decline();
            props.onLeave();
          }}
        >
          {JOIN.decline}
        </Button>
        <Button kind="primary" big type="submit">
          {JOIN.ask}
        </Button>
      </div>
    </StepForm>
  );
}

function Asked(props: { readonly space: string; readonly onLeave: () => void }): ReactElement {
  const [what, means] = JOIN.asked(props.space);
  return (
    <>
      <Mark size={40} />
      <h1>{JOIN.askTitle}</h1>
      <NoteLine kind="ok" what={what} means={means} live />
      <div className="actions">
        <Button kind="primary" big onClick={props.onLeave}>
          {JOIN.askedDone}
        </Button>
      </div>
    </>
  );
}

function Ended(
  props: StepsProps & {
    readonly why: Extract<GuestInvitationState, { readonly at: 'ended' }>['why'];
  },
): ReactElement {
  const { guest, why, onJoined, onAgain, onLeave } = props;
  const client = useClient();
  const [what, means] = JOIN_ENDED[why];
  const isMember = why === 'already-member';
  const openIt = (): void => {
    guest.done.then(
      ({ space }) => onJoined(space),
      (failure: unknown) => onJoined(spaceOf(failure) ?? client.spaces.list.get()[0]?.id),
    );
  };
  return (
    <>
      <h1>{JOIN.title}</h1>
      <NoteLine kind={isMember ? 'info' : 'warn'} icon="clock" what={what} means={means} live />
      <Actions
        again={isMember ? JOIN.open : JOIN.tryAgain}
        onAgain={isMember ? openIt : onAgain}
        onLeave={onLeave}
      />
    </>
  );
}

function spaceOf(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null || !('space' in failure)) return undefined;
  return typeof failure.space === 'string' ? failure.space : undefined;
}
