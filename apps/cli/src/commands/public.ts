/** `atoll space publish`, `follow` and `unpublish`: spaces that everybody reads who has the link. */
import type { CommandContext } from '../command.ts';
import { findSpace } from '../find-space.ts';
import { receivingBar } from '../receiving-bar.ts';
import { settle } from '../settle.ts';
import { withTimeout } from '../until.ts';

/** What there is, is fetched at once, if it takes no longer. */
const FETCH_MS = 30_000;
const QUIET_MS = 300;

/** Makes a space public, and shows its link: that of before where there is one. */
export async function publishSpace({ line, open, out }: CommandContext): Promise<void> {
  const client = await open({ online: true });
  const space = await findSpace(client, line.operand(0));
  const url = await space.publication.publish();
  out.result(
    { space: space.id, url },
    `${space.name.get()} is public. Whoever has this link can read all of it, also what was written before:\n${url}`,
    url,
  );
}

/** Ends every link to a space. */
export async function unpublishSpace({ line, open, out }: CommandContext): Promise<void> {
  const client = await open({ online: true });
  const space = await findSpace(client, line.operand(0));
  const { links } = space.publication.state.get();
  await space.publication.unpublish();
  out.result(
    { space: space.id, links },
    links === 0
      ? `${space.name.get()} was not public.`
      : `${space.name.get()} is not public any more. What was read by its link stays with who has read it.`,
  );
}

/** Reads a public space from now on. */
export async function followSpace({ line, open, out, signal }: CommandContext): Promise<void> {
  const client = await open({ online: true });
  const space = await client.spaces.follow(line.operand(0));
  using limit = withTimeout(signal, FETCH_MS, 'not everything arrived');
  const onLook = (): void => out.progress(receivingBar(client));
  await settle(client, { quietMs: QUIET_MS, signal: limit, onLook }).catch((failure: unknown) => {
    if (signal.aborted) throw failure;
    out.progress('');
    out.note('You follow it; what is missing comes with the next atoll sync.');
  });
  out.progress('');
  const name = space.name.get();
  out.result(
    { space: space.id },
    `You follow ${name}. Nobody there knows that it is you.`,
    space.id,
  );
}
