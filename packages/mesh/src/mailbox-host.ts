/**
 * The KUBE's end of a session: opens mailboxes to whoever signs with their access key, and syncs with
 * the blind replicas behind them. Cannot tell members apart, nor read what it keeps.
 */
import { hash, verifyStatement } from '@atoll/crypto';
import type { Replica } from '@atoll/feed';
import {
  errorCode,
  toHex,
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
import { STANDING } from './mailbox-stand.ts';
import { openSecureChannel } from './secure-channel.ts';
import type { SessionEnd } from './session-end.ts';
import { KUBE_SECRET } from './session-secret.ts';
import type { LogCursor, MailboxAnswer, SpaceItem } from './session-messages.ts';
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
}

/** Name of the mailbox of an access key, 32 bytes in hex. */
export function mailboxIdOf(accessKey: Uint8Array): string {
  return toHex(hash('mailbox', accessKey));
}

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
  item: SpaceItem & { say: 'open-mailbox' },
): Promise<MailboxAnswer> {
  const { opened, ed25519, log } = options;
  if (opened.size >= MAILBOXES_MAX || opened.has(item.ref)) return 'busy';
  const { accessKey: publicKey, signature } = item;
  const audience = session.channel.handshakeHash;
  const statement = { purpose: 'mailbox-open', audience, body: publicKey } as const;
  if (!(await verifyStatement(ed25519, statement, { publicKey, signature }))) return 'refused';
  const id = mailboxIdOf(publicKey);
  try {
    const replica = await options.openMailbox(id, session.remote);
    if (typeof replica === 'string') return replica;
    if (session.channel.isEnded) {
      options.closeMailbox?.(id);
      return 'busy';
    }
    opened.set(item.ref, id);
    const holder = options.chunksOf?.(id);
    session.share(item.ref, id, {
      replica,
      ...(holder === undefined ? {} : { chunks: { holder } }),
      ...(options.standOf === undefined ? {} : { state: comparing(session, id, options.standOf) }),
    });
    return 'open';
  } catch (failure) {
    log?.event('error', 'mesh.mailbox.failed', { code: errorCode(failure) });
    return 'busy';
  }
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
