/** Whether everybody reads this space who has a link; the way to make one, and to end it. */
import type { Role, Space } from '@atoll/client';
import { useLive } from '@atoll/react';
import { useState, type ReactElement } from 'react';
import { codeOf } from '../app/failure.ts';
import { PUBLIC } from '../copy/public.ts';
import { DoorTerms } from '../suggest/door-terms.tsx';
import { Button } from '../ui/button.tsx';
import { NoteLine } from '../ui/note-line.tsx';
import { useToast } from '../ui/toast.tsx';
import { useCopied } from '../ui/use-copied.ts';

/** The section; of a private space only for who can make it public. */
export function PublicSpace(props: {
  readonly space: Space;
  readonly mine: Role;
}): ReactElement | null {
  const { mine, space } = props;
  const { links, url } = useLive(space.publication.state);
  // That is said above all views.
  if (space.isFollowed) return null;
  const mayDecide = mine === 'admin' || mine === 'owner';
  if (!mayDecide && links === 0) return null;
  return (
    <section className="waiting" data-testid="public-space">
      <h2>{PUBLIC.title}</h2>
      {links === 0 ? (
        <Private space={space} />
      ) : (
        <Published space={space} url={url} mayDecide={mayDecide} />
      )}
    </section>
  );
}

function Private({ space }: { readonly space: Space }): ReactElement {
  const [asks, setAsks] = useState(false);
  const { busy, problem, run } = useAct();
  if (!asks) {
    return (
      <div className="pile">
        <p className="meta">
          {PUBLIC.private} {PUBLIC.offer}
        </p>
        <div>
          <Button icon="link" onClick={() => setAsks(true)}>
            {PUBLIC.publish}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <div className="pile">
      <p>{PUBLIC.means}</p>
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
      <div className="line">
        <Button
          kind="primary"
          disabled={busy}
          onClick={() => run(() => space.publication.publish(), PUBLIC.made)}
        >
          {PUBLIC.agree}
        </Button>
        <Button kind="quiet" onClick={() => setAsks(false)}>
          {PUBLIC.cancel}
        </Button>
      </div>
    </div>
  );
}

function Published(props: {
  readonly space: Space;
  readonly url: string | undefined;
  readonly mayDecide: boolean;
}): ReactElement {
  const { mayDecide, space, url } = props;
  const { busy, problem, run } = useAct();
  return (
    <div className="pile">
      <p>{PUBLIC.isPublic}</p>
      {url === undefined ? <p className="meta">{PUBLIC.notYours}</p> : <Link url={url} />}
      {problem === undefined ? null : <NoteLine kind="danger" what={problem} live />}
      {mayDecide ? (
        <div className="line">
          <Button
            kind="danger"
            disabled={busy}
            onClick={() => run(() => space.publication.unpublish(), PUBLIC.ended)}
          >
            {PUBLIC.end}
          </Button>
          <span className="hint">{PUBLIC.endMeans}</span>
        </div>
      ) : null}
      {mayDecide ? <DoorTerms space={space} /> : null}
    </div>
  );
}

function Link({ url }: { readonly url: string }): ReactElement {
  const [copied, copy] = useCopied(url);
  return (
    <div className="line">
      <input
        className="input"
        aria-label={PUBLIC.link}
        data-testid="public-link"
        readOnly
        value={url}
        onFocus={(event) => event.target.select()}
      />
      <Button icon="copy" onClick={copy}>
        {copied ? PUBLIC.copied : PUBLIC.copy}
      </Button>
    </div>
  );
}

/** One act at a time, and why it was refused. */
function useAct(): {
  readonly busy: boolean;
  readonly problem: string | undefined;
  readonly run: (act: () => Promise<unknown>, said: string) => void;
} {
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const run = (act: () => Promise<unknown>, said: string): void => {
    setBusy(true);
    setProblem(undefined);
    act()
      .then(() => toast({ text: said }))
      .catch((failure: unknown) => {
        const code = codeOf(failure) ?? '';
        setProblem(PUBLIC.codes[code] ?? `${PUBLIC.failed} ${code}`);
      })
      .finally(() => setBusy(false));
  };
  return { busy, problem, run };
}
