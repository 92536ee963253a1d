/**
 * The KUBE's end of a session: opens mailboxes to whoever signs with one of their keys, and syncs with
 * the blind replicas behind them. Who signs for reading changes nothing there. Cannot tell members apart, nor read
 * what it keeps.
 */
import type { Replica } from '@atoll/feed';
import {
  errorCode,
  type Agreer,
  type Clock,
  type Ed25519Platform,
  type KeyPlatform,
  type Link,
  type Log,
  type Rng,
} from '@atoll/kernel';
import type { ChunkHolder } from './chunk-sync.ts';
import type { StateHolder } from './state-sync.ts';
import { isForRecords, isOpenedBy, mailboxIdOf, type MailboxOpening } from './mailbox-access.ts';
import { STANDING } from './mailbox-stand.ts';
import { openSecureChannel } from './secure-channel.ts';
import type { SessionEnd } from './session-end.ts';
import { KUBE_SECRET } from './session-secret.ts';
import type { LogCursor, MailboxAnswer } from './session-messages.ts';
import { Session, type Cursors } from './session.ts';

/** Mailboxes of one session: as many as a client can number. */
const MAILBOXES_MAX = 256;

/** What a KUBE offers to sessions. */
export interface MailboxHostOptions {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly keys?: KeyPlatform | undefined;
  readonly ed25519: Ed25519Platform;
  readonly log?: Log | undefined;
  /** The KUBE's static key. Not certified: what sessions carry is sealed or signed by itself. */
  readonly agreer: Agreer;
  /**
   * The replica of a mailbox, made at its first opening if quotas allow. `client` is the session's static
   * key in hex, which honest clients use for one session alone.
   */
  readonly openMailbox: (
    mailboxId: string,
    client: string,
  ) => Promise<Replica | Exclude<MailboxAnswer, 'open'>>;
  /** Where the chunks of a mailbox that was opened are kept. Absent: none are. */
  readonly chunksOf?: (mailboxId: string) => ChunkHolder;
  /**
   * What answers for history that a mailbox has lost and keeps its records, once it was opened. Absent: nothing
   * does.
   */
  readonly standOf?: (mailboxId: string) => Promise<StateHolder | undefined>;
  /** Releases what `openMailbox` gave, once for each time. */
  readonly closeMailbox?: (mailboxId: string) => void;
  /** Somebody was refused what the key he opened a mailbox with does not allow. */
  readonly onWriteRefused?: (what: RefusedWrite) => void;
}

/** What is refused: blocks; a piece of a file, or to let some go; what stands for lost history; a record. */
export type RefusedWrite = 'blocks' | 'piece' | 'letting-go' | 'stand' | 'record';

/** Serves one link until it ends, and says why it did. Never throws for what a client sends. */
export async function serveMailboxes(link: Link, options: MailboxHostOptions): Promise<SessionEnd> {
  const channel = await openSecureChannel({
    link,
    role: 'responder',
    clock: options.clock,
    rng: options.rng,
    keys: options.keys,
    agreer: options.agreer,
    secrets: [KUBE_SECRET],
    purpose: 'kube',
    day: 0,
  });
  if (typeof channel === 'string') return channel;
  const opened = new Map<number, string>();
  const session: Session = new Session(
    channel,
    { clock: options.clock, log: options.log, cursors: new SessionCursors() },
    {
      onControl: () => session.close('SESSION_MALFORMED'),
      onItem: async (item) => {
        if (item.say !== 'open-mailbox') return; // For a mailbox that was refused.
        const answer = await open(session, { ...options, opened }, item);
        session.say({ say: 'mailbox', ref: item.ref, answer });
      },
      onDatagram: () => undefined,
      onProgress: () => undefined,
      onHeard: () => undefined,
    },
  );
  session.start();
  const end = await session.ended;
  for (const id of opened.values()) options.closeMailbox?.(id);
  return end;
}

