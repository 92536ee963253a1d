/** `atoll requests …`: who asks to be let into a space, and what is said to them. */
import type { JoinRequest, Role, Space } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { findSpace } from '../find-space.ts';
import { requireShown } from './member.ts';
import { settle } from '../settle.ts';
import { withTimeout } from '../until.ts';

const ROLES: readonly Role[] = ['reader', 'commenter', 'writer', 'admin'];
/** Others must learn of it, or be able to from the server. */
const SETTLE_MS = 20_000;

/** Those who ask, the oldest first. */
export async function listRequests({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  await space.requests.refresh();
  const all = space.requests.list.get();
  out.rows(
    all.map(({ askedAtMs, displayName, id, role, text, withoutHistory }) => ({
      ...{ identity: id, name: displayName, role, text, withoutHistory },
      asked: new Date(askedAtMs).toISOString(),
    })),
    all.map(({ askedAtMs, displayName, id, role, text }) => [
      displayName,
      role,
      new Date(askedAtMs).toISOString(),
      id,
      text,
    ]),
  );
}

/** Lets somebody in. The guest hears of it when it asks again. */
export async function approveRequest({ line, open, out, signal }: CommandContext): Promise<void> {
  const role = line.value('role');
  const given = ROLES.find((each) => each === role);
  if (role !== undefined && given === undefined)
    throw usage(`--role is one of ${ROLES.join(', ')}`);
  const client = await open({ online: true });
  const space = await findSpace(client, line.operand(0));
  const request = await one(space, line.operand(1));
  if (given === 'admin' && request.withoutHistory) requireShown(line, request.displayName, given);
  await space.requests.approve(request.id, given === undefined ? {} : { role: given });
  using limit = withTimeout(signal, SETTLE_MS, 'the server did not take the news');
  await settle(client, { quietMs: 0, signal: limit }).catch((failure: unknown) => {
    if (signal.aborted) throw failure;
    out.note('The server has not got everything yet; run atoll sync.');
  });
  out.result({ approved: request.id }, `${request.displayName} is in.`);
}

/** Says no. */
export async function refuseRequest({ line, open, out }: CommandContext): Promise<void> {
  const space = await findSpace(await open(), line.operand(0));
  const request = await one(space, line.operand(1));
  await space.requests.refuse(request.id);
  out.result({ refused: request.id }, `${request.displayName} was refused.`);
}

/** By identity, the beginning of it, or name. */
async function one(space: Space, text: string): Promise<JoinRequest> {
  await space.requests.refresh();
  const found = space.requests.list
    .get()
    .filter(({ displayName, id }) => displayName === text || (text !== '' && id.startsWith(text)));
  const [request, ...others] = found;
  if (request !== undefined && others.length === 0) return request;
  const what = request === undefined ? 'nobody like that asks' : 'several like that ask';
  throw new CliError('CLI_INVITATION', `${what}; atoll requests list shows who does`);
}
