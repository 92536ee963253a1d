/** `atoll invite` and `atoll device invite`: show code and digits, wait, and say who has joined. */
import type {
  Client,
  HostInvitation,
  HostInvitationState,
  InvitationWay,
  Role,
} from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { findSpace } from '../find-space.ts';
import { settle } from '../settle.ts';
import { until, withTimeout } from '../until.ts';

const ROLES: readonly Role[] = ['reader', 'commenter', 'writer', 'admin', 'owner'];
const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const EXPIRES_MS_MAX = 366 * 86_400_000;
/** After somebody has joined, others must learn of it, or be able to from the server. */
const SETTLE_MS = 20_000;
/** A server that is there answers sooner. */
const CONNECT_MS = 15_000;

/** Invites into a space. */
export async function inviteToSpace(context: CommandContext): Promise<void> {
  const { line, open } = context;
  const usual = line.has('link') ? 'reader' : 'writer';
  const role = ROLES.find((each) => each === (line.value('role') ?? usual));
  if (role === undefined) throw usage(`--role is one of ${ROLES.join(', ')}`);
  const way = wayOf(context);
  const expires = line.value('expires');
  const expiresInMs = expires === undefined ? line.timeMs('timeout') : durationMs(expires);
  const uses = line.count('uses');
  const named = line.value('for');
  const delegated = line.has('delegated');
  const client = await open({ online: true });
  const space = await findSpace(client, line.operand(0));
  const invitation = await space.invite({
    role,
    ...(way === undefined ? {} : { way }),
    ...(expiresInMs === undefined ? {} : { expiresInMs }),
    ...(uses === undefined ? {} : { uses }),
    ...(named === undefined ? {} : { for: named }),
    ...(line.has('without-history') ? { withoutHistory: true } : {}),
    delegated,
  });
  // Digits have to be told by somebody who sees them; everything else works without this run.
  const isAnswered = delegated || way !== undefined || named !== undefined;
  if (isAnswered) await leaveOpen(context, client, invitation);
  else await host(context, client, invitation);
}

function wayOf({ line }: CommandContext): InvitationWay | undefined {
  const [ask, link] = [line.has('ask'), line.has('link')];
  if ([ask, link, line.value('for') !== undefined].filter(Boolean).length > 1) {
    throw usage('--for, --ask and --link are different invitations');
  }
  return ask ? 'ask' : link ? 'link' : undefined;
}

/** `90` (seconds), `30m`, `24h`, `7d`. */
function durationMs(text: string): number {
  const [, count = '', unit = 's'] = /^(\d+)([smhd]?)$/.exec(text) ?? [];
  const ms = Number(count) * UNITS_MS[unit === '' ? 's' : (unit as keyof typeof UNITS_MS)];
  if (count !== '' && ms > 0 && ms <= EXPIRES_MS_MAX) return ms;
  throw usage('--expires takes a time like 30m, 24h or 7d, up to a year');
}

/** An invitation that other admins, or other programs of this profile, answer. */
async function leaveOpen(
  { out, signal }: CommandContext,
  client: Client,
  invitation: HostInvitation,
): Promise<void> {
  await invitation.settled();
  using limit = withTimeout(signal, SETTLE_MS, 'the server did not take the news');
  await settle(client, { quietMs: 0, signal: limit }).catch((failure: unknown) => {
    if (signal.aborted) throw failure;
    out.note('The server has not got everything yet; run atoll sync.');
  });
  const state = invitation.state.get();
  const { code, url, way } = invitation;
  const digits = 'digits' in state ? state.digits : '';
  const expires = 'expiresAtMs' in state ? new Date(state.expiresAtMs).toISOString() : '';
  out.result(
    { code, url, way, ...(digits === '' ? {} : { auth: digits }), expires },
    `code    ${code}`,
    `link    ${url}`,
    ...(digits === '' ? [] : [`digits  ${digits}   (tell them on another way than the code)`]),
    `until   ${expires}`,
  );
  out.code(url);
  const who = invitation.delegated ? 'you or another admin runs Atoll' : 'you run Atoll';
  out.note(`It is answered while ${who}; atoll serve does so in the background.`);
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
    { code, url, ...(state.digits === '' ? {} : { auth: state.digits }), expires },
    `code    ${code}`,
    `link    ${url}`,
    ...(state.digits === ''
      ? ['digits  shown when somebody has opened the link']
      : [`digits  ${state.digits}   (tell them on another way than the code)`]),
    `until   ${expires}`,
  );
  out.code(url);
  out.note('Waiting. Ctrl-C cancels the invitation.');
}

/** Follows the invitation to its end; a wrong try brings new digits, and so does each guest of several. */
async function joined(
  { out }: CommandContext,
  invitation: HostInvitation,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly displayName: string }> {
  let shown = digitsIn(invitation.state.get());
  let admitted = 0;
  for (;;) {
    const isTurn = (state: HostInvitationState): boolean =>
      isOver(state) ||
      state.at === 'wrong-digits' ||
      (digitsIn(state) !== '' && digitsIn(state) !== shown) ||
      ('admitted' in state && state.admitted > admitted);
    const state = await until(invitation.state, isTurn, signal);
    if (state.at === 'joined') return state.who;
    if (state.at === 'wrong-digits') {
      const { triesLeft } = state;
      invitation.newDigits();
      const next = await until(invitation.state, ({ at }) => at !== 'wrong-digits', signal);
      shown = digitsIn(next);
      if (shown === '') continue;
      const told = `Wrong digits. The new ones: ${shown}   (${triesLeft} more)`;
      out.result({ auth: shown, triesLeft }, told);
      continue;
    }
    if (!('admitted' in state)) throw ended(state);
    if (state.admitted > admitted) {
      admitted = state.admitted;
      const { displayName = '', id = '' } = state.last ?? {};
      out.result({ joined: id }, `${displayName} has joined.`);
    }
    if (state.digits !== '' && state.digits !== shown) {
      shown = state.digits;
      out.result({ auth: shown }, `Somebody is there. The digits for them: ${shown}`);
    }
  }
}

function digitsIn(state: HostInvitationState): string {
  return 'digits' in state ? state.digits : '';
}

function isOver({ at }: HostInvitationState): boolean {
  return at === 'joined' || at === 'ended' || at === 'closed' || at === 'failed';
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