async function open(
  session: Session,
  options: MailboxHostOptions & { readonly opened: Map<number, string> },
  item: MailboxOpening,
): Promise<MailboxAnswer> {
  const { opened, ed25519, log } = options;
  if (opened.size >= MAILBOXES_MAX || opened.has(item.ref)) return 'busy';
  if (!(await isOpenedBy(ed25519, item, session.channel.handshakeHash))) return 'refused';
  const id = mailboxIdOf(item);
  try {
    const replica = await options.openMailbox(id, session.remote);
    if (typeof replica === 'string') return replica;
    if (session.channel.isEnded) {
      options.closeMailbox?.(id);
      return 'busy';
    }
    opened.set(item.ref, id);
    share(session, options, item, replica);
    return 'open';
  } catch (failure) {
    log?.event('error', 'mesh.mailbox.failed', { code: errorCode(failure) });
    return 'busy';
  }
}

/** Puts a mailbox in sync with who has opened it, as far as its key allows. */
function share(
  session: Session,
  options: MailboxHostOptions,
  item: MailboxOpening,
  replica: Replica,
): void {
  const { chunksOf, onWriteRefused: refused = () => undefined, standOf } = options;
  const id = mailboxIdOf(item);
  const mayFill = item.writes && !isForRecords(item);
  const holder = chunksOf?.(id);
  session.share(item.ref, id, {
    replica,
    takesNothing: !mayFill,
    onUnasked: () => {
      refused('blocks');
      session.close('SESSION_READS_ONLY');
    },
    ...(holder && { chunks: { holder: mayFill ? holder : readOnlyChunks(holder, refused) } }),
    ...(standOf && { state: allowed(comparing(session, id, standOf), item, refused) }),
  });
}

/** What answers for a mailbox; who has given it what it stands on is compared with at once. */
function comparing(
  session: Session,
  id: string,
  standOf: NonNullable<MailboxHostOptions['standOf']>,
): StateHolder {
  return {
    answer: async (question, from) => (await standOf(id))?.answer(question, from),
    give: async (tag, name, bytes) => (await standOf(id))?.give?.(tag, name, bytes),
    keep: async (token, bytes) => (await standOf(id))?.keep?.(token, bytes),
    kept: async () => (await standOf(id))?.kept?.(),
    stand: async (stand) => {
      const answer = await (await standOf(id))?.stand?.(stand);
      if (answer?.[0] === STANDING.stands) session.syncOf(id)?.helloAnew();
      return answer;
    },
  };
}

/** Gives pieces, and neither takes any nor lets any go. */
function readOnlyChunks(holder: ChunkHolder, refused: (what: RefusedWrite) => void): ChunkHolder {
  return {
    read: (id) => holder.read(id),
    has: (ids) => holder.has(ids),
    take: () => {
      refused('piece');
      return Promise.resolve('refused');
    },
    drop: (ids) => {
      refused('letting-go');
      return holder.has(ids);
    },
  };
}

/**
 * Who may write leaves a stand beside a log, and records where there is none: a mailbox that many may write, as that of
 * a public link, cannot be filled with a log, and that of a space not with records.
 */
function allowed(
  state: StateHolder,
  item: MailboxOpening,
  refused: (what: RefusedWrite) => void,
): StateHolder {
  const { give, keep, stand, ...reading } = state;
  const isRecords = isForRecords(item);
  const refuse = (what: RefusedWrite) => (): Promise<undefined> => {
    refused(what);
    return Promise.resolve(undefined);
  };
  const mayStand = item.writes && !isRecords;
  return {
    ...reading,
    give: (mayStand ? give : undefined) ?? refuse('stand'),
    stand: (mayStand ? stand : undefined) ?? refuse('stand'),
    keep: (item.writes && isRecords ? keep : undefined) ?? refuse('record'),
  };
}

/** A client's key is new in every session, so a KUBE remembers positions for the session only. */
class SessionCursors implements Cursors {
  readonly #cursors = new Map<string, LogCursor>();

  load(space: string): Promise<LogCursor | undefined> {
    return Promise.resolve(this.#cursors.get(space));
  }

  save(space: string, _peer: string, cursor: LogCursor): Promise<void> {
    this.#cursors.set(space, cursor);
    return Promise.resolve();
  }
}
