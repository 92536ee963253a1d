/** `atoll invitation list | revoke`: those that are open, whichever program of this profile answers them. */
import type { IssuedInvitation, Space } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { findSpace } from '../find-space.ts';
import { settle } from '../settle.ts';
import { withTimeout } from '../until.ts';

/** Others must learn of it, or be able to from the server. */
const SETTLE_MS = 20_000;
/** So much of an id is shown, and enough to name it. */
const ID_SHOWN = 8;

/** The open invitations, the one that ends first at the beginning. */
export async function listInvitations({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const all = await space.requests.issued();
  out.rows(
    all.map(({ expiresAtMs, ...rest }) => ({
      ...rest,
      expires: new Date(expiresAtMs).toISOString(),
    })),
    all.map((one) => [
      one.id.slice(0, ID_SHOWN),
      kindOf(one),
      one.role,
      `until ${new Date(one.expiresAtMs).toISOString()}`,
    ]),
  );
}

/** Ends one: nobody can use it any more. */
export async function revokeInvitation({ line, open, out, signal }: CommandContext): Promise<void> {
  const client = await open({ online: true });
  const space = await findSpace(client, line.operand(0));
  const { delegated, id } = await one(space, line.operand(1));
  await space.requests.revoke(id);
  if (delegated) {
    using limit = withTimeout(signal, SETTLE_MS, 'the server did not take the news');
    await settle(client, { quietMs: 0, signal: limit }).catch((failure: unknown) => {
      if (signal.aborted) throw failure;
      out.note('The server has not got everything yet; run atoll sync.');
    });
  }
  out.result({ revoked: id }, 'Nobody can use it any more.');
}

async function one(space: Space, text: string): Promise<IssuedInvitation> {
  const all = await space.requests.issued();
  const [found, ...others] = all.filter(({ id }) => text !== '' && id.startsWith(text));
  if (found !== undefined && others.length === 0) return found;
  const what =
    found === undefined ? 'no open invitation is called that' : 'several begin like that';
  throw new CliError('CLI_INVITATION', `${what}; atoll invitation list shows them`);
}

function kindOf({ delegated, uses, way, withoutHistory, ...rest }: IssuedInvitation): string {
  const several = uses === 1 ? 'one person' : `${String(uses)} people`;
  const kinds = {
    digits: `${several} with digits`,
    link: `${several} with the link`,
    known: `only ${(rest.for ?? '').slice(0, ID_SHOWN)}`,
    ask: 'anybody may ask',
  };
  const more = [
    ...(delegated ? ['any admin answers'] : []),
    ...(withoutHistory ? ['reads nothing from before'] : []),
  ];
  return [kinds[way], ...more].join(', ');
}
