/** `atoll join` and `atoll device join`: answer an invitation with its code and the six digits. */
import type { Client, GuestInvitation, GuestInvitationState } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { usage } from '../command-line.ts';
import { receivingBar } from '../receiving-bar.ts';
import { settle } from '../settle.ts';
import { until, withTimeout } from '../until.ts';

/** The host may have to come first. */
const JOIN_MS = 120_000;
/** What there is, is fetched at once, if it takes no longer. */
const FETCH_MS = 30_000;
/** What one who asks may say; the answer to one who has asked before comes at once. */
const SAY_MAX = 140;
const ANSWER_MS = 2_000;
/** Spaces are found in what has just arrived. */
const QUIET_MS = 300;

/** Joins a space. */
export async function joinSpace(context: CommandContext): Promise<void> {
  const { line, open, out } = context;
  const digits = line.value('auth') === undefined ? undefined : digitsOf(context);
  const client = await open({ online: true });
  const joined = await answer(context, client.spaces.join(line.operand(0)), digits);
  if ('asked' in joined) {
    out.result(
      { asked: joined.asked },
      `You have asked to join ${joined.asked}. When somebody has agreed, join again, or run atoll serve.`,
    );
    return;
  }
  const { space: id = '' } = joined;
  await fetchAll(client, context, 'the objects');
  const name = client.spaces.get(id)?.name.get() ?? 'the space';
  out.result({ space: id }, `Joined ${name}.`, id);
}

/** Becomes a further device of an identity. */
export async function joinDevice(context: CommandContext): Promise<void> {
  const { line, open, out } = context;
  const digits = digitsOf(context);
  const client = await open({ online: true, stopped: true });
  const joined = await answer(context, client.halo.joinDevice(line.operand(0)), digits);
  const identity = 'identity' in joined ? joined.identity : undefined;
  await fetchAll(client, context, 'your spaces');
  const device = client.halo.identity.get()?.deviceKey;
  out.result({ identity, device }, `This is a device of ${identity ?? ''} now.`);
}

/** Fetches what there is. One has joined in any case: the rest may come later. */
async function fetchAll(client: Client, context: CommandContext, what: string): Promise<void> {
  const { out, signal } = context;
  using limit = withTimeout(signal, FETCH_MS, 'not everything arrived');
  const onLook = (): void => out.progress(receivingBar(client));
  await settle(client, { quietMs: QUIET_MS, signal: limit, onLook }).catch((failure: unknown) => {
    if (signal.aborted) throw failure;
    out.progress('');
    out.note(`Joined; ${what} that are missing come with the next atoll sync.`);
  });
  out.progress('');
}

function digitsOf({ line }: CommandContext): string {
  const digits = line.value('auth')?.replace(/[\s-]/g, '') ?? '';
  if (/^\d{6}$/.test(digits)) return digits;
  throw usage('--auth takes the six digits that the inviter sees');
}

/** What joining has come to: in, or asked and not answered yet. */
type Answered =
  { readonly space?: string; readonly identity?: string } | { readonly asked: string };

async function answer(
  { line, signal }: CommandContext,
  guest: GuestInvitation,
  digits: string | undefined,
): Promise<Answered> {
  using limit = withTimeout(
    signal,
    line.timeMs('timeout') ?? JOIN_MS,
    'the inviter did not answer',
  );
  try {
    const known = await confirmed(guest, digits, limit);
    if (known !== undefined) return known;
    const say = line.value('say') ?? '';
    if ([...say].length > SAY_MAX) throw usage(`--say takes at most ${SAY_MAX} characters`);
    guest.accept(say);
    const isWaiting = ({ at }: GuestInvitationState): boolean => at === 'asked';
    const isEnd = (state: GuestInvitationState): boolean => isOver(state) || isWaiting(state);
    const first = await until(guest.state, isEnd, limit);
    // Whoever has asked before may have been agreed to, and hears so at once.
    const last = isWaiting(first) ? await soon(guest, limit) : first;
    if (last.at === 'asked') return { asked: last.space };
    if (last.at !== 'joined') throw refusal(last);
    return await guest.done;
  } catch (failure) {
    guest.cancel();
    throw failure;
  }
}

/** What becomes of a request in the next moment. */
async function soon(guest: GuestInvitation, signal: AbortSignal): Promise<GuestInvitationState> {
  using patience = withTimeout(signal, ANSWER_MS, 'no answer yet');
  // Awaited here: the patience ends with this function.
  return await until(guest.state, isOver, patience).catch(() => guest.state.get());
}

/** Goes to the state in which one can say yes; the space of who is in it already. */
async function confirmed(
  guest: GuestInvitation,
  digits: string | undefined,
  limit: AbortSignal,
): Promise<{ readonly space: string } | undefined> {
  const isThere = ({ at }: GuestInvitationState): boolean =>
    !['connecting', 'host-away', 'host-busy', 'checking', 'joining'].includes(at);
  const first = await until(guest.state, isThere, limit);
  // One who has asked by this code before goes on with that.
  if (first.at === 'confirm' || first.at === 'asked' || first.at === 'joined') return undefined;
  // Whoever had asked may be in by now: to join again is no mistake.
  if (first.at === 'ended' && first.space !== undefined) return { space: first.space };
  if (first.at !== 'digits') throw refusal(first);
  if (digits === undefined) throw usage('--auth takes the six digits that the inviter sees');
  guest.submit(digits);
  const tried = await until(guest.state, hasAnswer, limit);
  if (tried.at !== 'confirm') throw refusal(tried);
  return undefined;
}

function hasAnswer(state: GuestInvitationState): boolean {
  if (state.at === 'digits') return state.problem !== undefined;
  return state.at === 'confirm' || isOver(state);
}

function isOver({ at }: GuestInvitationState): boolean {
  return at === 'joined' || at === 'ended' || at === 'failed' || at === 'malformed';
}

const ENDS = {
  expired: 'the invitation has expired; ask for another one',
  cancelled: 'the invitation was taken back',
  used: 'the invitation has been used; ask for another one',
  closed: 'the invitation is closed after three wrong tries; ask for another one',
  declined: 'joining was declined',
  'already-member': 'this profile is a member already',
  'not-for-you': 'the invitation is for somebody else',
  'turned-away': 'a member said no',
} as const;

function refusal(state: GuestInvitationState): CliError {
  switch (state.at) {
    case 'digits':
      return new CliError(
        'CLI_WRONG_DIGITS',
        state.problem === 'old'
          ? 'these digits are used up; ask for the new ones'
          : 'the digits are wrong; ask for the new ones, since a wrong try uses them up',
      );
    case 'ended':
      return new CliError('CLI_INVITATION', ENDS[state.why]);
    case 'malformed':
      return new CliError('CLI_INVITATION', malformed(state.code));
    case 'failed':
      return new CliError('CLI_INVITATION', `${state.message} (${state.code})`);
    default:
      return new CliError('CLI_INVITATION', 'the inviter has gone; try again');
  }
}

function malformed(code: string): string {
  if (code.endsWith('NEWER')) return 'this code is of a newer version of Atoll; update this one';
  return 'this is no invitation code, or a part of it is missing; copy all of it';
}
