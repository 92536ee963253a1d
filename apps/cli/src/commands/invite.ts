/** `atoll invite` and `atoll device invite`: show code and digits, wait, and say who has joined. */
import type { Client, HostInvitation, HostInvitationState, Role } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { findSpace } from '../find-space.ts';
import { settle } from '../settle.ts';
import { until, withTimeout } from '../until.ts';

const ROLES: readonly Role[] = ['reader', 'writer', 'admin', 'owner'];
/** After somebody has joined, others must learn of it, or be able to from the server. */
const SETTLE_MS = 20_000;
/** A server that is there answers sooner. */
const CONNECT_MS = 15_000;

/** Invites into a space. */
export async function inviteToSpace(context: CommandContext): Promise<void> {
  const { line, open } = context;
  const role = ROLES.find((each) => each === (line.value('role') ?? 'writer'));
  if (role === undefined) throw usage(`--role is one of ${ROLES.join(', ')}`);
  const expiresInMs = line.timeMs('timeout');
  const client = await open({ online: true });
  const space = await findSpace(client, line.operand(0));
  const invitation = await space.invite({
    role,
    ...(expiresInMs === undefined ? {} : { expiresInMs }),
  });
  await host(context, client, invitation);
}

/** Lets a further device of one's own in. */
export async function inviteDevice(context: CommandContext): Promise<void> {
  const client = await context.open({ online: true });
  await host(context, client, await client.halo.inviteDevice());
}

async function host(
  context: CommandContext,
  client: Client,
  invitation: HostInvitation,
): Promise<void> {
  const { line, out, signal } = context;
  try {
    await connected(invitation, signal);
    announce(context, invitation);
    const timeoutMs = line.timeMs('timeout');
    using limit = withTimeout(signal, timeoutMs, 'nobody joined');
    const who = await joined(context, invitation, limit);
    // The guest is in, but whoever else there is must be able to learn of it after this run has ended.
    using settling = withTimeout(signal, SETTLE_MS, 'the server did not take the news');
    await settle(client, { quietMs: 0, signal: settling }).catch((failure: unknown) => {
      if (signal.aborted) throw failure;
      out.note('The server has not got everything yet; run atoll sync.');
    });
    out.result({ joined: who.id }, `${who.displayName} has joined.`);
  } finally {
    // What is over stays over; an open invitation does not outlive the run that shows its digits.
    invitation.cancel();
  }
}

/** Guests find us only while the server is there. */
async function connected(invitation: HostInvitation, signal: AbortSignal): Promise<void> {
  using limit = withTimeout(signal, CONNECT_MS, 'the server could not be reached');
  await until(invitation.state, (state) => !('connected' in state) || state.connected, limit);
}

function announce({ out }: CommandContext, invitation: HostInvitation): void {
  const state = invitation.state.get();
  if (!('digits' in state)) return;
  const { code, url } = invitation;
  const expires = new Date(state.expiresAtMs).toISOString();
  out.result(
    { code, url, auth: state.digits, expires },
    `code    ${code}`,
    `link    ${url}`,
    `digits  ${state.digits}   (tell them on another way than the code)`,
    `until   ${expires}`,
  );
  out.note('Waiting. Ctrl-C cancels the invitation.');
}

/** Follows the invitation to its end; a wrong try brings new digits. */
async function joined(
  { out }: CommandContext,
  invitation: HostInvitation,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly displayName: string }> {
  for (;;) {
    const state = await until(invitation.state, isTurn, signal);
    if (state.at === 'joined') return state.who;
    if (state.at !== 'wrong-digits') throw ended(state);
    const { triesLeft } = state;
    invitation.newDigits();
    const next = await until(invitation.state, ({ at }) => at !== 'wrong-digits', signal);
    if (!('digits' in next)) continue;
    out.result(
      { auth: next.digits, triesLeft },
      `Wrong digits. The new ones: ${next.digits}   (${triesLeft} more)`,
    );
  }
}

function isTurn({ at }: HostInvitationState): boolean {
  return at !== 'waiting' && at !== 'opened' && at !== 'checking';
}

function ended(state: HostInvitationState): CliError {
  const why = {
    closed: 'three wrong tries: the invitation is closed, make another one',
    ended: 'nobody joined before it ended',
    failed: 'message' in state ? state.message : 'it failed',
  };
  const message = state.at in why ? why[state.at as keyof typeof why] : 'it ended';
  return new CliError('CLI_INVITATION', message);
}
